"""ARPA files: n-gram models as text, as SRILM, KenLM and speech recognizers exchange them."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np

from elman.errors import DataError, quoted
from elman.ngram.backoff import BackoffModel
from elman.ngram.tree import NgramList, build
from elman.text.blanks import between_blanks

START, END, UNKNOWN = "<s>", "</s>", "<unk>"
_LOG10 = np.log(10.0)
_NEVER = -99.0
"""log10 p of what is never predicted, as every tool writes it."""


class Arpa(NamedTuple):
    """What an ARPA file holds.

    Args:
        tokens: the words, `<unk>` first; the one at `line_end` stands for `<s>` and `</s>`.
        line_end: id of the end of a line.
        model: the probabilities.
    """

    tokens: list[str]
    line_end: int
    model: BackoffModel


def write(model: BackoffModel, tokens: Sequence[str], line_end: int, file: TextIO) -> None:
    """Write a model as an ARPA file.

    Args:
        model: the probabilities; backing off must go to the shorter context.
        tokens: the words by id.
        line_end: id of the end of a line, which is written as `<s>` and `</s>`.
        file: where to.

    Raises:
        DataError: what the format cannot hold.
    """
    if model.uniform:
        raise DataError(
            "an ARPA file cannot hold add-δ: words that never followed do not take from the shorter context."
        )
    for number, token in enumerate(tokens):
        if number == line_end:
            continue
        if token in (START, END):
            raise DataError(f"an ARPA file cannot hold the word {token}: it stands for an end of lines there.")
        if between_blanks(token) != [token]:
            raise DataError(f"an ARPA file cannot hold the token {token!r}: words are cut at blanks and tabs there.")
    sizes = [len(order.log_probs) for order in model.orders]
    file.write("\\data\\\n")
    for k, size in enumerate(sizes, start=1):
        file.write(f"ngram {k}={size + (k == 1)}\n")
    words = np.arange(sizes[0])[:, None]
    for k, order in enumerate(model.orders, start=1):
        if k > 1:
            contexts = model.orders[k - 2].contexts()
            words = np.concatenate([words[contexts], order.words[:, None].astype(np.int64)], axis=1)
        file.write(f"\n\\{k}-grams:\n")
        file.writelines(_lines(model, k, words, tokens, line_end))
    file.write("\n\\end\\\n")


def _lines(model: BackoffModel, k: int, words: np.ndarray, tokens: Sequence[str], line_end: int) -> Iterator[str]:
    """Yield the lines of one order."""
    order, highest = model.orders[k - 1], k == len(model.orders)
    log_probs = np.maximum(order.log_probs.astype(np.float64) / _LOG10, _NEVER)
    backoffs = np.zeros(len(log_probs)) if highest else np.maximum(order.backoffs.astype(np.float64) / _LOG10, _NEVER)
    first, last = list(tokens), list(tokens)
    first[line_end], last[line_end] = START, END
    for ids, p, b in zip(words.tolist(), log_probs.tolist(), backoffs.tolist(), strict=True):
        if k == 1 and ids[0] == line_end:
            yield f"{_NEVER:g}\t{START}" + ("" if highest else f"\t{b:.7g}") + "\n"
            yield f"{p:.7g}\t{END}" + ("" if highest else "\t0") + "\n"
            continue
        text = " ".join([*(first[i] for i in ids[:-1]), last[ids[-1]]])
        yield f"{p:.7g}\t{text}\n" if highest else f"{p:.7g}\t{text}\t{b:.7g}\n"


class _Lines:
    """The lines of a file, with their numbers for messages."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.number = 0
        try:
            data = path.read_bytes()
            if data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
            self._lines = data.decode("utf-8-sig").split("\n")
        except UnicodeDecodeError as error:
            number = data[: error.start].count(b"\n") + 1
            raise DataError(f"{path}:{number}: not UTF-8. Convert the file.") from error
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}.") from error

    def next(self) -> str:
        """Return the next line that has something on it."""
        while self.number < len(self._lines):
            line = self._lines[self.number].rstrip("\r")
            self.number += 1
            if between_blanks(line):
                return line
        raise DataError(f"{self._path}:{len(self._lines)}: the file ends before \\end\\. Is it all there?")

    @property
    def left(self) -> int:
        """How many lines are left."""
        return len(self._lines) - self.number

    def wrong(self, what: str) -> DataError:
        """Return the error for the line that was read last."""
        return DataError(f"{self._path}:{self.number}: {what}")


def read(path: Path) -> Arpa:
    """Read an ARPA file, compressed or not.

    n-grams whose context or whose end is missing get one, with the probability that backing off gives it.

    Raises:
        DataError: a line is not what it should be; the message has its number.
    """
    lines = _Lines(path)
    sizes = _header(lines)
    ids: dict[str, int] = {UNKNOWN: 0}
    orders: list[NgramList] = []
    for k, size in enumerate(sizes, start=1):
        words, log_probs, backoffs = _order(lines, k, len(sizes), size, ids)
        orders.append((words, log_probs * _LOG10, backoffs * _LOG10))
    if (line := lines.next()).strip() != "\\end\\":
        raise lines.wrong(f"got '{line}', expected \\end\\.")
    tokens = list(ids)
    if END not in ids:
        raise DataError(f"{path}: has no {END}: a text could not end.")
    words, log_probs, backoffs = orders[0]
    every, weights = np.full(len(tokens), -np.inf), np.zeros(len(tokens))
    every[words[:, 0]], weights[words[:, 0]] = log_probs, backoffs
    if START in ids:
        # One id ends a line and starts the next: it has the probability of the one and the backoff of the other.
        weights[ids[END]] = weights[ids[START]]
    orders[0] = (np.arange(len(tokens))[:, None], every, weights)
    return _joined(tokens, ids, orders)


def _joined(tokens: list[str], ids: dict[str, int], orders: list[NgramList]) -> Arpa:
    """Return the model with one id for the start and the end of a line."""
    end, start = ids[END], ids.get(START)
    if start is not None:
        table = np.arange(len(tokens))
        table[start] = end
        table[table > start] -= 1
        orders = [(table[words], log_probs, backoffs) for words, log_probs, backoffs in orders]
        words, log_probs, backoffs = (np.delete(values, start, axis=0) for values in orders[0])
        orders[0] = (words, log_probs, backoffs)
        tokens = [token for token in tokens if token != START]
        end = int(table[ids[END]])
    return Arpa(tokens, end, build(orders))


def _header(lines: _Lines) -> list[int]:
    """Return how many n-grams of each order the file claims to have."""
    line = lines.next()
    while line.strip() != "\\data\\":  # SRILM and others write remarks before it
        if line.startswith("\\"):
            raise lines.wrong(f"got '{line}', expected \\data\\ first.")
        line = lines.next()
    sizes: list[int] = []
    while (line := lines.next()).startswith("ngram"):
        order, _, size = (part.strip() for part in line[len("ngram") :].partition("="))
        if not size.isdecimal() or len(size) > 18 or order != str(len(sizes) + 1):
            raise lines.wrong(f"got {quoted(line)}, expected ngram {len(sizes) + 1}=COUNT.")
        sizes.append(int(size))
    if not sizes:
        raise lines.wrong(f"got '{line}', expected ngram 1=COUNT.")
    lines.number -= 1
    return sizes


def _order(
    lines: _Lines, k: int, highest: int, size: int, ids: dict[str, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ids, log10 p and log10 backoff of the n-grams of one order."""
    if (line := lines.next()).strip() != f"\\{k}-grams:":
        raise lines.wrong(f"got '{line}', expected \\{k}-grams:")
    room = min(size, lines.left)  # a head may claim anything
    words, numbers = np.empty((room, k), np.int64), np.zeros((room, 2))
    seen = set()
    for row in range(size):
        line = lines.next()
        if line.startswith("\\"):
            raise lines.wrong(f"got '{line}' after {row:,} {k}-grams, expected {size:,} of them as the head says.")
        fields = between_blanks(line)
        if not k + 1 <= len(fields) <= k + 1 + (k < highest):
            raise lines.wrong(
                f"got {len(fields)} fields, expected log p, {k} words"
                + (" and perhaps a backoff." if k < highest else ".")
            )
        ngram = tuple(UNKNOWN if word == "<UNK>" else word for word in fields[1 : k + 1])
        if ngram in seen:
            raise lines.wrong(f"{' '.join(ngram)!r} is there twice.")
        seen.add(ngram)
        if END in ngram[:-1] or START in ngram[1:]:
            raise lines.wrong(f"{' '.join(ngram)!r}: {START} only starts and {END} only ends an n-gram.")
        if k == 1:
            words[row] = ids.setdefault(ngram[0], len(ids))
        else:
            for place, word in enumerate(ngram):
                number = ids.get(word)
                if number is None:
                    raise lines.wrong(f"{word!r} is not among the 1-grams.")
                words[row, place] = number
        numbers[row] = _numbers(lines, fields[0], fields[k + 1] if len(fields) > k + 1 else "0")
    return words, numbers[:, 0], numbers[:, 1]


def _numbers(lines: _Lines, log_prob: str, backoff: str) -> tuple[float, float]:
    try:
        found = float(log_prob), float(backoff)
    except ValueError:
        raise lines.wrong(f"got {log_prob!r} and {backoff!r}, expected log10 numbers.") from None
    if not found[0] <= 0:
        raise lines.wrong(f"log10 p: got {log_prob}, expected 0 or less.")
    if not found[1] < np.inf:
        raise lines.wrong(f"log10 backoff: got {backoff}, expected a number.")
    # What is never predicted has -99 in these files, whose numbers are not infinite.
    return tuple(-np.inf if number <= _NEVER else number for number in found)  # type: ignore[return-value]
