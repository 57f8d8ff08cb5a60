"""Rates over windows, against a list of everything that was counted."""

import pytest

from sluice.firmware.work.meter import WINDOWS, Meter


def test_steady():
    meter = Meter(1000.25)
    for second in range(2000):
        meter.add(7.0, 1000.25 + second)
    rates = meter.rates(1000.25 + 2000)
    for rate in (rates.seconds_5, rates.minute_1, rates.minutes_5, rates.minutes_15, rates.average):
        assert rate == pytest.approx(7, rel=0.06)


def test_less_history_than_the_window():
    meter = Meter(50.0)
    meter.add(100, 59.0)
    assert meter.over(900, 60.0) == pytest.approx(10)
    assert meter.rates(60.0).average == pytest.approx(10)


def test_nothing_lately():
    meter = Meter(0.0)
    meter.add(100, 1.0)
    assert meter.over(5, 100.0) == 0
    assert meter.over(900, 100.0) == pytest.approx(1)


def test_at_once():
    assert Meter(5.0).rates(5.0).average == 0


def test_random(rng):
    meter, now, all_of_it = Meter(0.0), 0.0, []
    for _ in range(5000):
        now += rng.expovariate(2)
        amount = rng.random()
        meter.add(amount, now)
        all_of_it.append((now, amount))
    for window in WINDOWS:
        since = int(now - window)
        expected = sum(amount for at, amount in all_of_it if at >= since) / (now - since)
        assert meter.over(window, now) == pytest.approx(expected)
