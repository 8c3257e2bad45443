"""The library of the course "Follow the α": one idea a file."""
