"""Chapter 08, many heads."""
