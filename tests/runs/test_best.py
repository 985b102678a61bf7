"""Which validation of a log is the best, and what is said where none is."""

from elman.runs.best import best_of, why_none


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
