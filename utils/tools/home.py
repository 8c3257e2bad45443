"""Where the course lives: on this computer, and on the net. Standard library only."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = "https://github.com/follow-the-alpha/follow-the-alpha"
