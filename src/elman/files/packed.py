"""Files that may be compressed, as their ending says."""

import gzip
from pathlib import Path
from typing import BinaryIO, cast


def opened(path: Path) -> BinaryIO:
    """Return a file to read the bytes of, those that were packed where it ends with .gz.

    Raises:
        OSError: it cannot be opened.
    """
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")
