"""What reporting does: take in visits, fill in reports, share them, and tell partners."""
