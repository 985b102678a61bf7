"""What machines share: a controller, and how places of a memory are found."""

from elman.machines.base.machine import Machine

__all__ = ["Machine"]
