"""A BiLSTM-CRF learns to find people, places and companies whose names it has never seen."""

from collections.abc import Iterator
from random import Random

from elman.demos.base import Demo, invented

_SENTENCES = 3000
_TEMPLATES = [
    "PER , head of ORG , met PER in LOC on DAY .",
    "ORG opened an office in LOC , said PER .",
    "Shares of ORG fell after PER left the board .",
    "PER was born in LOC and works for ORG .",
    "The mayor of LOC , PER , thanked ORG .",
    "ORG and ORG will build a bridge near LOC next DAY .",
    "On DAY PER flew from LOC to LOC .",
    "Heavy rain fell on LOC and LOC .",
    "PER told PER that ORG would move to LOC .",
    "Nothing was heard of PER after DAY .",
    "The plane to LOC was late , and nobody told PER why .",
    "In LOC , workers of ORG went on strike .",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
_FORMS = ["Bank", "Motors", "Group", "Press", "Airlines", "Steel"]


class TagDemo(Demo):
    """Sentences of a small grammar with invented names; only spelling and neighbours tell their type."""

    ending = "conll"
    settings = {"task.name": "tag", "model.hidden_size": 64, "model.dropout": 0.3, "reader.name": "conll"}
    inputs = (
        "Klaibe Stourton , head of Mestai Bank , met Trea Havoll in Drabelia on Friday .",
        "Heavy rain fell on Grouvia , said Wea Poumen .",
    )

    def text(self) -> str:
        """Return the sentences, one word and its tag a line."""
        draw = Random(1)
        return "".join("\n".join(self._sentence(draw)) + "\n\n" for _ in range(_SENTENCES))

    def _sentence(self, draw: Random) -> Iterator[str]:
        for word in draw.choice(_TEMPLATES).split():
            if word == "DAY":
                yield f"{draw.choice(_DAYS)} O"
            elif word in ("PER", "LOC", "ORG"):
                yield from (
                    f"{part} {'I' if place else 'B'}-{word}" for place, part in enumerate(self._name(word, draw))
                )
            else:
                yield f"{word} O"

    @staticmethod
    def _name(kind: str, draw: Random) -> list[str]:
        if kind == "PER":
            return [invented(draw, ""), invented(draw, draw.choice(["son", "ton", "man", ""]))][draw.randint(0, 1) :]
        if kind == "LOC":
            return [invented(draw, draw.choice(["ia", "ville", "burg", ""]))]
        return [invented(draw, ""), draw.choice(_FORMS)] if draw.random() < 0.7 else [invented(draw, "")]
