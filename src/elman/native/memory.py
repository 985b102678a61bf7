"""How the C library treats memory that this process no longer uses."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # from malloc.h
_USUAL_TRIM_THRESHOLD, _USUAL_MMAP_MAX = 128 * 1024, 65536
_NEVER = 2**31 - 1


def give_back() -> None:
    """Return freed memory to the system, where the C library keeps some and can."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Within it, the C library keeps freed memory for the next batch, instead of giving it back and asking again.

    Large tensors of a batch are freed and made anew at every step. By default each one comes from the kernel as fresh
    pages, which are zeroed and mapped one by one: a fifth of a training step for a layer of 512 units. It holds for the
    whole process and cannot be read back: afterwards it is what it is by default. So programs enter it, never the
    library; without such a switch in the C library nothing happens.
    """
    try:
        library = ctypes.CDLL(None)
        mallopt, trim = library.mallopt, library.malloc_trim
    except (OSError, AttributeError, TypeError):
        yield
        return
    mallopt(_MMAP_MAX, 0)
    mallopt(_TRIM_THRESHOLD, _NEVER)
    try:
        yield
    finally:
        mallopt(_MMAP_MAX, _USUAL_MMAP_MAX)
        mallopt(_TRIM_THRESHOLD, _USUAL_TRIM_THRESHOLD)
        trim(0)
