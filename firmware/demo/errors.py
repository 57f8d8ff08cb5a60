"""What can go wrong with the demonstration's parts, in words for the user."""

__all__ = ["DemoError"]


class DemoError(Exception):
    """A part is missing, or did not start; the message is one line for the command line."""
