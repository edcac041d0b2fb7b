"""Real processes and real kills: nothing lost, nothing twice, and back at work without hands."""
