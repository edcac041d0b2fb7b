"""How anyone signs in to the broker: one mechanism, one super user, one set of client settings."""

MECHANISM = "SCRAM-SHA-512"
ADMIN = "admin"


def client_settings(bootstrap: str, user: str, password: str) -> dict[str, str]:
    """Settings in librdkafka's names, which kcat and most clients take as they are."""
    return {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": MECHANISM,
        "sasl.username": user,
        "sasl.password": password,
    }
