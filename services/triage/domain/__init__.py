"""The pure rules of triage: what belongs together, how grave it is and why, and how much time is left."""
