"""Runs the service: `python -m services.intake`."""

from services.intake.app import create_app
from services.intake.settings import Settings
from shared.service import run

run(create_app, Settings)
