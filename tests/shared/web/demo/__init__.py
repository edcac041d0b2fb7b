"""A small service of its own that uses every part of the web layer, for tests and for the eye."""
