"""Trees in brackets: `(S (NP (DT the) (NN cat)) ...)` as in a treebank, or `(S (NP XX XX )NP ... )S` on one line."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from elman.errors import DataError

_PIECES = re.compile(r"\(\s*([^\s()]*)|\)([^\s()]*)|([^\s()]+)")
_NOTHING = "-NONE-"
_TOPS = ("", "TOP", "ROOT", "S1")
_PUNCTUATION = (",", ":", "``", "''", ".")
_EQUAL = {"PRT": "ADVP"}
WORD = "XX"
"""What stands for a word in a tree of one line, whatever its part of speech."""


class Leaf(NamedTuple):
    """A word, and its part of speech."""

    tag: str
    word: str


class Bracket(NamedTuple):
    """What a part of a sentence is: its label without functions, its first word and the one behind its last."""

    label: str
    start: int
    end: int


class Tree(NamedTuple):
    """A sentence in brackets.

    Args:
        leaves: its words.
        brackets: its parts, without the top, without what is empty, the outer ones first.
        whole: whether every bracket is closed, and no more.
    """

    leaves: Sequence[Leaf]
    brackets: Sequence[Bracket]
    whole: bool


class _Open(NamedTuple):
    """A bracket that is not closed yet."""

    label: str
    start: int
    place: int


def parsed(text: str) -> Tree:
    """Return the tree of a text, mended where it is broken: what is open is closed at the end.

    A bracket that closes without a label, around one word alone, says the part of speech of that word. Traces (-NONE-)
    and what has no other words are left out; NP-SBJ and NP=2 are NP.

    >>> parsed("(S (NP-SBJ (DT The) (NN cat)) (VP (VBD sat)))").brackets[1]
    Bracket(label='NP', start=0, end=2)
    >>> parsed("(S (NP XX XX )NP (VP XX").brackets[2]
    Bracket(label='VP', start=2, end=3)
    """
    leaves: list[Leaf] = []
    found: list[Bracket | None] = []
    opened: list[_Open] = []
    whole, waiting = True, ""

    def close(named: str) -> None:
        nonlocal waiting
        label, start, place = opened.pop()
        if waiting and not named and place == len(found) - 1:
            found.pop()  # it holds one word and nothing else: a part of speech
            if label != _NOTHING:
                leaves.append(Leaf(label, waiting))
        else:
            if waiting:
                leaves.append(Leaf(waiting, waiting))
            if len(leaves) > start and label not in _TOPS:
                found[place] = Bracket(_plain(label), start, len(leaves))
        waiting = ""

    for opens, closes, word in (match.groups() for match in _PIECES.finditer(text)):
        if waiting and (opens is not None or word is not None):
            leaves.append(Leaf(waiting, waiting))
            waiting = ""
        if opens is not None:
            opened.append(_Open(opens, len(leaves), len(found)))
            found.append(None)
        elif word is not None:
            waiting = word
        elif opened:
            whole = whole and (not closes or closes == opened[-1].label)
            close(closes)
        else:
            whole = False
    whole = whole and not opened and bool(found)
    while opened:
        close("?")
    if waiting:
        leaves.append(Leaf(waiting, waiting))
    return Tree(leaves, [one for one in found if one is not None], whole)


def one_line(tree: Tree) -> str:
    """Return a tree on one line, each word XX, but punctuation its sign: what a network can write.

    >>> one_line(parsed("( (S (NP-SBJ (DT The) (NN cat)) (VP (VBD sat)) (. .)) )"))
    '(S (NP XX XX )NP (VP XX )VP . )S'
    """
    starts: dict[int, list[Bracket]] = {}
    for bracket in tree.brackets:
        starts.setdefault(bracket.start, []).append(bracket)
    said: list[str] = []
    opened: list[Bracket] = []
    for place, leaf in enumerate(tree.leaves):
        for bracket in starts.get(place, ()):
            said.append(f"({bracket.label}")
            opened.append(bracket)
        said.append(leaf.tag if leaf.tag in _PUNCTUATION else WORD)
        while opened and opened[-1].end == place + 1:
            said.append(f"){opened.pop().label}")
    return " ".join(said)


def scored(tree: Tree, punctuation: Sequence[bool]) -> Counter[Bracket]:
    """Return the brackets that count: ADVP and PRT are one, and places are counted without punctuation.

    Args:
        tree: one that was written, or is true.
        punctuation: of each word of the true one. Words that the tree lacks are taken to end its outermost bracket,
            those that it has too many are cut off.

    Source: evalb (Sekine & Collins) with the parameters COLLINS.prm.
    """
    places = [0]
    for sign in punctuation:
        places.append(places[-1] + (not sign))
    found: Counter[Bracket] = Counter()
    last = len(punctuation)
    for number, (label, start, end) in enumerate(tree.brackets):
        end = last if number == 0 and end == len(tree.leaves) else min(end, last)
        first, behind = places[min(start, last)], places[end]
        if behind > first:
            found[Bracket(_EQUAL.get(label, label), first, behind)] += 1
    return found


def punctuation(tree: Tree) -> list[bool]:
    """Return of each word whether it is punctuation."""
    return [leaf.tag in _PUNCTUATION for leaf in tree.leaves]


def trees(lines: Iterator[tuple[int, str]], name: str) -> Iterator[tuple[int, str]]:
    """Yield each tree of a file, which may stand on several lines, and the number of its first.

    Args:
        lines: with their numbers.
        name: of the file, for messages.

    Raises:
        DataError: brackets do not match.
    """
    depth, first, parts = 0, 0, list[str]()
    for number, line in lines:
        for piece in re.findall(r"[()]|[^()]+", line):
            if depth == 0 and piece.strip() and piece != "(":
                raise DataError(f"{name}:{number}: not a tree: got {piece.strip()[:20]!r} before '('. Mend the line.")
            if piece == "(" and depth == 0:
                first, parts = number, []
            depth += (piece == "(") - (piece == ")")
            parts.append(piece)
            if depth == 0 and piece == ")":
                yield first, "".join(parts)
        parts.append(" ")
    if depth:
        raise DataError(
            f"{name}:{first}: not a tree: got {depth} more '(' than ')' at the end of the file, expected as many of "
            "each. Mend the tree that begins there."
        )


def _plain(label: str) -> str:
    """Return a label without functions and numbers."""
    return label[:1] + re.split(r"[-=]", label[1:])[0] if label else label
