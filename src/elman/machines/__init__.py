"""Recurrences with a memory beside the controller, in their state: one machine a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.machines.base import Machine

MACHINES: "Registry[Machine]" = Registry("elman.machines", "Machine", "machine")
