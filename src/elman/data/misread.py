"""Bytes that are not in the encoding they are read in: what they look like, and whether they are text at all."""

_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b")) + b"\x7f"
_MANY = 0.05
_BEFORE = 12


def no_text(beginning: bytes) -> str:
    r"""Return what a file begins with that text does not have; empty where it may be text.

    >>> no_text(b"caf\xe9")
    ''
    """
    count = len(beginning) - len(beginning.translate(None, _CONTROL))
    if not count or count < _MANY * len(beginning):
        return ""
    return f"{count:,} of its first {len(beginning):,} bytes are control characters"


def misread(line: bytes, error: UnicodeError, others: bytes = b"") -> str:
    """Return which byte of a line cannot be read, what it looks like, and what to do.

    Args:
        line: its bytes.
        error: that reading it raised.
        others: further bytes of the file that cannot be read.
    """
    if not isinstance(error, UnicodeDecodeError):
        return f"{error}. Set reader.encoding to what the file is in."
    byte = line[error.start]
    likely = _encoding_of(line + others)
    before = line[max(0, error.start - _BEFORE) : error.start].decode("utf-8", "replace").lstrip()
    sign = bytes([byte]).decode(likely, "replace")
    return (
        f"byte {error.start + 1} of the line, 0x{byte:02X} behind {before!r}: {error.reason}; in {likely} it is "
        f"{sign!r}. If the file is in that, give the same command --set reader.encoding={likely}; else convert it: "
        f"iconv -f {likely} -t utf-8"
    )


def high_bytes(line: bytes, encoding: str) -> bytes:
    """Return the bytes of a line that are not ASCII, where it cannot be read in an encoding."""
    try:
        line.decode(encoding)
    except UnicodeError:
        return line.translate(None, bytes(range(0x80)))
    return b""


def _encoding_of(line: bytes) -> str:
    """Return the encoding of Western text that a line may be in: Windows has letters where Latin-1 has none."""
    if any(0x80 <= byte < 0xA0 for byte in line):
        try:
            line.decode("cp1252")
        except UnicodeDecodeError:
            return "latin-1"
        return "cp1252"
    return "latin-1"
