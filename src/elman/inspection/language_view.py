"""What views of language models share: which models they are for."""

from typing import ClassVar

from elman.inference.predictor import Predictor
from elman.inspection.views.base import View


class LanguageView(View):
    """A view of what a language model finds likely."""

    verb: ClassVar[str] = "score"

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: a language model."""
        if "targets" in model.task.verbs:
            return f"{model.model.title} writes to sources: `elman score` says what its targets cost."
        return super().lacks(model)
