"""The facts that cross between services, one module per owner, and the catalogue of the topics that carry them."""
