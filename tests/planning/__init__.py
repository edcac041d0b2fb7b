"""Planning: the network map, interventions and consultations."""
