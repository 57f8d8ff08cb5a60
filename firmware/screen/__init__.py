"""What a person at a terminal sees of the daemon: a live picture, or lines where there is none."""

from .run import run

__all__ = ["run"]
