"""The Grafana dashboard and the alerts: whether they ask for what the daemon has, in PromQL."""

import json
import re
import subprocess
from itertools import combinations
from pathlib import Path

from sluice.firmware.api import metrics
from tests.docs.blocks import ROOT, blocks_of
from tests.firmware.api.daemon import Daemon
from tests.firmware.needs import PROMTOOL, needs_promtool

MONITORING = Path(metrics.__file__).with_name("monitoring")
ALERTS = MONITORING / "alerts.yml"
CASES = Path(__file__).with_name("alerts.test.yml")

#: What Grafana puts in the place of its variables.
VARIABLES = {"$__rate_interval": "1m", "$instance": "rig.*", "$job": "sluice"}


def dashboard():
    return json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))


def expressions():
    found = [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]
    found += [note["expr"] for note in dashboard()["annotations"]["list"]]
    for name, value in VARIABLES.items():
        found = [text.replace(name, value) for text in found]
    return found


def promtool(*options):
    done = subprocess.run([PROMTOOL, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_promtool
def test_alerts():
    assert "10 rules found" in promtool("check", "rules", "--lint-fatal", ALERTS)
    promtool("test", "rules", CASES)


@needs_promtool
def test_configuration_of_the_docs(tmp_path):
    (block,) = (one for one in blocks_of(ROOT / "docs" / "api.md") if one.language == "yaml")
    (tmp_path / "prometheus.yml").write_text(block.text, encoding="utf-8")
    (tmp_path / "alerts.yml").symlink_to(ALERTS)
    assert "is valid prometheus config" in promtool("check", "config", tmp_path / "prometheus.yml")


def test_every_alert_has_a_case_for_and_against():
    names = re.findall(r"alert: (\w+)", ALERTS.read_text(encoding="utf-8"))
    cases = re.findall(r"alertname: (\w+)", CASES.read_text(encoding="utf-8"))
    assert sorted(cases) == sorted(names * 2)


@needs_promtool
def test_expressions_of_the_dashboard(tmp_path):
    rules = [{"record": f"panel{at}", "expr": text} for at, text in enumerate(expressions())]
    path = tmp_path / "dashboard.json"
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", path)


def test_only_what_the_daemon_has():
    families = list(metrics.SnapshotCollector(Daemon()).collect())
    known = {sample.name for family in families for sample in family.samples}
    texts = [*expressions(), ALERTS.read_text(encoding="utf-8")]
    asked = set(re.findall(r"\bsluice_[a-z_]+", " ".join(texts)))
    assert len(asked) > 20
    assert asked <= known


def test_panels_lie_side_by_side():
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
    for one, other in combinations([panel["gridPos"] for panel in panels], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above, (one, other)
