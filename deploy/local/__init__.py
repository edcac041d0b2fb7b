"""A whole platform on one machine: Kafka, MongoDB, sign-in and the five services, nothing installed first."""
