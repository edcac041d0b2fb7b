"""What holds for the system as a whole: its map, its image, its alerts."""
