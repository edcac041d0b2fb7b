"""Triage: makes cases of signals, grades them with reasons, and keeps the 24-hour clock."""
