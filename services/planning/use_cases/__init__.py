"""What planning does, by subject: cases and reports that come in, consultations, visits, the network map."""
