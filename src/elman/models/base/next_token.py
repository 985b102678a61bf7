"""What models of the next token share."""

from typing import Any

from elman.heads import HEADS
from elman.heads.base import TokenHead


def predicts_alone(name: str) -> str:
    """Return the name of a head that predicts each token from the hidden state there and nothing else.

    Raises:
        ValueError: it does something else.
    """
    if not _alone(HEADS.get(name)):
        able = ", ".join(one for one in HEADS.names() if _alone(HEADS.get(one)))
        raise ValueError(
            f"got {name!r}, expected one that predicts each token by itself: {able}. A language model is asked for the "
            "next token alone."
        )
    return name


def _alone(kind: type[Any]) -> bool:
    return issubclass(kind, TokenHead) and not kind.reads
