"""The rules of working with authorities across the border: notices, authorities, letters; no I/O."""
