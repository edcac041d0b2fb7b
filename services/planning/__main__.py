"""Runs the service: `python -m services.planning`."""

from services.planning.app import create_app
from services.planning.settings import Settings
from shared.service import run

run(create_app, Settings)
