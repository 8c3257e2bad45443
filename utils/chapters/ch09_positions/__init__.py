"""Chapter 09, positions."""
