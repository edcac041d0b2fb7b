"""What people and programs do with a whole running platform, in a browser and over the wire."""
