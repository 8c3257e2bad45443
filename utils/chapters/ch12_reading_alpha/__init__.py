"""Chapter 12, reading α."""
