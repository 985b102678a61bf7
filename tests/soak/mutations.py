"""Small damage to the content of a file: by bytes, by lines, by fields, by numbers, by the tree of a document."""

import json
import random
from collections.abc import Callable
from typing import Any

NUMBERS = [
    b"0", b"-1", b"1e309", b"-1e309", b"nan", b"inf", b"-inf", b"1e-400", b"2147483648", b"9223372036854775808",
    b"18446744073709551616", b"99999999999999999999999999", b"9" * 400, b"9" * 4301, b"1_000", b"0x10", b"+5", b"1.",
    b".5", b"00", b"-0", b"1e5", "٣".encode(), "１２".encode(), "²".encode(), "½".encode(), b"", b"true", b"1,5",
]  # fmt: skip
WORDS = [
    b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\x85", b"\x1a", b"\x1b[31m", b"\r", b"\r\n",
    b"\n\n",
    "\u2028".encode(), "\u0085".encode(), "\u00a0".encode(), "\u3000".encode(), "\u200b".encode(), "\u202e".encode(),
    "e\u0301\u0301\u0301".encode(), "ﬁ".encode(), "İ".encode(), "ẞ".encode(), "👩‍👩‍👧".encode(), "\U000e0001".encode(),
    b"\x1c", b"\x0b", b"\x0c", b"<s>", b"</s>", b"<unk>", b"<eos>", b"<pad>", b"__label__", b"B-", b"I-", b"-", b"O",
    b"|",
    b"\\n", b"\\", b'"', b"'", b"\"\"\"", b"..", b"../../x", b"/dev/zero", b"/etc/passwd", b"%s%n", b"{0}", b"$(x)",
    b"*", b"?",
    b"[", b"]", b"{", b"}", b"(", b")", b"=", b"#", b":", b";", b",", b"\t", b" ", b"null", b"None", b"@data",
    b"\\end\\",
]  # fmt: skip
TREES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**30), 1e308, float("nan"), float("inf"), 0.5, -0.0, "",
    "x",
    "\0", "\ud800", "é" * 300, "x" * 5000, "5", "nan", [], {}, [[]], {"": 0}, [1, 2, 3], ["x"], [None],
    {"x": {"x": {}}},
    "../../x", "x:y", "os:system", "this", ".", "..x", "\n", [[[[[[[[1]]]]]]]],
]  # fmt: skip
MOST_BYTES = 40_000
Mutation = Callable[[bytes, random.Random], bytes]


def flip(content: bytes, draw: random.Random) -> bytes:
    """Change some bits."""
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 8))):
        if changed:
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def scribble(content: bytes, draw: random.Random) -> bytes:
    """Write some bytes of chance over others."""
    at = draw.randint(0, len(content))
    size = draw.choice((1, 2, 4, 8, 40))
    return content[:at] + draw.randbytes(size) + content[at + size * draw.randint(0, 1) :]


def cut(content: bytes, draw: random.Random) -> bytes:
    """Leave out what stands at an end, or between two places."""
    first, last = sorted((draw.randint(0, len(content)), draw.randint(0, len(content))))
    return draw.choice((content[:first], content[first:], content[:first] + content[last:]))


def repeat(content: bytes, draw: random.Random) -> bytes:
    """Repeat a piece."""
    at = draw.randint(0, len(content))
    piece = content[at : at + draw.choice((1, 2, 8, 60))]
    return content[:at] + piece * draw.choice((2, 3, 50, 500)) + content[at:]


def move(content: bytes, draw: random.Random) -> bytes:
    """Move a piece to another place."""
    first, last = sorted((draw.randint(0, len(content)), draw.randint(0, len(content))))
    rest, at = content[:first] + content[last:], draw.randint(0, len(content))
    return rest[:at] + content[first:last] + rest[at:]


def insert(content: bytes, draw: random.Random) -> bytes:
    """Put an odd word somewhere."""
    at = draw.randint(0, len(content))
    return content[:at] + draw.choice(WORDS) + content[at:]


def nest(content: bytes, draw: random.Random) -> bytes:
    """Open many brackets."""
    at, depth = draw.randint(0, len(content)), draw.choice((3, 30, 1000, 5000))
    opened, closed = draw.choice(((b"[", b"]"), (b"{", b"}"), (b"(", b")"), (b'{"a":', b"}"), (b"(1 ", b")")))
    return content[:at] + opened * depth + closed * (depth * draw.randint(0, 1)) + content[at:]


def lines(content: bytes, draw: random.Random) -> bytes:
    """Swap, double, leave out, join or empty lines."""
    found = content.split(b"\n")
    one, other = draw.randrange(len(found)), draw.randrange(len(found))
    match draw.randrange(5):
        case 0:
            found[one], found[other] = found[other], found[one]
        case 1:
            found[one:one] = [found[other]] * draw.choice((1, 2, 40))
        case 2:
            del found[one]
        case 3:
            found[one : one + 2] = [b" ".join(found[one : one + 2])]
        case _:
            found[one] = draw.choice((b"", b" ", b"\t", b"\r"))
    return b"\n".join(found)


def field(content: bytes, draw: random.Random) -> bytes:
    """Change one field of one line."""
    found = content.split(b"\n")
    number = draw.randrange(len(found))
    separator = draw.choice([s for s in (b"\t", b" ", b",", b":", b"=", b"|") if s in found[number]] or [b" "])
    fields = found[number].split(separator)
    one = draw.randrange(len(fields))
    match draw.randrange(5):
        case 0:
            fields[one] = draw.choice(NUMBERS)
        case 1:
            fields[one] = draw.choice(WORDS)
        case 2:
            del fields[one]
        case 3:
            fields[one:one] = [draw.choice(fields)]
        case _:
            separator = draw.choice((b"\t", b" ", b",", b";", b"  ", "\u00a0".encode(), b"|||"))
    found[number] = separator.join(fields)
    return b"\n".join(found)


def number(content: bytes, draw: random.Random) -> bytes:
    """Put another number in the place of one."""
    places = [at for at, byte in enumerate(content) if 48 <= byte <= 57 and not (at and 48 <= content[at - 1] <= 57)]
    if not places:
        return insert(content, draw)
    at = last = draw.choice(places)
    while last < len(content) and 48 <= content[last] <= 57:
        last += 1
    return content[:at] + draw.choice(NUMBERS) + content[last:]


def encode(content: bytes, draw: random.Random) -> bytes:
    """Write it in another encoding, with other line ends, or with a mark."""
    text = content.decode("utf-8", "replace")
    match draw.randrange(5):
        case 0:
            return text.encode("utf-16")
        case 1:
            return text.encode("latin-1", "replace")
        case 2:
            return content.replace(b"\n", draw.choice((b"\r\n", b"\r", b"\n\r", b"\x0b", "\u2028".encode())))
        case 3:
            return b"\xef\xbb\xbf" + content
        case _:
            return text.swapcase().encode("utf-8", "replace")


BYTES: list[Mutation] = [flip, scribble, cut, repeat, move]
TEXT: list[Mutation] = [*BYTES, insert, nest, lines, lines, field, field, field, number, number, encode]


def mutated(seeds: list[bytes], draw: random.Random, ways: list[Mutation]) -> bytes:
    """Return the content of one of some files, with one to four kinds of damage, or spliced with another."""
    content = draw.choice(seeds)
    if draw.randrange(12) == 0:
        other = draw.choice(seeds)
        content = content[: draw.randint(0, len(content))] + other[draw.randint(0, len(other)) :]
    for _ in range(draw.choice((1, 1, 2, 3, 4))):
        content = draw.choice(ways)(content, draw)[:MOST_BYTES]
    return content


def tree(value: Any, draw: random.Random) -> Any:
    """Return a tree with something else in one place of it."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    copy = json.loads(json.dumps(value))
    if not isinstance(copy, dict | list):
        return draw.choice(TREES)
    walk(copy)
    for _ in range(draw.choice((1, 1, 2))):
        if places:
            _change(*draw.choice(places), places, draw)
    return copy


def _change(node: Any, key: Any, places: list[tuple[Any, Any]], draw: random.Random) -> None:
    """Change one place of a tree, which may be gone by then."""
    try:
        old = node[key]
    except (KeyError, IndexError):
        return
    match draw.randrange(6):
        case 0:
            del node[key]
        case 1 if isinstance(node, dict):
            node[draw.choice(("", "x", f"{key}_", "__class__", "é", str(key).upper()))] = old
        case 2:
            other, place = draw.choice(places)
            node[key] = json.loads(json.dumps(other[place])) if _has(other, place) else None
        case 3 if isinstance(old, int | float):
            node[key] = draw.choice((-old, old + 1, old * 10**9, old / 3, str(old), [old], -1 - old, 2**53, 10**18))
        case _:
            node[key] = draw.choice(TREES)


def _has(node: Any, key: Any) -> bool:
    return key in node if isinstance(node, dict) else key < len(node)
