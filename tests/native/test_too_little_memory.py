"""Where there is too little memory for what threads compute with: an error, not the end of the process."""

import subprocess
import sys

import pytest

from elman.native import compiled

if compiled() is None:
    pytest.skip("there is no compiled code", allow_module_level=True)

LIMITED = """
import resource
import numpy as np
resource.setrlimit(resource.RLIMIT_AS, (1 << 35, 1 << 35))
"""

UTTERANCES = """
from elman.native.ctc import losses
frames, labels = np.full(2, 400_000), np.full(2, 200_000)
losses(np.zeros((800_000, 3), np.float32), frames, np.tile([1, 2], 200_000), labels, 0, True, 2)
"""

WINDOWS = """
from elman.native import compiled
from elman.native.embeddings import WindowReader, WindowTables
tables = np.zeros((1, 1 << 20), np.float32), np.zeros((1, 1 << 20), np.float32)
keep = np.full(1, 2**32 - 1, np.uint32)
given = WindowTables(*tables, keep, 10_000, False, negatives=1, limits=keep, aliases=np.zeros(1, np.uint32))
ids, ends = np.zeros(8, np.uint32), np.array([4, 8])
WindowReader(compiled(), given).read(ids, ends, 1, np.zeros(2, np.uint64), np.zeros(2, np.float32), 2)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does it")
@pytest.mark.parametrize("work", [UTTERANCES, WINDOWS], ids=["utterances", "windows of words"])
def test_an_error_is_raised(work):
    done = subprocess.run([sys.executable, "-c", LIMITED + work], capture_output=True, text=True)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "MemoryError: std::bad_alloc")
