"""Whether more is going on than chance makes: counts that rise, signals close together in space and time."""
