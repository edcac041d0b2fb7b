"""`make journey`: three situations of 2020 through a running platform, from signal to shared report."""
