"""Keyboards of trained runs, and the lines of files that are typed on them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from elman.errors import ConfigError
from elman.inference.language import language
from elman.inference.predictor import Predictor
from elman.keyboard.base import Keyboard
from elman.keyboard.evaluation import Measured, evaluate
from elman.keyboard.of_characters import SpellingKeyboard
from elman.keyboard.of_words import WordKeyboard
from elman.text.blanks import between_blanks

_KINDS: dict[str, type[WordKeyboard | SpellingKeyboard]] = {"word": WordKeyboard, "character": SpellingKeyboard}


def keyboard(*runs: Predictor) -> Keyboard:
    """Return a keyboard that suggests by a language model of words or characters, or by the mean of several.

    Args:
        *runs: of task lm, over one vocabulary.

    Raises:
        ConfigError: a run of another task, of parts of words or bytes, or runs that are not alike.
    """
    for run in runs:
        if "session" not in run.task.verbs:
            raise ConfigError(
                f"{run.path}: got a run of task {run.task.config.name!r}, expected a language model of words or "
                "characters, to suggest words. Train one: elman train lm --level word."
            )
    spoken = language(runs, "session", "suggest")
    if spoken.level not in _KINDS:
        raise ConfigError(
            f"{spoken.name}: got a model of {spoken.tokens.tokenizer.unit}s, expected one of words or characters, to "
            "suggest words. Train it with --level word."
        )
    return _KINDS[spoken.level](spoken.stepper, spoken.tokens)


def evaluate_files(
    runs: Predictor | Sequence[Predictor], files: str | Path | Sequence[str | Path], k: int = 3, rule: str = "A"
) -> Measured:
    """Return what the suggestions of runs save where files are typed, each line by itself.

    Args:
        runs: one language model of words or characters, or several that suggest together.
        files: names or globs.
        k: how many suggestions are shown.
        rule: how keys are counted, a letter of `RULES`.

    Raises:
        ConfigError: runs that cannot suggest, no such rule, or a number that cannot be shown.
        DataError: a file is missing, has no words, or none that the model knows.
    """
    models = [runs] if isinstance(runs, Predictor) else list(runs)
    names = [files] if isinstance(files, str | Path) else list(files)
    found = evaluate(keyboard(*models), _lines(models[0], [str(name) for name in names]), k, rule)
    if len(models) == 1:
        return found
    many = [replace(one, signature=f"models:{len(models)}|{one.signature}") for one in found.evaluation.scores]
    return found._replace(evaluation=replace(found.evaluation, scores=many))


def _lines(model: Predictor, names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the words of each line of files, read as the training text was."""
    for example in model.reader.read(model.reader.find(names)):
        yield from map(between_blanks, example.fields["text"].split("\n"))
