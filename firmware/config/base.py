"""What all tables of the configuration have in common."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

__all__ = ["FilePath", "PortNumber", "Secret", "Table"]

#: A TCP port to listen on or to connect to.
PortNumber = Annotated[int, Field(ge=1, le=65535)]

#: A path, written as a string; ``~`` is the user's home.
FilePath = Annotated[Path, Field(strict=False), AfterValidator(Path.expanduser)]

#: Never shown: neither in logs nor in tracebacks.
Secret = SecretStr


class Table(BaseModel):
    """A table of the configuration file: unknown keys are errors, and nothing changes later.

    TOML has types, so none is converted to another.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)
