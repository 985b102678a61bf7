"""How well each place of a memory fits a query, one score a file; and how scores become weights."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.layers.attention.base import Score

SCORES: "Registry[Score]" = Registry("elman.layers.attention", "Score", "attention score")
