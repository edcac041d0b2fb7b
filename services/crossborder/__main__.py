"""Runs the service: `python -m services.crossborder`."""

from services.crossborder.app import create_app
from services.crossborder.settings import Settings
from shared.service import run

run(create_app, Settings)
