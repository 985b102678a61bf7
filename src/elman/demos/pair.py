"""Word-by-word attention learns what follows from a sentence, and is asked the six questions of the textbook."""

from collections.abc import Iterator
from random import Random

from elman.demos.base import Demo

_PAIRS = 2500
_PEOPLE = ["man", "woman", "boy", "girl", "student", "sailor"]
_KINDS = ["", "young "]
_TIMES = ["", " today"]
_PLACES = ["concert", "football game", "funeral", "market", "museum", "beach", "wedding"]
_DOING = {
    "concert": ["crowd surfing", "singing along", "listening to the band"],
    "football game": ["cheering", "waving a flag", "shouting at the referee"],
    "funeral": ["weeping", "carrying flowers"],
    "market": ["buying apples", "selling fish"],
    "museum": ["looking at a statue", "sketching"],
    "beach": ["surfing", "building a castle"],
    "wedding": ["throwing rice", "kissing the bride"],
}
_UNKNOWN = ["drunk", "tired", "rich", "hungry", "happy", "a doctor", "from abroad"]
_GROUPS = {
    "wedding party": ("wedding", "Someone got married"),
    "birthday party": ("birthday", "Someone is a year older"),
    "mourning family": ("funeral", "Someone has died"),
    "football team": ("football game", "People play sports"),
    "school class": ("lesson", "Children are together"),
}
_TOGETHER = ["taking pictures", "dancing", "walking home", "eating cake", "singing", "waiting for a bus"]
_THEY = ["outside", "tired", "late", "in a hurry", "wet"]


class PairDemo(Demo):
    """Premises and hypotheses of a small grammar, without the two premises that are asked about at the end."""

    ending = "tsv"
    settings = {
        "task.name": "pair",
        "model.hidden_size": 64,
        "model.embedding_size": 50,
        "model.dropout": 0.1,
        "reader.name": "table",
    }
    inputs = (
        "A man is crowd surfing at a concert\tThe man is at a football game",
        "A man is crowd surfing at a concert\tThe man is drunk",
        "A man is crowd surfing at a concert\tThe man is at a concert",
        "A wedding party is taking pictures\tThere is a funeral",
        "A wedding party is taking pictures\tThey are outside",
        "A wedding party is taking pictures\tSomeone got married",
    )

    def text(self) -> str:
        """Return the pairs, one a line, with their labels."""
        asked = {line.partition("\t")[0] for line in self.inputs}
        draw, lines = Random(1), dict.fromkeys(["premise\thypothesis\tlabel"])
        while len(lines) <= _PAIRS:
            premise, label, hypothesis = next(self._person(draw) if draw.random() < 0.7 else self._group(draw))
            if premise not in asked:
                lines[f"{premise}\t{hypothesis}\t{label}"] = None  # each pair once: none is trained and validated on
        return "\n".join(lines) + "\n"

    @staticmethod
    def _person(draw: Random) -> Iterator[tuple[str, str, str]]:
        person, place = draw.choice(_PEOPLE), draw.choice(_PLACES)
        kind = draw.choice(_KINDS)
        premise = f"A {kind}{person} is {draw.choice(_DOING[place])} at a {place}"
        other = draw.choice([one for one in _PLACES if one != place])
        label, rest = draw.choice(
            [("entailment", f"at a {place}"), ("contradiction", f"at a {other}"), ("neutral", draw.choice(_UNKNOWN))]
        )
        yield premise, label, f"The {person} is {rest}"

    @staticmethod
    def _group(draw: Random) -> Iterator[tuple[str, str, str]]:
        group = draw.choice(list(_GROUPS))
        occasion, fact = _GROUPS[group]
        other = draw.choice([one for one, _ in _GROUPS.values() if one != occasion])
        label, hypothesis = draw.choice(
            [
                ("entailment", draw.choice([fact, f"There is a {occasion}"])),
                ("contradiction", f"There is a {other}"),
                ("neutral", f"They are {draw.choice(_THEY)}"),
            ]
        )
        yield f"A {group} is {draw.choice(_TOGETHER)}{draw.choice(_TIMES)}", label, hypothesis
