"""The real data, and the scripts that made these files of it."""
