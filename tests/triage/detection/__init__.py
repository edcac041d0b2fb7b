"""What detection finds, against published figures, other programs, and slow ways to compute the same."""
