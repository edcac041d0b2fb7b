"""Facts in and facts out: batches in, documents as the unit of truth, one leased relay out.

`documents` and `stage` are what a service's decisions see; `bus.Bus` is what its wiring starts.
"""
