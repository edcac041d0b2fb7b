"""Benchmarks against peers in the same run; `make bench` runs them all and writes build/bench.json."""
