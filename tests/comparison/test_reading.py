"""What runs give to data: how fast they are."""

import pytest

import elman
from elman.comparison.reading import FEWEST_TIMED, read
from elman.comparison.rows import compare
from elman.comparison.text import lines


@pytest.fixture
def timed(small_run, tmp_path):
    """Return what is read of a text of so many tokens, and the words that a table has."""

    def timed(tokens):
        path = tmp_path / f"{tokens}.txt"
        path.write_text(("anna sees ben .\n" * (tokens // 16 + 1))[: tokens - 1] + "\n")
        model = elman.load(small_run)
        return read([model], [str(path)])[0], list(lines(compare([model], [str(path)])))

    return timed


NOTE = f"tokens/s: fewer than {FEWEST_TIMED:,} tokens are too few to say how fast a run is."


def test_of_a_small_text_no_speed_is_given_and_that_is_said(timed):
    found, shown = timed(FEWEST_TIMED - 1)
    assert found.tokens_per_second is None
    assert shown[3].split()[-1] == "-"
    assert NOTE in shown


def test_of_a_larger_one_it_is(timed):
    found, shown = timed(FEWEST_TIMED)
    assert found.tokens_per_second > 0
    assert shown[3].split()[-1] != "-"
    assert NOTE not in shown


def test_the_first_call_is_not_measured(timed, monkeypatch):
    """The clock goes on by a second at every look, but by a thousand while a model is called first."""
    calls = []

    class Clock:
        now = 0.0

        @classmethod
        def perf_counter(cls):
            cls.now += 1.0
            return cls.now

    reading = "elman.comparison.reading"
    monkeypatch.setattr(f"{reading}.time", Clock)
    from elman.comparison import reading as module

    read_text = module.read_text

    def slow_at_first(*given):
        if not calls:
            Clock.now += 1000.0
        calls.append(given)
        yield from read_text(*given)

    monkeypatch.setattr(f"{reading}.read_text", slow_at_first)
    found, _ = timed(FEWEST_TIMED)
    assert found.tokens_per_second == FEWEST_TIMED
