"""Small runs of several kinds, whose weights are drawn and not learned: what is seen of them is arithmetic."""

import elman

TEXT = "the cat sat on the mat .\na dog saw the cat .\nthe dog sat on a mat .\n"


def language_model(folder, name="run", **options):
    """Train a language model for a step."""
    path = folder / f"{name}.txt"
    path.write_text(TEXT * 20)
    settings = options.pop("settings", {})
    learned = {} if "model" in options else {"hidden": 6, "steps": 1, "threads": 1}
    given = {"level": "word", "settings": settings, **learned, **options}
    return elman.train("lm", path, valid=path, out=folder / name, listener=elman.silent, **given).path


def tagger(folder, **options):
    """Train a tagger for a step."""
    path = folder / "tags.txt"
    path.write_text("the\tD\ncat\tN\nsat\tV\n\na\tD\ndog\tN\n\n" * 10)
    return elman.train(
        "tag", path, out=folder / "tagger", steps=1, hidden=5, threads=1, listener=elman.silent, **options
    ).path


def classifier(folder, **options):
    """Train a classifier for a step."""
    path = folder / "labels.tsv"
    path.write_text("good fine cat\tyes\nbad sad dog\tno\n" * 10)
    return elman.train(
        "classify", path, out=folder / "classifier", steps=1, hidden=5, threads=1, listener=elman.silent, **options
    ).path
