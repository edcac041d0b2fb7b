"""Intake: what it takes in, tells and keeps to itself."""
