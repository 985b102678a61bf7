"""Looking into a model from Python."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

from elman.inference.loading import load
from elman.inference.predictor import Predictor
from elman.inspection.views import VIEWS
from elman.inspection.views.base import Options


def inspect(
    model: Predictor | str | PathLike[str],
    view: str,
    text: str | Sequence[str] | None = None,
    *,
    at: int | None = None,
    word: str | None = None,
    layer: int | None = None,
    letter: str | None = None,
    unit: int | None = None,
) -> Any:
    """Return what a view shows of a model while it reads: `.values` has the numbers, a notebook shows the pictures.

    Args:
        model: of `elman.load`, or a run folder.
        view: such as `gates`; `elman describe views` lists them.
        text: an input, or several, as a list; those of the run's own data if left out, as a list.
        at: the place that is looked at, from 1.
        word: the token, tag or label that is asked about.
        layer: one layer, from 1.
        letter: one quantity of the cell.
        unit: one of its units, from 0.

    Raises:
        ConfigError: the model has no such view, or the input no such place.
        DataError: an input cannot be read.
    """
    loaded = model if isinstance(model, Predictor) else load(model)
    looked = VIEWS.get(view)(loaded, Options(at, word, layer, letter, unit))
    if text is None:
        return list(looked.some())
    found = list(looked.look([text] if isinstance(text, str) else list(text)))
    return found[0] if isinstance(text, str) and len(found) == 1 else found
