"""Which validation of a log is the best, and what is said where none is."""

import pytest

from elman.runs.best import best_of, last_gain, why_none


def validation(step, value, best, **scores):
    return {"event": "validation", "step": step, "value": value, "best": best, "score": "pearson", "scores": scores}


def test_the_last_that_was_the_best_is_the_best():
    events = [validation(1, 0.1, True), validation(2, 0.2, True), validation(3, 0.1, False), {"event": "train"}]
    assert best_of(events)["step"] == 2
    assert why_none(events) == ""


def test_where_none_is_a_number_that_is_said_and_another_score_named():
    once = [validation(1, None, False, pearson=None, spearman=None, mean_squared_error=0.5)]
    assert best_of(once) is None
    assert why_none(once) == (
        "pearson was not a finite number at the only validation, so the weights of the last one are kept. A "
        "correlation has no value where all predictions, or all true values, are the same: train longer, or give more "
        "validation data; another score may decide, such as --set task.select=mean_squared_error."
    )
    assert "at any of 3 validations" in why_none(3 * once)
    assert "task.select" not in why_none([validation(1, None, False, pearson=None)])


def test_before_the_first_validation_there_is_nothing_to_say():
    assert best_of([{"event": "train"}]) is None
    assert why_none([{"event": "train"}]) == ""


def shown(value, best=True, name="F1", **more):
    return {**validation(0, value, best), "shown": f"{name} {value:.2%}", **more}


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (
            [shown(0.1), shown(0.2), shown(0.15, best=False), {"event": "train"}, shown(0.25)],
            "the score still got better at the last validation, from F1 20.00% to F1 25.00%",
        ),
        ([shown(0.1), shown(0.2), shown(0.15, best=False)], ""),
        ([shown(0.0), shown(0.0)], "the training loss still fell at the last validation"),
        ([shown(0.2), shown(0.200001)], ""),  # nobody sees it
        ([shown(0.2)], ""),
        ([], ""),
        ([shown(0.2, best=False), shown(0.2)], ""),
        # The mean of weights at the end is no validation of what training goes on from.
        (
            [shown(0.1), shown(0.2), shown(0.3, averaged=5)],
            "the score still got better at the last validation, from F1 10.00% to F1 20.00%",
        ),
        ([shown(0.1, kept="last"), shown(0.2, kept="last")], ""),
    ],
)
def test_what_the_last_validation_brought(events, expected):
    assert last_gain(events) == expected
