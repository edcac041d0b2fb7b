"""Runs the service: `python -m services.triage`."""

from services.triage.app import create_app
from services.triage.settings import Settings
from shared.service import run

run(create_app, Settings)
