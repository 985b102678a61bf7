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


def pairs(folder):
    """Train a model of pairs with attention for a step."""
    path = folder / "pairs.tsv"
    path.write_text("a dog runs\ta cat sits there\tyes\nthe dog\ta mat\tno\n" * 10)
    settings = {"model.attention": "word_by_word"}
    return elman.train(
        "pair", path, out=folder / "pairs", model="conditional_pair", steps=1, hidden=5, threads=1, settings=settings,
        listener=elman.silent,
    ).path  # fmt: skip


def writer(folder):
    """Train a model that writes for a step."""
    for side, texts in (("x", ["ab", "ba", "aab"]), ("y", ["ba", "ab", "baa"])):
        (folder / f"w.{side}").write_text("".join(f"{text}\n" for text in texts * 10))
    return elman.train(
        "seq2seq", f"{folder}/w.x,{folder}/w.y", out=folder / "writer", steps=1, hidden=5, threads=1,
        level="character", listener=elman.silent,
    ).path  # fmt: skip
