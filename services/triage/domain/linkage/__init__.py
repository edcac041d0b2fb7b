"""Which signals are about the same situation: how far two of them agree, field by field, and what that is worth."""
