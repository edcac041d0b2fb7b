"""Planning: the network map, interventions from proposal to report, and the consultations that decide on them."""
