"""What every service builds on: contracts, bus, database, web shell and reference data."""
