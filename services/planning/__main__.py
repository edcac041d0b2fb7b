"""Runs the service: `python -m services.planning`."""

from shared.start import start

start("services.planning")
