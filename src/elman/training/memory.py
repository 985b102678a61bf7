"""How this process treats memory that it no longer uses."""

import ctypes

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # from malloc.h
_NEVER = 2**31 - 1


def keep_freed_memory() -> None:
    """Make the C library keep freed memory for the next batch, instead of giving it back and asking again.

    Large tensors of a batch are freed and made anew at every step. By default each one comes from the kernel as fresh
    pages, which are zeroed and mapped one by one: a fifth of a training step for a layer of 512 units. It holds for the
    whole process, so programs call it, never the library; without such a switch in the C library nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return
    mallopt(_MMAP_MAX, 0)
    mallopt(_TRIM_THRESHOLD, _NEVER)
