"""What the broker must hold, made from the catalogue: topics, users, access rights and their description."""
