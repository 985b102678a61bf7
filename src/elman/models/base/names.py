"""Names of weights, which go with exactly one model."""

from collections.abc import Collection, Mapping

import numpy as np

from elman.errors import CheckpointError, quoted


def check_names(weights: Mapping[str, np.ndarray], own: Collection[str]) -> None:
    """Refuse weights of other names than a model has.

    Raises:
        CheckpointError: there are some; the message has the first.
    """
    for name in sorted(set(own) ^ weights.keys()):
        where = "has no" if name in own else "has an unknown"
        raise CheckpointError(f"the file {where} weight {quoted(name)}: it was made for another model.")
