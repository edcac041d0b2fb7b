"""Triage's verbs: take in signals and planning's news, tell how a case stands, show and close cases."""
