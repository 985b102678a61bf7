"""Which networks can be looked into, and how."""

from elman.inference.predictor import Predictor
from elman.inspection.measuring import OfPoints, OfSeries
from elman.inspection.subject import OfChoices, OfExamples, OfNetwork, OfTokens, Subject
from elman.inspection.writing import OfBothTexts, OfSources
from elman.models.base import Network
from elman.models.base.drawing import DrawingNetwork
from elman.models.base.headed import Headed
from elman.models.base.next_token import NextToken
from elman.models.base.source_writer import SourceWriter
from elman.models.choice_reader import ChoiceReader
from elman.models.rnn_forecaster import RnnForecaster
from elman.models.rnn_pen import RnnPen
from elman.models.separator_lm import SeparatorLM

SUBJECTS: tuple[tuple[type[Subject], type], ...] = (
    (OfTokens, NextToken),
    (OfSources, SourceWriter),
    (OfBothTexts, SeparatorLM),
    (OfSeries, RnnForecaster),
    (OfPoints, RnnPen),
    (OfNetwork, DrawingNetwork),
    (OfChoices, ChoiceReader),
    (OfExamples, Headed),
    (OfNetwork, Network),
)
"""What looks into which networks, the first that fits."""


def kind_of(model: Predictor) -> type[Subject] | None:
    """Return what looks into the network of a run; None where it is no network."""
    return next((kind for kind, network in SUBJECTS if isinstance(model.model, network)), None)
