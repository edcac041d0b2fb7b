"""Runs the service: `python -m services.reporting`."""

from shared.start import start

start("services.reporting")
