"""Chapter 06, alignments."""
