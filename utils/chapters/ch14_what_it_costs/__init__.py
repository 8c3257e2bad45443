"""Chapter 14, what it costs."""
