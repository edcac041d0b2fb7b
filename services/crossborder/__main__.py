"""Runs the service: `python -m services.crossborder`."""

from shared.start import start

start("services.crossborder")
