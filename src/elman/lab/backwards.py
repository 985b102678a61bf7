"""Words of random letters, each with what it is backwards, and who writes them right."""

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LETTERS, BUCKET = "abcdefghijklmnop", 5
_TRAINED, _VALIDATED, _TESTED = 20_000, 300, 1_500


def pairs(count: int, longest: int, seed: int) -> list[tuple[str, str]]:
    """Return words of 1 letter to the longest, and what they are backwards."""
    draw = random.Random(seed)
    words = ["".join(draw.choices(LETTERS, k=draw.randint(1, longest))) for _ in range(count)]
    return [(word, word[::-1]) for word in words]


def by_length(
    decoders: Sequence[str], longest: int, units: int, updates: int, minutes: float, seed: int
) -> dict[str, list[float]]:
    """Return the share of words that each decoder writes right, for each five lengths.

    Args:
        decoders: values of `model.decoder`.
        longest: letters of the longest word.
        units: H of encoder and decoder.
        updates: of each; with minutes they are not counted.
        minutes: for all decoders; 0 counts updates.
        seed: of weights and order.
    """
    import elman

    budget: dict[str, Any] = {"minutes": minutes / len(decoders)} if minutes else {"steps": updates}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for number, (name, count) in enumerate((("train", _TRAINED), ("valid", _VALIDATED)), start=1):
            files[name] = Path(folder) / f"{name}.tsv"
            files[name].write_text("".join(f"{x}\t{y}\n" for x, y in pairs(count, longest, number)))
        for decoder in decoders:
            run = elman.train(
                "seq2seq",
                train=files["train"],
                valid=files["valid"],
                out=Path(folder) / decoder,
                seed=seed,
                threads=1,
                batch_size=64,
                learning_rate=0.003,
                hidden=units,
                level="character",
                settings={"model.decoder": decoder, "model.dropout": 0.0, "task.score": "exact_match"},
                listener=elman.silent,
                **budget,
            )
            found[decoder] = shares(elman.load(run.path), pairs(_TESTED, longest, 3), longest)
    return found


def shares(model: Any, tests: Sequence[tuple[str, str]], longest: int) -> list[float]:
    """Return the share of words that are exactly right, for each five lengths."""
    written = model.predict([source for source, _ in tests])
    right: list[list[bool]] = [[] for _ in range(0, longest, BUCKET)]
    for (source, target), text in zip(tests, written, strict=True):
        right[(len(source) - 1) // BUCKET].append(text == target)
    return [sum(one) / len(one) for one in right]
