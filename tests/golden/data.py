"""The files that golden runs are trained and asked on: the same bytes on every machine and with every version."""

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

NAMES = ["anna", "ben", "carla", "dora", "emil", "frida", "gustav", "zoë"]
VERBS = ["sees", "likes", "avoids", "follows", "calls", "greets"]
GOOD = VERBS[:2] + VERBS[4:]
ADVERBS = ["often", "never", "gladly"]
PLACES = ["paris", "köln", "new york"]
SYLLABLES = ["ba", "ko", "li", "mu", "ne", "ra", "si", "to"]


class Draw:
    """A linear congruential generator (Knuth's MMIX), so that no library decides what is drawn."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def __call__(self, below: int) -> int:
        """Return a whole number from 0 to below it."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % below

    def one_of(self, choices: Sequence[str]) -> str:
        """Return one of them."""
        return choices[self(len(choices))]


class Fact(NamedTuple):
    """Who does what to whom, how and where; the last two may be missing."""

    subject: str
    verb: str
    object: str
    adverb: str
    place: str

    @property
    def words(self) -> list[str]:
        """The fact as a sentence."""
        where = ["in", *self.place.split()] if self.place else []
        return [word for word in (self.subject, self.adverb, self.verb, self.object, *where, ".") if word]

    @property
    def sentence(self) -> str:
        """The words with blanks between them."""
        return " ".join(self.words)

    @property
    def parts_of_speech(self) -> list[str]:
        """One for each word."""
        kinds = {"in": "ADP", ".": "PUNCT"} | dict.fromkeys(VERBS, "VERB") | dict.fromkeys(ADVERBS, "ADV")
        return [kinds.get(word, "PROPN") for word in self.words]

    def tags(self, inside: bool = False) -> list[str]:
        """Spans of people and places, in BIO, or in IOB1 if spans begin with what is inside them."""
        first, there = ("I" if inside else "B"), self.place.split()
        people = dict.fromkeys((self.subject, self.object), f"{first}-PER")
        place = {word: f"{'I' if word in there[1:] else first}-LOC" for word in there}
        return [(people | place).get(word, "O") for word in self.words]


def facts(count: int, seed: int) -> list[Fact]:
    """Draw facts; one name in eight is made up of syllables, so that there are rare words."""
    draw = Draw(seed)

    def person() -> str:
        return "".join(draw.one_of(SYLLABLES) for _ in range(3)) if draw(8) == 0 else draw.one_of(NAMES)

    return [
        Fact(
            person(),
            draw.one_of(VERBS),
            person(),
            draw.one_of(ADVERBS) if draw(3) == 0 else "",
            draw.one_of(PLACES) if draw(3) == 0 else "",
        )
        for _ in range(count)
    ]


def text(found: Sequence[Fact]) -> str:
    """Return running text, a sentence a line."""
    return "".join(f"{fact.sentence}\n" for fact in found)


def columns(inside: bool) -> Callable[[Sequence[Fact]], str]:
    """Return what writes CoNLL columns."""

    def write(found: Sequence[Fact]) -> str:
        sentences = (
            "".join(f"{word.title()} {tag}\n" for word, tag in zip(fact.words, fact.tags(inside), strict=True))
            for fact in found
        )
        return "\n".join(sentences)

    return write


def conllu(found: Sequence[Fact]) -> str:
    """Return sentences in CoNLL-U with parts of speech."""
    lines = []
    for fact in found:
        for number, (word, kind) in enumerate(zip(fact.words, fact.parts_of_speech, strict=True), 1):
            lines.append(f"{number}\t{word}\t_\t{kind}\t_\t_\t_\t_\t_\t_\n")
        lines.append("\n")
    return "".join(lines)


def mood(fact: Fact) -> str:
    """Return the label of a sentence: what its verb is, turned round by `never`."""
    return "good" if (fact.verb in GOOD) != (fact.adverb == "never") else "bad"


def labels(fact: Fact) -> list[str]:
    """Return several labels of a sentence, or one."""
    return [
        mood(fact),
        *([fact.place.replace(" ", "_")] if fact.place else []),
        *(["hurry"] if fact.adverb == "gladly" else []),
    ]


def pairs(answer: Callable[[Fact, Fact], object]) -> Callable[[Sequence[Fact]], str]:
    """Return what writes pairs of sentences with an answer, separated by tabs."""

    def write(found: Sequence[Fact]) -> str:
        lines = []
        for one, next_one in pairwise(found):
            alike = len(lines) % 3
            other = next_one if not alike else one._replace(adverb="never" if alike == 1 else "", place="")
            lines.append(f"{one.sentence}\t{other.sentence}\t{answer(one, other)}\n")
        return "".join(lines)

    return write


def entailment(one: Fact, other: Fact) -> str:
    """Return what the first sentence says of the second."""
    if one[:3] != other[:3]:
        return "neutral"
    return "contradiction" if (one.adverb == "never") != (other.adverb == "never") else "entailment"


def overlap(one: Fact, other: Fact) -> int:
    """Return 1 to 4, from how many of subject, verb and object are the same."""
    return 1 + sum(mine == theirs for mine, theirs in zip(one[:3], other[:3], strict=True))


def vectors(width: int) -> str:
    """Return vectors of some words, as word2vec writes them."""
    draw, words = Draw(99), [*NAMES, *VERBS, "unseen"]
    rows = (f"{word} {' '.join(f'{(draw(2001) - 1000) / 2000:.4f}' for _ in range(width))}\n" for word in words)
    return f"{len(words)} {width}\n{''.join(rows)}"


WRITERS: dict[str, Callable[[Sequence[Fact]], str]] = {
    "text.txt": text,
    "spans.conll": columns(inside=False),
    "inside.conll": columns(inside=True),
    "speech.conllu": conllu,
    "joint.words": lambda found: "".join(f"{fact.sentence}\n" for fact in found),
    "joint.tags": lambda found: "".join(f"{' '.join(fact.tags())}\n" for fact in found),
    "joint.labels": lambda found: "".join(f"{fact.verb}\n" for fact in found),
    "mood.tsv": lambda found: "".join(f"{fact.sentence}\t{mood(fact)}\n" for fact in found),
    "mood.jsonl": lambda found: "".join(
        f"{json.dumps({'text': fact.sentence, 'label': mood(fact)})}\n" for fact in found
    ),
    "several.txt": lambda found: "".join(
        f"{' '.join(f'__label__{label}' for label in labels(fact))} {fact.sentence}\n" for fact in found
    ),
    "pairs.tsv": pairs(entailment),
    "scores.tsv": pairs(overlap),
}
"""How facts become the file of a name; there are three of each: for training, validation and test."""

PARTS = {"train": (70, 1), "valid": (24, 2), "test": (30, 3)}
ASKED = {
    "lines.txt": "anna sees be\nzoë never lik\nQ\n",
    "sentences.txt": "anna sees ben .\nben ben ben in new york\nanna xylophones dora .\n\n",
    "raw.txt": "Anna often sees Ben in Köln.\nCarla, Zoë and Bakoli greet Dora!\n\n",
    "pairs.txt": "anna sees ben .\tanna never sees ben .\nDora likes Emil.\tfrida calls anna in paris .\n",
    "words.txt": "anna\nLIKES\nbakolina\n§\n\n",
    "similar.csv": "anna,ben,9\nsees,likes,8\nparis,köln,9\nanna,sees,1\nparis,often,2\nanna,xylophone,3\n",
    "analogies.txt": ": all\nanna ben carla dora\nsees likes avoids follows\nanna ben xylophone dora\n",
}


def write(folder: Path) -> None:
    """Write every file into a folder, such as `text.train.txt`."""
    for name, writer in WRITERS.items():
        for part in PARTS:
            (folder / named(name, part)).write_bytes(writer(facts(*PARTS[part])).encode())
    long = text(facts(300, 4))
    for name, content in {**ASKED, "long.txt": long, "vectors.txt": vectors(6)}.items():
        (folder / name).write_bytes(content.encode())


def named(name: str, part: str) -> str:
    """Return the name of the file of one part; of files side by side, which have commas between them, of each.

    >>> named("joint.words,joint.tags", "train")
    'joint.train.words,joint.train.tags'
    """
    return ",".join(one.replace(".", f".{part}.") for one in name.split(","))
