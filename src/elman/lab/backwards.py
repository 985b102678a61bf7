"""Words of random letters, each with what it is backwards, and who writes them right."""

import math
import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from elman.events import Event, Listener, Planned, Stepped
from elman.lab.underway import underway

LETTERS, BUCKET = "abcdefghijklmnop", 5


def pairs(count: int, longest: int, seed: int) -> list[tuple[str, str]]:
    """Return words of 1 letter to the longest, and what they are backwards."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(LETTERS, k=draw.randint(1, longest))) for _ in range(count)]
    return [(word, word[::-1]) for word in words]


class Words(NamedTuple):
    """How many words there are.

    Args:
        longest: letters of the longest.
        learned: of training.
        tried: of the test; a fifth as many are looked at in training.
    """

    longest: int
    learned: int
    tried: int


def by_length(decoders: Sequence[str], words: Words, how: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return the share of words that each decoder writes right, for each five lengths.

    Args:
        decoders: values of `model.decoder`.
        words: how many, and how long.
        how: names and values of `elman.train`: units, seed, budget.
    """
    import elman

    found = {}
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for number, (name, count) in enumerate((("train", words.learned), ("valid", words.tried // 5)), start=1):
            files[name] = Path(folder) / f"{name}.tsv"
            files[name].write_text("".join(f"{x}\t{y}\n" for x, y in pairs(count, words.longest, number)))
        for decoder in decoders:
            run = elman.train(
                "seq2seq",
                train=files["train"],
                valid=files["valid"],
                out=Path(folder) / decoder,
                threads=1,
                batch_size=64,
                learning_rate=0.003,
                level="character",
                settings={"model.decoder": decoder, "model.dropout": 0.0, "task.score": "exact_match"},
                listener=_told(decoder),
                **how,
            )
            found[decoder] = shares(elman.load(run.path), pairs(words.tried, words.longest, 3), words.longest)
    return found


def _told(decoder: str) -> Listener:
    """Return a listener that passes on how far the training of a decoder is."""
    planned = 0

    def listener(event: Event) -> None:
        nonlocal planned
        if isinstance(event, Planned):
            planned = event.step + event.steps
            underway(f"decoder {decoder}", event.step, planned)
        elif isinstance(event, Stepped):
            underway(f"decoder {decoder}", event.step, planned)

    return listener


def shares(model: Any, tests: Sequence[tuple[str, str]], longest: int) -> list[float]:
    """Return the share of words that are exactly right, for each five lengths; NaN where there is no word of them."""
    written = model.predict([source for source, _ in tests])
    right: list[list[bool]] = [[] for _ in range(0, longest, BUCKET)]
    for (source, target), text in zip(tests, written, strict=True):
        right[(len(source) - 1) // BUCKET].append(text == target)
    return [sum(one) / len(one) if one else math.nan for one in right]
