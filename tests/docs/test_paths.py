"""Files and folders that README.md and docs/ name are there."""

import re

from tests.docs.blocks import PAGES, ROOT

NAMED = re.compile(r"`((?:rtl|sim|boards|firmware|tests)/[a-z0-9_/]+(?:\.py|\.tsv|\.v)?)`")


def test_paths():
    found = [(page.name, path) for page in PAGES for path in NAMED.findall(page.read_text())]
    assert len(found) > 60
    assert [(page, path) for page, path in found if not (ROOT / path).exists()] == []
