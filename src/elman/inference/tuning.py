"""A run that is told how much its language model counts."""

from pathlib import Path

from elman.decoding.ctc.tuning import Tuned, tuned
from elman.errors import ConfigError
from elman.inference.predictor import Predictor
from elman.runs.answering import keep
from elman.tasks.base.framing import frames_of


def tune(model: Predictor, files: list[str]) -> Tuned:
    """Find α and β on files that nothing was learned from, and keep them in the folder of the run.

    Whatever is asked of the run from then on is searched for in this way, and says so in its signature.

    Args:
        model: of a run, with the search that is wanted.
        files: names or globs; the validation files.

    Raises:
        ConfigError: a search without a language model or a list of words has nothing to tune.
        DataError: a file cannot be used.
    """
    task = model.offering("transcripts")
    if task.config.lm == "none" and not task.config.lexicon:
        raise ConfigError(
            "task.lm: got none, expected labels or words: α and β say how much it counts. Give --set task.beam=25 "
            "--set task.lm=words."
        )
    examples = frames_of(task, task.examples(model.reader, model.reader.find(files)))
    found = tuned(task.errors(model.model, examples), (task.config.alpha, task.config.beta))
    answering = {**task.config.model_dump(include=set(task.answering)), "alpha": found.alpha, "beta": found.beta}
    for name in ("lm_file", "lexicon"):  # found again from wherever the run is asked
        if Path(answering[name]).is_file():
            answering[name] = str(Path(answering[name]).absolute())
    keep(model.path, answering)
    return found
