"""Heads: from hidden states to losses and predictions, one a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.heads.base import Head

HEADS: "Registry[Head]" = Registry("elman.heads", "Head", "head")
