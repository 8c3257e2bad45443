"""The course as static pages, and a chapter as one file: `python course.py site`, `python course.py export 07`."""
