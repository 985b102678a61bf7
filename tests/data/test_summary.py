"""What is said of the answers of examples, by `elman describe` and by the card of a run alike."""

import pytest

from elman.data.fields import Field, Kind
from elman.data.records import Example
from elman.data.summary import of_answers


@pytest.mark.parametrize(
    ("kind", "values", "shown", "majority"),
    [
        (Kind.LABEL, ["a", "a", "b"], "2 different: a 66.7% (2), b 33.3% (1)", "66.7%, what always the commonest of"),
        (Kind.LABELS, [["a"], ["a"], ["b"], []], "2 different: a 66.7% (2), b 33.3% (1)", "66.7%, what always"),
        (Kind.LABELS, [["a", "b"], ["a"], [], ["b"]], "2 different: a 50.0% (2), b 50.0% (2); none 25.0% (1)", ""),
        (Kind.TAGS, [["O", "B"], ["O"]], "2 different: O 66.7% (2), B 33.3% (1)", "66.7%, what always"),
        (Kind.NUMBER, ["0", "2.5", "5", "2.5"], "from 0 to 5, mean 2.5, 3 different values", ""),
        (Kind.NUMBER, ["x"], "1 different, none of them a number", ""),
        (Kind.LABEL, ["x" * 99], f"1 different: {'x' * 20}...{'x' * 20} 100.0% (1)", "100.0%"),
        (Kind.LABELS, [], "0 different: ", ""),
    ],
)
def test_shares_are_of_what_has_an_answer_and_of_several_labels_there_is_no_majority(kind, values, shown, majority):
    found = of_answers([Example({"answer": value}) for value in values], Field("answer", kind))
    assert found.shown == shown
    assert found.majority.startswith(majority)
    assert bool(found.majority) == bool(majority)


def test_targets_that_are_texts_are_counted_and_not_listed():
    rows = [["a b c", "a b"], ["x"], ["a b"], ["long " * 7]]
    examples = [Example({"source": "s", "target": row}) for row in rows]
    found = of_answers(examples, Field("target", Kind.TEXTS))
    assert found.shown == "5 texts, 4 different, words: median 2, longest 7"
    assert found.majority == "a b 40.0% (2), what is given most often"
    single = [Example({"target": "one text"})]
    assert of_answers(single, Field("target", Kind.TEXT)).shown == "1 text, 1 different, words: median 2, longest 2"
