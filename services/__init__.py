"""The five independent services; none imports another."""
