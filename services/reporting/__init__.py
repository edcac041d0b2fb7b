"""Reporting: reports of visits, whom they are shared with, the operational picture, and what partners are told."""
