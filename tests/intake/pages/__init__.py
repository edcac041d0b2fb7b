"""The public form as rules over answers."""
