"""Models: which layers, in which order, one a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.models.base import Model

MODELS: "Registry[Model]" = Registry("elman.models", "Model", "model")
