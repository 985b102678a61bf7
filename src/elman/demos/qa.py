"""A reader reads who was born where and does what, and finds in each text what is asked."""

import json
from random import Random

from elman.demos.base import Demo, invented

_TEXTS = 500
_JOBS = ["composer", "painter", "baker", "sailor", "teacher", "gardener", "miller", "printer"]
_LANDS = ["German", "French", "Danish", "Polish", "Italian", "Greek"]


class QaDemo(Demo):
    """Short texts about people that nobody knows, in the format of SQuAD: names are found, not learned by heart."""

    ending = "json"
    settings = {
        "task.name": "qa",
        "reader.name": "squad",
        "model.embedding_size": 32,
        "model.hidden_size": 24,
        "model.dropout": 0.1,
        "training.batch_size": 32,
        "training.steps": 400,
        "training.learning_rate": 0.01,
        "training.threads": 1,
    }
    inputs = (
        "Beethoven was a German composer. He was born in Bonn in 1770 and lived in Vienna.\tWhere was Beethoven born?",
        "Beethoven was a German composer. He was born in Bonn in 1770 and lived in Vienna.\tWhen was Beethoven born?",
        "Beethoven was a German composer. He was born in Bonn in 1770 and lived in Vienna.\t"
        "What was Beethoven's nationality?",
    )

    def text(self) -> str:
        """Return the texts with their questions."""
        draw = Random(1)
        articles = [_article(draw, number) for number in range(_TEXTS)]
        return json.dumps({"version": "1.1", "data": articles}, indent=1) + "\n"


def _article(draw: Random, number: int) -> dict[str, object]:
    """Return a text about somebody, and what is asked about it."""
    name, born, lived = invented(draw, ""), invented(draw, "burg"), invented(draw, "a")
    land, job, year = draw.choice(_LANDS), draw.choice(_JOBS), str(draw.randint(1600, 1990))
    other, there = invented(draw, ""), invented(draw, "stadt")
    said = [
        f"{name} was a {land} {job}.",
        f"{draw.choice(['He', 'She', name])} was born in {born} in {year} and lived in {lived}.",
    ]
    told = " ".join([*said, f"A friend, {other}, came from {there}."])
    asked = {
        f"Where was {name} born?": born,
        f"When was {name} born?": year,
        f"What was {name}'s nationality?": land,
        f"What did {name} do?": job,
        f"Where did {name} live?": lived,
        f"Where did {other} come from?": there,
    }
    some = draw.sample(sorted(asked), 3)
    questions = [
        {"id": f"{number}-{place}", "question": one, "answers": [_answer(told, asked[one])]}
        for place, one in enumerate(some)
    ]
    return {"title": f"{name} {number}", "paragraphs": [{"context": told, "qas": questions}]}


def _answer(text: str, answer: str) -> dict[str, object]:
    return {"text": answer, "answer_start": text.index(answer)}
