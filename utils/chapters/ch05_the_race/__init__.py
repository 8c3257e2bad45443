"""Chapter 05, the race."""
