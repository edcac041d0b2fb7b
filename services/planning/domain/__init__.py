"""Who may act, who coordinates, and the life of an intervention: pure rules without I/O."""
