"""What a decoder reads in training instead of what it wrote itself, one way a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.teachers.base import Teacher

TEACHERS: "Registry[Teacher]" = Registry("elman.teachers", "Teacher", "teacher")
