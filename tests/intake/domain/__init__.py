"""The rules, without any I/O."""
