"""Chapter 16, the clinic."""
