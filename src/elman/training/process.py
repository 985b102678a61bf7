"""What a training changes of the process that it runs in, and how the process gets it back."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

_CUBLAS = "CUBLAS_WORKSPACE_CONFIG"
_lock = threading.Lock()
_inside = 0
_undo = ExitStack()


@contextmanager
def repeatable(threads: int) -> Iterator[None]:
    """Within it, torch repeats itself: fixed threads, deterministic algorithms. Afterwards all is as it was.

    Several threads may be within at once: what belongs to the process is given back when the last one leaves.

    Args:
        threads: of the calling thread; 0 leaves them as they are.
    """
    before = torch.get_num_threads()
    _enter()
    try:
        if threads:
            torch.set_num_threads(threads)
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)
        _leave()


def _enter() -> None:
    global _inside
    with _lock:
        if not _inside:
            _remember(_undo)
            os.environ.setdefault(_CUBLAS, ":4096:8")
            # `torch.use_deterministic_algorithms` does the same and imports the compiler, a second that nobody needs.
            torch.set_deterministic_debug_mode("error")
            # Nothing here reads memory that it has not written, and writing it all twice costs an eighth of a step.
            torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        _inside += 1


def _leave() -> None:
    global _inside
    with _lock:
        _inside -= 1
        if not _inside:
            _undo.close()


def _remember(undo: ExitStack) -> None:
    """Note what is to be set when all is over."""
    undo.callback(torch.set_deterministic_debug_mode, torch.get_deterministic_debug_mode())
    fills = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    undo.callback(setattr, torch.utils.deterministic, "fill_uninitialized_memory", fills)
    checks = torch.sparse.check_sparse_tensor_invariants
    if checks.is_enabled():  # type: ignore[no-untyped-call]  # an optimizer of sparse rows switches them off
        undo.callback(checks.enable)
    if _CUBLAS not in os.environ:
        undo.callback(os.environ.pop, _CUBLAS, None)
