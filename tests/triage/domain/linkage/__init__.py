"""Comparing signals, and what their likeness leads to."""
