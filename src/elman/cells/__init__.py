"""Recurrent cells, one recurrence a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.cells.base import Cell

CELLS: "Registry[Cell]" = Registry("elman.cells", "Cell", "cell")
