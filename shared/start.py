"""The first moment of a service's process: imports what it is made of, and runs it."""

import gc
from importlib import import_module


def start(package: str) -> None:
    """Run the service that `create_app` of `<package>.app` and `Settings` of `<package>.settings` make up."""
    # What is imported stays. Looking through it for garbage took a fifth of the time until a killed service was back.
    gc.disable()
    app, settings, service = map(import_module, (f"{package}.app", f"{package}.settings", "shared.service"))
    service.run(app.create_app, settings.Settings)
