"""Chapter 15, noise and uncertainty."""
