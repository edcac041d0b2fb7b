"""The reference data: places, names and addresses."""
