"""The words that are near a word, or complete an analogy."""

from elman.answers.base import Answer, Ranked, ranked_facts, ranked_line


def nearest(word: str, known: bool, found: Ranked | None) -> Answer:
    """Return what a person is told of the neighbours of a word.

    Args:
        word: as it was asked.
        known: whether it is in the vocabulary; if not, its vector is made of its parts.
        found: the nearest words with their cosines; None where the word has no vector.
    """
    if found is None:
        return Answer([], f"{word} -> (no vector)", {"word": word, "known": False, "nearest": []})
    by_parts = "" if known else " (by its parts)"
    facts = {"word": word, "known": known, "nearest": ranked_facts(found, "word", "cosine")}
    return Answer(found, f"{word}{by_parts} -> {ranked_line(found)}", facts)


def completed(a: str, b: str, c: str, found: Ranked) -> Answer:
    """Return what a person is told of the words that are to c what b is to a."""
    facts = {"a": a, "b": b, "c": c, "nearest": ranked_facts(found, "word", "cosine")}
    return Answer(found, f"{a} : {b} = {c} : {ranked_line(found)}", facts)
