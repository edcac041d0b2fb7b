"""Runs the service: `python -m services.intake`."""

from shared.start import start

start("services.intake")
