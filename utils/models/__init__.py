"""Models that are trained in the course, one idea a file."""
