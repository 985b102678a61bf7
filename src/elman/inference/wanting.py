"""What text a user wants, checked."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from elman.decoding.choice import Choice
from elman.decoding.writing import Wanted
from elman.errors import ConfigError, did_you_mean
from elman.tasks.base import Task
from elman.text.printed import counted

LINES = "a list of lines, such as [line]"
"""What is expected where something else was given."""

PAIRS = "a list of pairs, such as [(source, target)], or lines with a tab between the two"
"""The same, where targets are scored behind their sources."""


class Choosing(TypedDict, total=False):
    """How the next token is chosen, by name; see `Choice`."""

    temperature: float
    top_k: int
    top_p: float


def wanted_text(length: int, seed: int, beam: int, stop: str, choice: Choosing) -> Wanted:
    """Return what is wanted.

    Raises:
        ConfigError: values that mean nothing, alone or together.
    """
    for name in choice:
        if name not in Choice._fields:
            raise ConfigError(f"generate: unknown keyword {name!r}. {did_you_mean(name, Choice._fields)}")
    for name, value in choice.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ConfigError(f"{name}: got {value!r}, expected a number.")
    how = Choice(**choice)
    how.check()
    for name, number in (("length", length), ("seed", seed), ("beam", beam)):
        check_whole(name, number)
    if length < 1:
        raise ConfigError(f"length: got {length}, expected 1 or more: with none there is the prompt alone.")
    if beam < 0:
        raise ConfigError(f"beam: got {beam}, expected 0 or more.")
    if seed < 0:
        raise ConfigError(f"seed: got {seed}, expected 0 or more.")
    if not isinstance(stop, str):
        raise ConfigError(f"stop: got {type(stop).__name__}, expected a text.")
    if beam and how != Choice():
        raise ConfigError("beam: searches and draws nothing: temperature, top_k and top_p do not go with it.")
    return Wanted(length, how, seed, beam, stop)


def check_whole(name: str, value: Any) -> None:
    """Refuse what is no whole number.

    Raises:
        ConfigError: so it is.
    """
    if not hasattr(value, "__index__") or isinstance(value, bool):
        raise ConfigError(f"{name}: got {value!r}, expected a whole number.")


def probability(name: str, value: float) -> float:
    """Return a probability that is neither 0 nor 1.

    Raises:
        ConfigError: it is none.
    """
    if not isinstance(value, int | float) or not 0 < value < 1:
        got = f"{value:g}" if isinstance(value, int | float) else repr(value)
        raise ConfigError(f"{name}: got {got}, expected a probability above 0 and below 1.")
    return value


def alternatives(task: Task, k: int | None) -> int | None:
    """Return how many alternatives an answer has: as many as are asked for, or as the task has it.

    Raises:
        ConfigError: it is no number of some, or an answer has none.
    """
    if k is None:
        return task.few
    if not isinstance(k, int) or k < 1:
        raise ConfigError(f"k: got {k}, expected a whole number, at least 1.")
    if k > 1 and task.config.single:
        raise ConfigError(f"k: got {k}, expected none: {task.config.single}. Leave k out.")
    return k


def scored(task: Task, lines: Any) -> list[str]:
    """Return lines to score; of a task that writes to sources, a source and its target may be a tuple.

    Raises:
        ConfigError: it is something else, or a pair where nothing is written to a source.
    """
    if "targets" in task.verbs:
        return [line for line, _ in lines_of("score", lines, True, PAIRS)]
    found = _items("score", lines, LINES)
    pair = next(filter(is_pair, found), None)
    if pair is not None:
        raise ConfigError(
            f"score: got the pair {pair!r}, expected {LINES}: a run of task {task.config.name} writes nothing to a "
            "source. Give each text as one line; a run of task seq2seq scores a target behind its source."
        )
    return texts_of("score", found, LINES)


def prompt_of(prompt: Any) -> str:
    """Return a prompt.

    Raises:
        ConfigError: it is no text.
    """
    if not isinstance(prompt, str):
        raise ConfigError(f"generate: got a prompt of type {type(prompt).__name__}, expected one text.")
    return prompt


def one_text(verb: str, text: Any) -> str:
    """Return a text.

    Raises:
        ConfigError: it is none.
    """
    if not isinstance(text, str):
        raise ConfigError(f"{verb}: got {type(text).__name__}, expected one text.")
    return text


def texts_of(verb: str, texts: Any, expected: str) -> list[str]:
    """Return a list of texts, whatever holds them: a list, an array, a column of a table, a generator.

    Raises:
        ConfigError: it is something else.
    """
    found = _items(verb, texts, expected)
    for text in found:
        if not isinstance(text, str):
            raise ConfigError(f"{verb}: got a list with {type(text).__name__}, expected {expected}.")
    return found


def lines_of(verb: str, texts: Any, two: bool, expected: str) -> list[tuple[str, bool]]:
    """Return texts as lines, and whether their tokens are separated already: a list may stand in place of each.

    Args:
        verb: what is asked, for messages.
        texts: as `texts_of` takes them; a list of words is a text whose tokens are separated.
        two: whether an input is two texts, which a list of them gives then.
        expected: what is, for messages.

    Raises:
        ConfigError: it is something else.
    """
    lines = []
    for item in _items(verb, texts, expected):
        if isinstance(item, str):
            lines.append((item, False))
            continue
        if not hasattr(item, "__iter__"):
            raise ConfigError(f"{verb}: got a list with {type(item).__name__}, expected {expected}.")
        parts = texts_of(verb, item, expected)
        if two and len(parts) != 2:
            raise ConfigError(
                f"{verb}: got {counted(len(parts), 'texts')} in place of a pair, expected two. Give each pair as a "
                "tuple: [(first, second)]."
            )
        whole = two or any(" " in part for part in parts)
        lines.append((("\t" if whole else " ").join(parts), not two))
    return lines


def is_pair(texts: Any) -> bool:
    """Say whether this is one pair, a tuple of its two texts, and not two lines of which each is a pair."""
    two = isinstance(texts, tuple) and len(texts) == 2
    return two and all(isinstance(one, str) and "\t" not in one for one in texts)


def _items(verb: str, texts: Any, expected: str) -> list[Any]:
    if isinstance(texts, str):
        raise ConfigError(f"{verb}: got one string, expected {expected}.")
    if not isinstance(texts, Iterable) or isinstance(texts, Mapping | bytes) or getattr(texts, "ndim", 1) != 1:
        raise ConfigError(f"{verb}: got {type(texts).__name__}, expected {expected}.")
    return list(texts)
