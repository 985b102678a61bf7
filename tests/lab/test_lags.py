"""The experiments of long lags beside each other."""

import elman.lab


def test_G9_lags_are_those_of_each_experiment():
    made = elman.lab.lags(length=10, updates=10, seeds=1)
    alone = elman.lab.copy(lag=2, updates=10, seeds=1)
    for symbol, value in alone.values.items():
        assert made.values[f"copy, T = 2: {symbol}"] == value
    assert [panel.title for panel in made.found.panels] == ["adding, T = 10", "copy, T = 2", "order, T = 10"]
    assert made.found.result.count("After 10 updates solved from every seed: ") == 3
