"""Counts of three words in a row, in a file of news."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from elman.errors import DataError

_TOKEN = re.compile(r"\w+|[^\w\s]+")
_DOCUMENT = re.compile(r"<REUTERS(.*?)>(.*?)</REUTERS>", re.DOTALL)
_TEXT = re.compile(r"<(TITLE|BODY)>(.*?)</\1>", re.DOTALL)
_TOPIC = re.compile(r"<TOPICS><D>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


Trigrams = Counter[tuple[str, str, str]]


def trigrams(path: str) -> Trigrams:
    """Return how often each three words stand in a row in news, in lower case, marks as words.

    Args:
        path: of a file or a folder.

    Raises:
        DataError: there is no such file.
    """
    counts: Trigrams = Counter()
    for text in _documents(Path(path)):
        counts.update(in_a_row(text))
    return counts


def in_a_row(text: str) -> Iterator[tuple[str, str, str]]:
    """Return each three words of a text that stand in a row."""
    tokens = _TOKEN.findall(text.lower())
    return zip(tokens, tokens[1:], tokens[2:], strict=False)


def followers(counts: Trigrams, context: str, path: str) -> tuple[int, dict[str, int]]:
    """Return how often two words stand in news, and how often each word follows them.

    Args:
        counts: of the news.
        context: two words with a blank between.
        path: where the news is, for the message.

    Raises:
        DataError: the words are nowhere in it.
    """
    pair = tuple(context.split())
    found = {words[2]: count for words, count in counts.items() if words[:2] == pair}
    if not found:
        raise DataError(f"{path}: {context!r} is nowhere in it. Expected business news, such as Reuters-21578.")
    return sum(found.values()), found


def _documents(path: Path) -> Iterator[str]:
    """Yield the text of each document; of SGML, of those that have a topic and are for training or test."""
    if not path.exists():
        raise DataError(f"{path}: no such file or folder. Leave lab.file out for the counts of the slide.")
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    for file in files:
        text = file.read_bytes().decode("utf-8", "replace")
        if "<REUTERS" not in text:
            yield text
            continue
        for head, body in _DOCUMENT.findall(text):
            wanted = 'TOPICS="YES"' in head and ('"TRAIN"' in head or '"TEST"' in head)
            if wanted and _TOPIC.search(body):
                yield _plain("\n".join(part for _, part in _TEXT.findall(body)))


def _plain(text: str) -> str:
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    return text
