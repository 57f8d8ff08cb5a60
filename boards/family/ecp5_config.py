"""The PLL in Project Trellis' textual configuration.

nextpnr writes its parameters as words of bits, in one group of tiles:
``word: CLKOS_DIV 0000100`` is a divider of five.
"""

import re
from collections.abc import Callable

from ..fabric.pll import Setting


def _divider(name: str) -> Callable[[Setting], int]:
    return lambda setting: setting.dividers[name] - 1


def _filter(name: str) -> Callable[[Setting], int]:
    return lambda setting: setting.loop_filter[name]


#: Words of the PLL, and the value of each under a setting. Phases are counted from a divider's last
#: clock on, as ecppll has it.
_WORDS: dict[str, Callable[[Setting], int]] = {
    **{name: _divider(name) for name in ("CLKI_DIV", "CLKFB_DIV", "CLKOP_DIV", "CLKOS_DIV")},
    "CLKOP_CPHASE": _divider("CLKOP_DIV"),
    "CLKOS_CPHASE": _divider("CLKOS_DIV"),
    **{name: _filter(name) for name in ("ICP_CURRENT", "LPF_RESISTOR")},
}

_GROUP = re.compile(r"^\.tile_group [^\n]*\n(?:(?!\.)[^\n]*\n)*?enum: MODE EHXPLLL\n", re.MULTILINE)
_WORD = re.compile(r"^word: (\w+) ([01]+)$", re.MULTILINE)


class ConfigurationError(ValueError):
    """A textual configuration without exactly one PLL. The message says how many it has."""


def _group(text: str) -> re.Match[str]:
    found = list(_GROUP.finditer(text))
    if len(found) != 1:
        raise ConfigurationError(f"the configuration has {len(found)} PLLs, not 1")
    return found[0]


def pll_words(text: str) -> dict[str, int]:
    """The words of the PLL that settings decide.

    Raises
    ------
    ConfigurationError
        There is not one PLL.
    """
    words = {name: int(bits, 2) for name, bits in _WORD.findall(_group(text)[0])}
    return {name: words[name] for name in _WORDS}


def wanted_words(setting: Setting) -> dict[str, int]:
    """What :func:`pll_words` finds where a setting has been written."""
    return {name: value(setting) for name, value in _WORDS.items()}


def configured(text: str, setting: Setting) -> str:
    """A configuration with another setting of its PLL, and nothing else changed.

    Raises
    ------
    ConfigurationError
        There is not one PLL.
    """
    group = _group(text)

    def word(found: re.Match[str]) -> str:
        name, bits = found[1], found[2]
        if name not in _WORDS:
            return found[0]
        return f"word: {name} {_WORDS[name](setting):0{len(bits)}b}"

    return text[: group.start()] + _WORD.sub(word, group[0]) + text[group.end() :]
