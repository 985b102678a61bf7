"""A token is a piece of a word that training text has often: byte-pair encoding."""

import codecs
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Self

from tokenizers import Regex, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as Encoder

from elman.errors import CheckpointError
from elman.files.documents import read_bytes
from elman.files.durable import write_file
from elman.text.tokenizers.base import Tokenizer

_FILE = "merges.txt"
_HEADER = "#version: 0.2"


def _printable() -> dict[int, str]:
    """Return a printable character for each byte: itself where it is one, else the next free from U+0100 on."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}


_ALPHABET = _printable()
_BYTES = {character: byte for byte, character in _ALPHABET.items()}


@lru_cache(maxsize=1 << 16)
def _bytes_of(piece: str) -> bytes:
    """Return what a piece stands for; decoding asks for the same few thousand again and again."""
    return bytes(_BYTES[character] for character in piece)


class BPETokenizer(Tokenizer):
    """Pairs of pieces that stand together most often become one piece, again and again, starting from bytes.

    A text is first cut into words with the blank before them, numbers, punctuation and line breaks; pieces never reach
    across. Nothing is lost and nothing is unknown: what has no larger piece is spelled in bytes, which are written in
    the printable alphabet of GPT-2, in which a blank is `Ġ` and a line break `Ċ`.

    Source: Sennrich et al. (2016), Neural machine translation of rare words with subword units, arXiv:1508.07909.
    """

    unit = "subword"
    newline = "Ċ"

    def __init__(self) -> None:
        self._merges: list[tuple[str, str]] = []
        self._encoder = self._make()

    def learn(self, texts: Iterable[str], size: int) -> None:
        """Learn which pairs to join until there are `size` pieces, the 256 bytes among them."""
        encoder = self._make()
        alphabet = sorted(_ALPHABET.values())
        trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
        encoder.train_from_iterator(texts, trainer)
        self._merges = [(left, right) for left, right in json.loads(encoder.to_str())["model"]["merges"]]
        self._encoder = self._make()

    def remark(self, size: int) -> str:
        """Say so where a text gave fewer pieces than were asked for."""
        found = len(self.pieces_known)
        if found >= size:
            return ""
        return f"level bpe: got {found:,} pieces, {size:,} asked for: the text has no more pairs that come again"

    @property
    def pieces_known(self) -> Sequence[str]:
        """All pieces: a byte that training text has inside larger pieces only may stand alone elsewhere."""
        return list(self._encoder.get_vocab())

    @property
    def fingerprint(self) -> str:
        """A hash of the merges in their order."""
        return hashlib.sha256("\n".join(map(" ".join, self._merges)).encode()).hexdigest()[:16]

    def split(self, text: str) -> Sequence[str]:
        """Return the pieces, in the alphabet of bytes."""
        whole = text.encode("utf-8", errors="replace").decode()  # half a surrogate pair has no bytes
        tokens: list[str] = self._encoder.encode(whole).tokens
        return tokens

    def pieces(self, tokens: Iterable[str]) -> Iterator[str]:
        """Yield the text of each piece; a character comes with its last byte, what is no UTF-8 becomes U+FFFD."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        for token in tokens:
            yield decoder.decode(_bytes_of(token))
        yield decoder.decode(b"", final=True)

    def shown(self, token: str) -> str:
        """Return the text of one piece; bytes that are no whole character are escaped."""
        try:
            return _bytes_of(token).decode(errors="backslashreplace")
        except KeyError:
            return token

    def save(self, folder: Path) -> None:
        """Write the merges, one `left right` a line, first learned first."""
        lines = [_HEADER, *(" ".join(pair) for pair in self._merges)]
        write_file(folder / _FILE, ("\n".join(lines) + "\n").encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: the file is missing or no file of merges; the message has the line.
        """
        path = folder / _FILE
        try:
            header, *lines = read_bytes(path).decode().removesuffix("\n").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise CheckpointError(f"{path}: the merges cannot be read: {error}.") from error
        if header != _HEADER:
            raise CheckpointError(f"{path}:1: got {header!r}, expected {_HEADER!r}: this is not a file of merges.")
        tokenizer, known = cls(), set(_BYTES)
        for number, line in enumerate(lines, start=2):
            left, _, right = line.partition(" ")
            if left not in known or right not in known:
                raise CheckpointError(f"{path}:{number}: got {line!r}, expected two pieces that are known by then.")
            tokenizer._merges.append((left, right))
            known.add(left + right)
        tokenizer._encoder = tokenizer._make()
        return tokenizer

    def _make(self) -> Encoder:
        alphabet = sorted(_ALPHABET.values())
        pieces = dict.fromkeys([*alphabet, *(left + right for left, right in self._merges)])
        numbers = {piece: number for number, piece in enumerate(pieces)}
        encoder = Encoder(models.BPE(vocab=numbers, merges=self._merges))
        # Line breaks stand apart, so that cutting line by line gives the same as all at once.
        encoder.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex("\n"), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
        return encoder
