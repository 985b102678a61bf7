"""What a head promises: over classes, over tokens, over numbers."""

from elman.heads.base.head import (
    NOTHING,
    ClassHead,
    Counted,
    Head,
    LinearHead,
    LossSum,
    TokenHead,
    check_numbers,
    counted,
    draw_uniform,
    likeliest,
    padded_again,
    time_major,
)
from elman.heads.base.real import RealHead

__all__ = [
    "NOTHING",
    "ClassHead",
    "Counted",
    "Head",
    "LinearHead",
    "LossSum",
    "RealHead",
    "TokenHead",
    "check_numbers",
    "counted",
    "draw_uniform",
    "likeliest",
    "padded_again",
    "time_major",
]
