"""Chapter 04, gates."""
