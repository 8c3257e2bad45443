"""Reactions as strings: tokens, atoms and bonds, and what a published Transformer makes of them."""
