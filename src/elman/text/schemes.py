"""Tag schemes: named entities and other spans, written as one tag a token."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from elman.errors import ConfigError, did_you_mean

OUTSIDE = "O"
_LETTERS = {"L": "E", "U": "S", "M": "I"}
"""The letters of BILOU and BMES that BIOES has others for."""
_SPAN_PREFIXES = frozenset("BIES") | _LETTERS.keys()


class Span(NamedTuple):
    """A stretch of tokens of one kind, `start` to before `stop`."""

    kind: str
    start: int
    stop: int


class Scheme(NamedTuple):
    """Which prefix may stand where, and how a span is written.

    Args:
        first: the prefixes that may follow O or begin a sentence.
        same: for each prefix, those that may follow it with the same kind.
        other: for each prefix, those that may follow it with another kind.
        last: the prefixes that O or the end of the sentence may follow.
        alone: a span's first prefix, its last, and its only one, as they are written.
        touching: the same for a span that follows another of its kind at once.
        inside: the prefix between the first and the last.
    """

    first: str
    same: Mapping[str, str]
    other: Mapping[str, str]
    last: str
    alone: tuple[str, str, str]
    touching: tuple[str, str, str]
    inside: str = "I"


class Constraints(NamedTuple):
    """What may stand where among K tags; True is allowed.

    Args:
        starts: (K,), at the beginning of a sentence.
        pairs: (K, K), [from, to].
        ends: (K,), at the end of a sentence.
    """

    starts: np.ndarray
    pairs: np.ndarray
    ends: np.ndarray


_BIOES = Scheme(
    first="BS",
    same={"B": "IE", "I": "IE", "E": "BS", "S": "BS"},
    other={"B": "", "I": "", "E": "BS", "S": "BS"},
    last="ES",
    alone=("B", "E", "S"),
    touching=("B", "E", "S"),
)

SCHEMES: dict[str, Scheme] = {
    "iob1": Scheme(
        first="I",
        same={"B": "BI", "I": "BI"},
        other={"B": "I", "I": "I"},
        last="BI",
        alone=("I", "I", "I"),
        touching=("B", "I", "B"),
    ),
    "bio": Scheme(
        first="B",
        same={"B": "BI", "I": "BI"},
        other={"B": "B", "I": "B"},
        last="BI",
        alone=("B", "I", "B"),
        touching=("B", "I", "B"),
    ),
    "bioes": _BIOES,
    "bmes": _BIOES._replace(inside="M"),
    "bilou": _BIOES._replace(alone=("B", "L", "U"), touching=("B", "L", "U")),
}

_BRACKETS = frozenset("[]")
_NO_SPAN = frozenset("O.")
_ENDED_BY = {"B": frozenset("BSO"), "I": frozenset("BSO"), "E": frozenset("BIESO"), "S": frozenset("BIESO")}
_BEGUN_BY = {
    "O": frozenset("BIES"),
    "B": frozenset("BS"),
    "I": frozenset("BS"),
    "E": frozenset("BIES"),
    "S": frozenset("BIES"),
}
_NOTHING: frozenset[str] = frozenset()


def spans(tags: Sequence[str]) -> list[Span]:
    """Return the spans of a sentence, read as conlleval reads them, whatever the scheme and however broken.

    A span begins at B, at S, at a change of kind, and at I or E after O, E or S; `[` and `]` are spans of one token.
    A tag is split at its first hyphen; one without a hyphen is a prefix whose kind is empty. L, U and M are read as E,
    S and I.

    Source: conlleval by Erik Tjong Kim Sang (version of 2004-01-26), startOfChunk and endOfChunk. Two things differ.
    The script knows no S and joins B to an E before it; here S is a span of one token and B always begins one after
    E, as in its BIOES versions. And a span that the script leaves open, which it then never counts as correct (a word
    such as NN among span tags), ends where the next one begins.
    """
    found = []
    previous, kind, start = OUTSIDE, "", -1
    for place, tag in enumerate(tags):
        if tag != OUTSIDE or previous != OUTSIDE:
            ended, begun, new = _boundary(previous, tag)
            if start >= 0 and (ended or begun):
                found.append(Span(kind, start, place))
                start = -1
            if begun:
                kind, start = new, place
        previous = tag
    if start >= 0:
        found.append(Span(kind, start, len(tags)))
    return found


@lru_cache(maxsize=1 << 16)
def _boundary(previous: str, tag: str) -> tuple[bool, bool, str]:
    """Return whether a span ends between two tags, whether one begins, and of which kind it is."""
    before, old = _parts(previous)
    prefix, kind = _parts(tag)
    ended = prefix in _ENDED_BY.get(before, _NOTHING) or before in _BRACKETS
    begun = prefix in _BEGUN_BY.get(before, _NOTHING) or prefix in _BRACKETS
    if kind != old:
        ended = ended or before not in _NO_SPAN
        begun = begun or prefix not in _NO_SPAN
    return ended, begun, kind


@lru_cache(maxsize=1 << 16)
def _parts(tag: str) -> tuple[str, str]:
    prefix, _, kind = tag.partition("-")
    return _LETTERS.get(prefix, prefix), kind


def guess(sentences: Iterable[Sequence[str]]) -> str | None:
    """Return the name of the scheme that tags are written in, or None where they are no span tags.

    Span tags are O and B, I, E or S, alone or with a kind, or the letters of BILOU and BMES. L or U is bilou, M is
    bmes, S, or E beside B, is bioes. Where most spans after O or at the beginning of a sentence begin with I it is
    iob1 (CoNLL-2003), else bio.
    """
    known: set[str] = set()
    begun = {"B": 0, "I": 0}
    for tags in sentences:
        known.update(tags)
        previous = OUTSIDE
        for tag in tags:
            if previous == OUTSIDE and tag[:1] in begun:
                begun[tag[0]] += 1
            previous = tag
    prefixes = {tag.partition("-")[0] for tag in known} - {OUTSIDE}
    if not prefixes or not prefixes <= _SPAN_PREFIXES:
        return None
    if prefixes & {"L", "U"}:
        return "bilou"
    if "M" in prefixes:
        return "bmes"
    if "S" in prefixes or {"B", "E"} <= prefixes:
        return "bioes"
    return "iob1" if begun["I"] > begun["B"] else "bio"


def convert(tags: Sequence[str], scheme: str) -> list[str]:
    """Return tags written again in a scheme: their spans, and O everywhere else.

    Raises:
        ConfigError: there is no such scheme.
    """
    rules = _scheme(scheme)
    written = [OUTSIDE] * len(tags)
    before = Span("", -1, -1)
    for span in spans(tags):
        touching = span.start == before.stop and span.kind == before.kind
        prefixes = _prefixes(rules.touching if touching else rules.alone, rules.inside, span.stop - span.start)
        suffix = f"-{span.kind}" if span.kind else ""
        written[span.start : span.stop] = [prefix + suffix for prefix in prefixes]
        before = span
    return written


def _prefixes(letters: tuple[str, str, str], inside: str, length: int) -> str:
    """Return the prefixes of one span out of its first, last and only one."""
    first, last, only = letters
    return only if length == 1 else first + inside * (length - 2) + last


def illegal(tags: Sequence[str], scheme: str) -> int:
    """Return how many tags cannot stand where they stand, and one more if the sentence cannot end where it ends.

    A tag that the scheme does not have counts once, and the tag after it is judged as after O.

    Raises:
        ConfigError: there is no such scheme.
    """
    rules = _scheme(scheme)
    count, previous = 0, OUTSIDE
    for tag in tags:
        if tag != OUTSIDE or previous != OUTSIDE:
            count += not _allowed(rules, previous, tag)
        previous = tag
    return count + (not _may_end(rules, previous))


def constraints(tags: Sequence[str], scheme: str) -> Constraints:
    """Return which of K tags may begin a sentence, follow each other and end a sentence.

    Exactly those sequences are allowed that `illegal` finds nothing in.

    Raises:
        ConfigError: there is no such scheme.
    """
    rules = _scheme(scheme)
    pairs = [[_allowed(rules, before, tag) for tag in tags] for before in tags]
    return Constraints(
        np.array([_allowed(rules, OUTSIDE, tag) for tag in tags], dtype=bool),
        np.array(pairs, dtype=bool).reshape(len(tags), len(tags)),
        np.array([_may_end(rules, tag) for tag in tags], dtype=bool),
    )


def _scheme(name: str) -> Scheme:
    if name not in SCHEMES:
        raise ConfigError(f"unknown tag scheme {name!r}. {did_you_mean(name, SCHEMES)}")
    return SCHEMES[name]


def _allowed(rules: Scheme, previous: str, tag: str) -> bool:
    """Say whether a tag may follow another; O stands for the beginning of the sentence, too."""
    before, old = _parts(previous)
    prefix, kind = _parts(tag)
    if prefix == OUTSIDE:
        return _may_end(rules, previous)
    if prefix not in rules.same:
        return False
    if before not in rules.same:
        return prefix in rules.first
    return prefix in (rules.same if kind == old else rules.other)[before]


def _may_end(rules: Scheme, tag: str) -> bool:
    prefix, _ = _parts(tag)
    return prefix not in rules.same or prefix in rules.last
