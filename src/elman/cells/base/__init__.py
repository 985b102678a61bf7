"""What every recurrence of the package promises, and the two kinds of values that go through it."""

from elman.cells.base.cell import KEEP_ALL, Cell, Drops, KeepingConfig
from elman.cells.base.memory import Memory
from elman.cells.base.state import HiddenState, LSTMState, State
from elman.cells.base.step import Step

__all__ = ["KEEP_ALL", "Cell", "Drops", "HiddenState", "KeepingConfig", "LSTMState", "Memory", "State", "Step"]
