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
from elman.heads.base.linear_tokens import LinearTokenHead, TableHead
from elman.heads.base.real import RealHead
from elman.heads.base.sampled import Drawn, SampledHead

__all__ = [
    "NOTHING",
    "ClassHead",
    "Counted",
    "Drawn",
    "Head",
    "LinearHead",
    "LinearTokenHead",
    "LossSum",
    "RealHead",
    "SampledHead",
    "TableHead",
    "TokenHead",
    "check_numbers",
    "counted",
    "draw_uniform",
    "likeliest",
    "padded_again",
    "time_major",
]
