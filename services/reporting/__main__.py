"""Runs the service: `python -m services.reporting`."""

from services.reporting.app import create_app
from services.reporting.settings import Settings
from shared.service import run

run(create_app, Settings)
