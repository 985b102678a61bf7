"""A run, or a file of vectors, as a file that other programs read: the name of the file says which."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from elman.errors import ConfigError, NotWrittenError
from elman.files.durable import write_files
from elman.inference.arpa import write_arpa
from elman.inference.predictor import Predictor
from elman.models.ngram import Ngram
from elman.runs.folder import RunFolder
from elman.tasks.base.protocols import Embedder
from elman.text.printed import counted
from elman.vectors.formats import Vectors, read_vectors, words_path
from elman.vectors.writing import endings, pieces

_ARPA = (".arpa", ".arpa.gz")


def export(run: Predictor, path: Path, overwrite: bool = False) -> str:
    """Write the n-grams of a run as an ARPA file, or its word vectors in the format of the ending.

    Returns:
        what was written, in words.

    Raises:
        ConfigError: the run has nothing of this kind, the ending is unknown, or there is a file already.
        DataError: words or numbers that the format cannot hold.
    """
    _check_format(run, path)
    if path.name.endswith(_ARPA):
        with _fresh([path], overwrite) as [partial]:
            return counted(write_arpa(run, path, partial), "n-grams")
    model = cast(Embedder, run.model)
    said = _write(Vectors(list(run.offering("vectors").vocabulary.tokens), model.vectors), path, overwrite)
    if getattr(run.model.config, "subwords", ()):
        said += ". The vectors of parts of words stay in the run: other words have none in the file"
    return said


def _check_format(run: Predictor, path: Path) -> None:
    """Refuse a format that a run has not.

    Raises:
        ConfigError: so it is; the message says which it has, or which others have.
    """
    is_arpa, vectors = path.name.endswith(_ARPA), f"{', '.join(endings())}, with or without .gz"
    if isinstance(run.model, Ngram):
        if not is_arpa:
            raise ConfigError(f"{path}: n-grams are written as an ARPA file. Name it NAME.arpa or NAME.arpa.gz.")
    elif "vectors" in run.task.verbs:
        if is_arpa:
            raise ConfigError(f"{path}: {run.path} has word vectors, which end in {vectors}.")
    else:
        kind = f"model {run.model.config.name!r} (task {run.task.config.name!r})"
        raise ConfigError(
            f"{run.path}: a run of {kind} has no format that other programs read: n-grams (model 'ngram') have .arpa, "
            f"word vectors (task 'embed') {', '.join(endings())}. To use it elsewhere, copy the folder: elman predict "
            f"and elman.load read it anywhere, and {RunFolder(run.path).model_path.name} has its weights by name."
        )


def convert(source: Path, path: Path, overwrite: bool = False) -> str:
    """Write a file of word vectors in another format. Returns what was written, in words."""
    return _write(read_vectors(source), path, overwrite)


def _write(vectors: Vectors, path: Path, overwrite: bool) -> str:
    files = pieces(vectors, path)
    with _fresh(list(files), overwrite) as partials:
        for partial, content in zip(partials, files.values(), strict=True):
            with partial.open("wb") as out:
                for piece in content:
                    out.write(piece)
    beside = f", words in {words_path(path).name}" if path.suffix == ".npy" else ""
    return f"{counted(len(vectors.words), 'vectors')} of {counted(vectors.matrix.shape[1], 'numbers')}{beside}"


@contextmanager
def _fresh(paths: Sequence[Path], overwrite: bool) -> Iterator[list[Path]]:
    """Give paths to write to, which become the files when all is written: all of them, or none.

    Raises:
        ConfigError: there is a file already, or one cannot be written.
    """
    for path in paths:
        if path.exists() and not overwrite:
            raise ConfigError(f"{path}: there is a file already. Give another name, or replace it with --overwrite.")
    try:
        with write_files(paths) as partials:
            yield partials
    except NotWrittenError as error:
        raise ConfigError(f"{paths[0]}: cannot be written: {error.reason}.") from error
