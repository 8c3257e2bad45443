"""Chapter 07, query, key, value."""
