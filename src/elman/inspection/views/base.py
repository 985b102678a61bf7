"""What a view of a model promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, ClassVar, NamedTuple

from elman.errors import ConfigError
from elman.evaluation.details import Detail
from elman.inference.abilities import lacking
from elman.inference.predictor import Predictor


class Panel(NamedTuple):
    """A picture of a view, drawn when somebody wants to see it.

    Args:
        title: what it shows.
        draw: makes an `<svg>` element.
    """

    title: str
    draw: Callable[[], str]


@dataclass(frozen=True, repr=False)
class Seen:
    """What a view shows of one input.

    Args:
        text: for a terminal, several lines.
        facts: for JSON, the input included.
        details: for a page.
        others: in further formats, by their names.
        verdict: what it means for this run, and what to try.
        panels: pictures.
    """

    text: str
    facts: Mapping[str, Any]
    details: Sequence[Detail] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    verdict: str = ""
    panels: Sequence[Panel] = ()

    @property
    def values(self) -> Mapping[str, Any]:
        """The numbers."""
        return self.facts

    @property
    def told(self) -> str:
        """The verdict and the text."""
        return "\n".join(filter(None, (self.verdict, self.text)))

    def __repr__(self) -> str:
        """Say what it means, in one line."""
        said = (self.verdict or self.text).partition("\n")[0]
        return f"<seen: {said if len(said) < 100 else f'{said[:97]}...'}>"

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from elman.inspection.pictures import shown  # it draws

        return shown(self) or f"<pre>{escape(self.told)}</pre>"


class Options(NamedTuple):
    """What of an input is looked at; None where nobody said.

    Args:
        at: a place, from 1.
        word: a token, tag or label.
        layer: a layer, from 1.
        letter: a quantity of the cell.
        unit: one of its units, from 0.
    """

    at: int | None = None
    word: str | None = None
    layer: int | None = None
    letter: str | None = None
    unit: int | None = None

    @property
    def given(self) -> dict[str, str]:
        """The options that were given, by their names on the command line."""
        flags = {"at": "--at", "word": "--for", "layer": "--layer", "letter": "--letter", "unit": "--unit"}
        return {name: flags[name] for name, value in self._asdict().items() if value is not None}


NO_OPTIONS = Options()


class View(ABC):
    """Looks into a model that reads inputs.

    Args:
        model: of a run.
        options: what is looked at.

    Raises:
        ConfigError: the model has nothing of this kind, or the view has no such option.
    """

    verb: ClassVar[str] = ""
    """What the task of a run has to offer for this view; of other views, `lacks` says it."""

    formats: ClassVar[Sequence[str]] = ()
    """Names of further formats."""

    takes: ClassVar[Sequence[str]] = ()
    """Names of the options that it has."""

    reads: ClassVar[bool] = True
    """Whether it reads an input: weights are looked at without one."""

    title: ClassVar[str]

    def __init__(self, model: Predictor, options: Options = NO_OPTIONS) -> None:
        lack = self.lacks(model)
        if lack:
            raise ConfigError(f"{model.path}: {lack}{_others(model)}")
        name = type(self).__module__.rpartition(".")[2]
        for option, flag in options.given.items():
            if option not in self.takes:
                raise ConfigError(f"{flag}: means nothing to the view {name}. Leave it out.")
        self.model = model
        self.options = options

    @property
    def files(self) -> Sequence[str]:
        """The run's own files: of validation, or of training where some of that was held out."""
        return [name for name in self.model.validation if not name.endswith("%")] or self.model.training

    @property
    def whose(self) -> str:
        """What these files were for."""
        return "training" if self.files is self.model.training else "validation"

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return in a sentence what the model lacks for this view; empty where it lacks nothing."""
        return "" if cls.verb in model.task.verbs else lacking(model.task, cls.verb)

    @abstractmethod
    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield what is seen of each input, in their order.

        Args:
            lines: inputs, as they are typed.

        Raises:
            ElmanError: one cannot be shown; the message has it.
        """

    def some(self) -> Iterator[Seen]:
        """Yield what is seen where no input is given.

        Raises:
            ConfigError: the view needs one.
        """
        raise ConfigError("elman inspect: no input. Give one behind the view, in quotes, or --file FILE.")


def able(model: Predictor) -> list[str]:
    """Return the names of the views that a model has."""
    from elman.inspection.views import VIEWS

    return [name for name in VIEWS.names() if not VIEWS.get(name).lacks(model)]


def _others(model: Predictor) -> str:
    """Return in a sentence which views a model has."""
    names = able(model)
    return f" This run has: {', '.join(names)}." if names else " This run has no view."
