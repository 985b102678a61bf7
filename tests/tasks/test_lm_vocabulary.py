"""A language model that reads with the tokens of another: what makes their probabilities comparable."""

import pytest

import elman
from elman.errors import CheckpointError, ConfigError, DataError
from tests.conftest import sentences

TINY = {"steps": 2, "hidden": 4, "threads": 1, "level": "word"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two texts, and a run on the first."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "one.txt").write_text(sentences(80) + "zoe sees anna .\n" * 20)
    (folder / "other.txt").write_text(sentences(80, 1) + "xenia sees anna .\n" * 20)
    elman.train("lm", str(folder / "one.txt"), out=folder / "one", **TINY)
    return folder


def trained(folder, name, settings=None, **options):
    tokens = {"task.vocabulary": str(folder / "one" / "vocabulary" / "tokens.txt"), **(settings or {})}
    elman.train("lm", str(folder / "other.txt"), out=folder / name, settings=tokens, **{**TINY, **options})
    return elman.load(folder / name)


@pytest.mark.parametrize("model", ["rnn_lm", "ngram"])
@pytest.mark.parametrize("valid", [{}, {"valid": "other.txt"}], ids=["held out", "file"])
def test_both_have_the_same_tokens(folder, model, valid):
    given = {name: str(folder / value) for name, value in valid.items()}
    options = TINY if model == "rnn_lm" else {"level": "word", "steps": None, "hidden": None}
    options = {name: value for name, value in options.items() if value is not None}
    tokens = {"task.vocabulary": str(folder / "one" / "vocabulary" / "tokens.txt")}
    name = f"{model}-{len(valid)}"
    elman.train(
        *("lm", str(folder / "other.txt")), out=folder / name, model=model, settings=tokens, **{**options, **given}
    )
    one, other = elman.load(folder / "one"), elman.load(folder / name)
    assert one.task.fingerprint == other.task.fingerprint
    assert "xenia" not in other.task.tokens.vocabulary
    assert other.evaluate(str(folder / "other.txt")).counts["unknown"] == 20


def test_a_run_that_goes_on_elsewhere_keeps_them(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    tokens = {"task.vocabulary": "one/vocabulary/tokens.txt"}
    elman.train("lm", "other.txt", out="resumed", settings=tokens, **TINY)
    before = elman.load("resumed").task.fingerprint
    monkeypatch.chdir(tmp_path)
    elman.resume(folder / "resumed", steps=4)
    assert elman.load(folder / "resumed").task.fingerprint == before


def test_lines_of_their_own_are_held_out_as_without(folder):
    run = trained(folder, "lines", {"task.lines": True})
    assert run.task.config.by_line


@pytest.mark.parametrize(
    ("level", "message"),
    [
        ("bpe", r"vocabulary: level bpe learns pieces, and how to cut into them: a list of tokens is for words and"),
        ("byte", r"vocabulary: level byte has its bytes: a list of tokens is for words and characters"),
    ],
)
def test_levels_with_tokens_of_their_own_refuse_it(folder, level, message):
    with pytest.raises(ConfigError, match=message):
        trained(folder, "refused", level=level)


def test_a_list_of_another_level_is_refused(folder):
    with pytest.raises(ConfigError, match=r"task\.vocabulary: .* has no token '\\n' for line ends, which texts of lev"):
        trained(folder, "refused", level="character")


def test_a_list_that_is_not_there(folder):
    with pytest.raises(CheckpointError, match=r"nothing\.txt: the vocabulary cannot be read"):
        trained(folder, "refused", {"task.vocabulary": str(folder / "nothing.txt")})


def test_a_text_without_any_of_its_tokens(folder):
    (folder / "digits.txt").write_text("1 2 3\n" * 50)
    tokens = {"task.vocabulary": str(folder / "one" / "vocabulary" / "tokens.txt")}
    with pytest.raises(DataError, match="no word of it is in the vocabulary"):
        elman.train("lm", str(folder / "digits.txt"), out=folder / "refused", settings=tokens, **TINY)
