"""Marks for tests that need a program which not every machine has."""

import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

PROMTOOL = shutil.which("promtool")

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="needs promtool, of the Debian package prometheus"
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
needs_node = pytest.mark.skipif(
    not (shutil.which("node") and shutil.which("npm")), reason="needs Node.js and npm"
)
