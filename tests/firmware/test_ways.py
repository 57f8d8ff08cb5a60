"""Addresses that people are told."""

import socket

from sluice.firmware.config import ApiSettings
from sluice.firmware.ways import PAGE, ways


def told(**tables):
    return {way.name: way.address for way in ways(ApiSettings.model_validate(tables))}


def test_all():
    assert told() == {
        PAGE: "http://127.0.0.1:8420/",
        "REST API": "http://127.0.0.1:8420/api/v1/status",
        "Prometheus": "http://127.0.0.1:9420/metrics",
        "cgminer's API": "127.0.0.1:4028",
    }


def test_what_is_not_served_has_no_address():
    off = {"enabled": False}
    assert told(rest=off, cgminer=off) == {"Prometheus": "http://127.0.0.1:9420/metrics"}
    assert told(rest=off, metrics=off, cgminer=off) == {}


def test_other_machines_have_a_name_for_this_one():
    name = socket.gethostname()
    for host in ("0.0.0.0", "::"):
        assert told(rest={"host": host, "port": 80})[PAGE] == f"http://{name}/"
    assert told(rest={"host": "::1"})[PAGE] == "http://[::1]:8420/"
    assert told(cgminer={"host": "rig.lan"})["cgminer's API"] == "rig.lan:4028"
