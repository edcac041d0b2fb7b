"""How anyone signs in to the broker: the mechanisms, the super user, the client settings."""

MECHANISM = "SCRAM-SHA-512"
PLAIN = "PLAIN"
ADMIN = "admin"


def client_settings(bootstrap: str, user: str, password: str, mechanism: str = MECHANISM) -> dict[str, str]:
    """Settings in librdkafka's names, which kcat and most clients take as they are."""
    return {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": mechanism,
        "sasl.username": user,
        "sasl.password": password,
    }
