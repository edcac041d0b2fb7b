"""Runs the service: `python -m services.triage`."""

from shared.start import start

start("services.triage")
