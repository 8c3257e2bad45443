"""Chapter 13, images and graphs."""
