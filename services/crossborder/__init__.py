"""Keeps in step with German and Belgian authorities: who they are, and notices about workers who live there."""
