"""Chapter 01, weighted sums."""
