"""What intake is told by its environment, with the prefix `BRANDMEESTER_INTAKE_`."""

from pydantic import Field, SecretStr

from shared.settings import ServiceSettings, environment


class Settings(ServiceSettings):
    """The shared settings, and the secret that receipts and reporters' data rest on."""

    model_config = environment("intake")

    service: str = "intake"
    pepper: SecretStr = Field(
        min_length=16,
        description="secret of at least 16 characters; when it is lost, receipts and reporters' data are too",
    )
    clamav: str = Field(
        default="",
        pattern=r"^$|^[\w.-]+:\d{1,5}$",
        description="host:port of a ClamAV daemon that looks through pictures; without it they are marked not scanned",
    )
    locatieserver: str = Field(
        default="",
        pattern=r"^$|^https?://[\w.:-]+(/[\w./-]*)?$",
        description="address of PDOK's Locatieserver, https://api.pdok.nl/bzk/locatieserver/search/v3_1; without it "
        "places are looked for in the reference data alone",
    )
    source_header: str = Field(
        default="",
        pattern=r"^[A-Za-z-]*$",
        description="header in which a proxy of ours writes a visitor's address, so that one visitor's flood slows "
        "nobody else; the address is neither stored nor logged",
    )
