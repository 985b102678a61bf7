"""Tokens and their ids."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Sized
from pathlib import Path
from typing import Any

import numpy as np

from elman.errors import CheckpointError, quoted
from elman.files.documents import read_bytes
from elman.files.durable import write_file
from elman.native import compiled
from elman.native.words import WordCollector, WordTable

UNKNOWN = "<unk>"
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {written[1]: token for token, written in _ESCAPES.items()}


class Vocabulary:
    """An ordered set of tokens; a token's id is its place.

    Args:
        tokens: distinct tokens; if `<unk>` is among them, it takes every token that is not.
        counts: how often each was seen in training, in the same order.
    """

    def __init__(self, tokens: Sequence[str], counts: Sequence[int] | np.ndarray) -> None:
        self.tokens = tuple(tokens)
        self.counts = np.asarray(counts, dtype=np.int64)
        self._ids = _Ids(zip(self.tokens, range(len(self.tokens)), strict=True))
        self.unknown_id = self._ids.get(UNKNOWN)
        self._ids.unknown_id = self.unknown_id
        self._words: WordTable | None = None

    @classmethod
    def by_frequency(cls, counts: Mapping[str, int]) -> "Vocabulary":
        """Return tokens without `<unk>`, the most frequent first, such as labels."""
        order = sorted(counts, key=lambda token: (-counts[token], token))
        return cls(order, [counts[token] for token in order])

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_words": None}  # compiled tables can be neither copied nor pickled

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return dict.__contains__(self._ids, token)

    def encode(self, tokens: Iterable[str]) -> np.ndarray:
        """Return the ids (int64) of tokens; an unseen one gets the id of `<unk>`.

        Raises:
            KeyError: an unseen token, in a vocabulary without `<unk>`.
        """
        # With its length known, the array need not grow as it is filled.
        count = len(tokens) if isinstance(tokens, Sized) else -1
        return np.fromiter(map(self._ids.__getitem__, tokens), dtype=np.int64, count=count)

    def word_table(self, line_end: str) -> WordTable | None:
        """Return what encodes whole texts of words in compiled code, if there is compiled code; it is made once.

        Args:
            line_end: the token of a line break.
        """
        kernels = compiled()
        if kernels is None or self.unknown_id is None:
            return None
        if self._words is None:
            self._words = WordTable(kernels, self.tokens, self.unknown_id, self._ids[line_end])
        return self._words

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens of ids."""
        return [self.tokens[i] for i in ids]

    @property
    def fingerprint(self) -> str:
        """A hash of the tokens in their order; it is stored beside weights, which mean nothing without it."""
        return hashlib.sha256("\x00".join(self.tokens).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def save(self, path: Path) -> None:
        """Write one `token<TAB>count` a line; line breaks, tabs and backslashes are escaped.

        Raises:
            CheckpointError: it cannot be written; the file that was there is untouched.
        """
        tokens: Iterable[str] = self.tokens
        together = "".join(self.tokens)
        if any(sign in together for sign in _ESCAPES):
            tokens = map(_escape, tokens)
        lines = [f"{token}\t{count}\n" for token, count in zip(tokens, self.counts.tolist(), strict=True)]
        write_file(path, "".join(lines).encode("utf-8", "surrogatepass"))

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """Read what `save` wrote.

        Raises:
            CheckpointError: the file is missing or a line is not `token<TAB>count`; the message has the line.
        """
        try:
            text = read_bytes(path).decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError) as error:
            raise CheckpointError(f"{path}: the vocabulary cannot be read: {error}.") from error
        # Two fields a line, taken apart all at once: a vocabulary may have a million lines.
        fields = text.replace("\n", "\t").split("\t")[:-1]
        tokens, counts = fields[::2], fields[1::2]
        if text.count("\n") != len(counts) or len(fields) % 2 or not all(map(_is_count, counts)):
            raise CheckpointError(f"{path}:{_wrong_line(text)}, expected a token, a tab and its count.")
        if "\\" in text:
            tokens = [_unescape(token) if "\\" in token else token for token in tokens]
        if not tokens or len(set(tokens)) != len(tokens):
            raise CheckpointError(f"{path}: the vocabulary is empty or has a token twice. Restore the file.")
        return cls(tokens, np.fromiter(map(int, counts), np.int64, len(counts)))


class VocabularyBuilder:
    """Gives tokens ids as they come, so that one pass over the data is enough.

    Afterwards `finish` orders the vocabulary and says which final id each provisional one became.

    Args:
        inventory: the whole vocabulary where it is known beforehand.
        always: tokens that belong to it even if they never occur.
    """

    def __init__(self, inventory: Sequence[str] | None = None, always: Sequence[str] = ()) -> None:
        self._fixed = inventory is not None
        self._always = len(always)
        first = inventory if inventory is not None else always
        self._ids = _Growing(zip(first, range(len(first)), strict=True))
        self._words: WordCollector | None = None

    def encode_words(self, text: str, line_end: str) -> np.ndarray | None:
        """Return provisional ids (uint32) of the words of a text in compiled code; None where there is none.

        Args:
            text: cut at blanks and tabs.
            line_end: the token of a line break.
        """
        kernels = compiled()
        if kernels is None or self._fixed:
            return None
        if self._words is None:
            self._words = WordCollector(kernels, list(self._ids))
        return self._words.encode(text, line_end)

    def encode(self, tokens: Iterable[str]) -> np.ndarray:
        """Return provisional ids (uint32), with new ones for tokens not met before."""
        return np.fromiter(map(self._ids.__getitem__, tokens), dtype=np.uint32)

    def __len__(self) -> int:
        return len(self._ids) if self._words is None else len(self._words)

    def finish(self, counts: np.ndarray) -> tuple[Vocabulary, np.ndarray]:
        """Return the vocabulary and a table from provisional to final ids.

        Args:
            counts: how often each provisional id occurs in the training data. Tokens that never do (they
                came from held-out text) are left out and become `<unk>`, but for those that always belong to it.

        The most frequent token comes first and ties are broken by the token, after `<unk>`, which has id 0. A fixed
        inventory needs no `<unk>`, and its ties keep their order.
        """
        seen = list(self._ids) if self._words is None else self._words.tokens()
        if self._fixed:
            order = np.argsort(-np.asarray(counts, dtype=np.int64), kind="stable")
            table = np.empty(len(seen), dtype=np.uint32)
            table[order] = np.arange(len(seen), dtype=np.uint32)
            return Vocabulary([seen[i] for i in order], np.asarray(counts)[order]), table
        unknown = seen.index(UNKNOWN) if UNKNOWN in seen else None
        times: list[int] = np.asarray(counts).tolist()
        kept = [i for i in range(len(seen)) if (i < self._always or times[i]) and i != unknown]
        # By the token and then by the count, which keeps ties: twice as fast as comparing pairs of both.
        kept.sort(key=seen.__getitem__)
        kept.sort(key=times.__getitem__, reverse=True)
        table = np.zeros(len(seen), dtype=np.uint32)
        table[kept] = np.arange(1, len(kept) + 1, dtype=np.uint32)
        unknown_count = times[unknown] if unknown is not None else 0
        vocabulary = Vocabulary([UNKNOWN, *(seen[i] for i in kept)], [unknown_count, *(times[i] for i in kept)])
        return vocabulary, table


class _Ids(dict[str, int]):
    """A dictionary in which every unseen token has the id of the unknown one."""

    unknown_id: int | None = None

    def __missing__(self, token: str) -> int:
        if self.unknown_id is None:
            raise KeyError(token)
        return self.unknown_id


class _Growing(dict[str, int]):
    """A dictionary that gives each new token the next id."""

    def __missing__(self, token: str) -> int:
        self[token] = number = len(self)
        return number


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _wrong_line(text: str) -> str:
    """Return number and text of the first line that is not a token, a tab and a count."""
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        token, tab, count = line.rpartition("\t")
        if not tab or "\t" in token or not _is_count(count):
            return f"{number}: got {quoted(line)}"
    return f"{len(lines)}: got {quoted(lines[-1])}"


def _escape(token: str) -> str:
    return "".join(_ESCAPES.get(c, c) for c in token)


def _unescape(written: str) -> str:
    parts = written.split("\\\\")
    plain = (_unescape_simple(part) for part in parts)
    return "\\".join(plain)


def _unescape_simple(written: str) -> str:
    for letter, token in _UNESCAPES.items():
        if letter != "\\":
            written = written.replace("\\" + letter, token)
    return written
