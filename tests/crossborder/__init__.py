"""Crossborder: notices to authorities across the border, and how fresh what we know of them is."""
