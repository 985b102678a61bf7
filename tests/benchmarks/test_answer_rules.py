"""One annotator against the others: whole files are scored as twenty lines of the official rules score them."""

import json
import random
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PARTS = [
    "the",
    "A",
    "an",
    "cup",
    "Cup",
    "1887",
    "U.S.",
    "the-end",
    "10–20",
    "10-20",
    "«Bonn»",
    "naïve",
    "'s",
    "$5",
    "-",
]


@pytest.fixture(scope="module")
def compared():
    """The script as a module."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import answer_rules

    sys.path.pop(0)
    return answer_rules


def write(path, golds):
    """Write a file whose questions have these answers, which stand in its passages in their order."""
    articles = []
    for number, some in enumerate(golds):
        places = [sum(len(one) + 3 for one in some[:place]) for place in range(len(some))]
        answers = [{"text": text, "answer_start": place} for text, place in zip(some, places, strict=True)]
        asked = {"id": str(number), "question": "Which?", "answers": answers}
        articles.append({"title": "t", "paragraphs": [{"context": " | ".join(some), "qas": [asked]}]})
    path.write_text(json.dumps({"data": articles}))
    return path


def test_a_file_of_answers_that_are_hard_to_compare_has_the_scores_of_the_rules(compared, tmp_path):
    draw = random.Random(1)
    golds = [
        [draw.choice([" ", "  "]).join(draw.choices(PARTS, k=draw.randint(1, 4))) for _ in range(draw.randint(2, 5))]
        for _ in range(400)
    ]
    path = write(tmp_path / "a.json", golds)
    assert compared.scores(path) == pytest.approx(compared.rules(path), abs=1e-12)
    exact, overlap, count = compared.rules(path)
    assert count == 400
    assert 0.02 < exact < overlap < 0.9, "neither all is right nor nothing"


def test_the_second_answer_is_compared_with_the_others_and_not_with_itself(compared, tmp_path):
    path = write(
        tmp_path / "a.json", [["red cup", "a cup", "cups"], ["the", "The"], ["x", "y"], ["Bonn", "Bonn."], ["one"]]
    )
    assert compared.rules(path) == pytest.approx((2 / 4, (2 / 3 + 0 + 0 + 1) / 4, 4))
    assert compared.scores(path) == pytest.approx((2 / 4, (2 / 3 + 0 + 0 + 1) / 4, 4))
