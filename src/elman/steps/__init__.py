"""Recurrences made of layers, one a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.steps.base import Decoder

STEPS: "Registry[Decoder]" = Registry("elman.steps", "Decoder", "decoder")
