"""What views of recurrent layers share: who has layers, which are looked at, what is read where nothing is given."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import ClassVar

from elman.data.records import Example
from elman.errors import ConfigError, DataError, did_you_mean
from elman.inference.predictor import Predictor
from elman.inspection.reading import Layer, Reading
from elman.inspection.recording import cells_of
from elman.inspection.subject import Subject
from elman.inspection.subjects import kind_of
from elman.inspection.views.base import NO_OPTIONS, Options, Seen, View
from elman.tasks.base.framing import frames_of

DRAWN = 200
"""Steps of a text that are drawn; numbers of all are among the values."""
SOME = 2
"""Inputs of the run's own data that are looked at where none is given."""


class LayersView(View):
    """A view of what recurrent layers do with an input."""

    takes: ClassVar[Sequence[str]] = ("layer",)

    def __init__(self, model: Predictor, options: Options = NO_OPTIONS) -> None:
        super().__init__(model, options)
        kind = kind_of(model)
        if kind is None:
            raise ConfigError(f"{model.path}: {self.lacks(model)}")
        self.subject: Subject = kind(model)

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing where the model has no recurrent layers that can be looked at."""
        kind = kind_of(model)
        if kind is None:
            return f"{model.model.title} is no network and has no {cls.title.lower()}."
        if not cells_of(model.model) or (cls.reads and not kind.alone):
            return f"{model.model.title} has no recurrent layers that can be looked into, so no {cls.title.lower()}."
        return ""

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield what is seen of each input.

        Raises:
            ElmanError: an input cannot be read, or has no such place, layer or letter; of several its number is said.
        """
        for number, line in enumerate(lines, start=1):
            try:
                seen = [self.seen(example) for example in self.subject.examples(line)]
            except DataError as error:
                if len(lines) == 1:
                    raise
                raise DataError(f"input {number}: {error}") from error
            yield from seen

    def some(self) -> Iterator[Seen]:
        """Yield what is seen of two inputs of the run's own validation data, or of its training data."""
        for example in own_examples(self.model, self.files, SOME):
            yield self.seen(self.subject.answered(example))

    @abstractmethod
    def seen(self, example: Example) -> Seen:
        """Return what is seen of one input."""

    def layers_of(self, reading: Reading) -> list[Layer]:
        """Return the layers that are looked at: all, or the one that was asked for.

        Raises:
            ConfigError: there is no such layer.
        """
        wanted = set(self.wanted([one.name for one in reading.layers]))
        return [one for one in reading.layers if one.name in wanted]

    def wanted(self, names: Iterable[str]) -> list[str]:
        """Return the names of layers that are looked at: all, or those with the number that was asked for.

        Raises:
            ConfigError: there is no such layer.
        """
        numbers = {name: int(name.rpartition("layer ")[2].split()[0]) for name in names}
        if self.options.layer not in (None, *numbers.values()):
            raise ConfigError(f"--layer: got {self.options.layer}, expected 1 to {max(numbers.values())}.")
        return [name for name, number in numbers.items() if self.options.layer in (None, number)]

    def place(self, reading: Reading, answers: bool = False) -> int:
        """Return the place that was asked for, from 0; the last where nobody said.

        Args:
            reading: of one text or several.
            answers: whether it is a place at which something is answered, not of any text.

        Raises:
            ConfigError: the text is shorter.
        """
        texts = [reading.places[self.subject.text]] if answers else reading.places
        places, at = max(map(len, texts)), self.options.at
        if at is None:
            return self.subject.usual(reading, self.options.word) if answers else places - 1
        if not 1 <= at <= places:
            raise ConfigError(f"--at: got {at}, expected 1 to {places}: the input has so many places.")
        return at - 1


class AskedView(LayersView):
    """A view of what one number hangs on that a network says."""

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: layers, or such a number."""
        kind = kind_of(model)
        lack = super().lacks(model)
        if lack or kind is None or kind.asks:
            return lack
        return f"{model.model.title} says nothing of which one number could be asked about: no {cls.title.lower()}."


def end_of(layer: Layer, reading: Reading, place: int, text: int) -> int:
    """Return the last step of a layer that what is answered at a place hangs on, from 0.

    Args:
        layer: what it did.
        reading: with all layers.
        place: of the answers, from 0.
        text: the one of which that is a place; of any other, all steps count.
    """
    last = len(layer.inputs) - 1
    if layer.text == text % len(reading.places):
        return min(place, last)
    return 0 if layer.backwards else last


def has_forget_bias(subject: Subject) -> bool:
    """Say whether there is an option for how much the gates keep at the start."""
    return all(hasattr(cell.config, "forget_bias") for cell in cells_of(subject.network).values())


def drawn(last: int) -> slice:
    """Return the places that are drawn where one is asked about: those that end with it, `DRAWN` at most."""
    return slice(max(0, last + 1 - DRAWN), last + 1)


def own_examples(model: Predictor, files: Sequence[str], count: int) -> Iterator[Example]:
    """Yield inputs of a run's own data, for who gave none.

    Raises:
        ConfigError: its data cannot be read any more.
    """
    try:
        if hasattr(model.task, "tokens"):
            blocks = model.reader.read(model.reader.find(files))
            lines = (line for block in blocks for line in block.fields["text"].splitlines() if line.strip())
            yield from (Example({"text": line}) for line in islice(lines, count))
        else:
            yield from islice(frames_of(model.task, islice(model.read(files[0]), count)), count)
    except (DataError, IndexError) as error:
        raise ConfigError(f"no input, and the run's own data cannot be read: {error}") from error


def letter_of(layer: Layer, letter: str | None, usual: Iterable[str]) -> list[str]:
    """Return the letters that are looked at: the usual ones, or the one that was asked for.

    Raises:
        ConfigError: the cell has no such letter.
    """
    if letter is None:
        return list(usual)
    if letter not in layer.steps:
        kind = type(layer.cell).__name__
        raise ConfigError(f"--letter: got {letter!r}. {did_you_mean(letter, layer.steps)} Those are of {kind}.")
    return [letter]
