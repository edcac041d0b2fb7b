"""What crossborder does: take in cases, send notices and record answers, keep its authorities fresh."""
