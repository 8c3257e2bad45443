"""What the course does for itself and its authors: install, update, build, write pages. No part of the library."""
