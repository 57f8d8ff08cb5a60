"""What a core is made of."""

from dataclasses import dataclass



class ConfigError(ValueError):
    """A parameter out of its range. The message names the field and the value."""
