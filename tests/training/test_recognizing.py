"""What training files say about task and format."""

import pytest

from elman.config import Settings
from elman.training.recognizing import recognized

DICTIONARY = "LEAD  L EH1 D\nCAT  K AE1 T\nDOG  D AO1 G\n"


def settled(path, text, **given):
    path.write_text(text)
    settings = Settings({"task": {"name": "seq2seq"}, "data": {"train": [str(path)]}})
    for key, value in given.items():
        settings.set(key.replace("__", "."), value)
    return settings, recognized(settings)


@pytest.mark.parametrize(
    ("text", "name", "levels"),
    [
        (DICTIONARY, "cmudict", ("character", "phone")),
        ("go\twent\tV;PST\nsee\tsaw\tV;PST\n", "sigmorphon", ("marked", "character")),
        ("IN: jump OUT: I_JUMP\nIN: walk OUT: I_WALK\n", "scan", ("word", None)),
        ("source\ttarget\na b\tc d\ne\tf\n", "table", (None, None)),
    ],
)
def test_a_token_is_what_the_format_says(tmp_path, text, name, levels):
    settings, said = settled(tmp_path / "a.txt", text)
    assert settings.get("reader.name") == name
    assert (settings.get("task.level"), settings.get("task.target_level")) == levels
    assert any(one.startswith("level: ") for one in said) == (levels[0] is not None)


def test_it_is_told_and_holds_where_the_format_was_named(tmp_path):
    told = "level: task.level=character, task.target_level=phone, as cmudict has it; --set task.level=NAME decides it"
    assert settled(tmp_path / "a", DICTIONARY)[1][-1] == told
    assert settled(tmp_path / "a", DICTIONARY, reader__name="cmudict")[1] == [told]


def test_whether_the_format_was_named_is_kept(tmp_path):
    assert settled(tmp_path / "a", DICTIONARY)[0].get("data.named") is None
    assert settled(tmp_path / "a", DICTIONARY, reader__name="cmudict")[0].get("data.named") is True


@pytest.mark.parametrize("given", [{"task__level": "bpe"}, {"task__target_level": "word"}, {"task__joint": True}])
def test_what_somebody_says_of_tokens_decides_it(tmp_path, given):
    settings, said = settled(tmp_path / "a", DICTIONARY, **given)
    assert settings.get("task.level") == given.get("task__level")
    assert not any(one.startswith("level: ") for one in said)


def test_sequences_are_read_symbol_by_symbol(tmp_path):
    (tmp_path / "a.fasta").write_text(">one a\nACGTACGT\n>two b\nGGGTTTAA\n")
    settings = Settings({"task": {"name": "classify"}, "data": {"train": [str(tmp_path / "a.fasta")]}})
    assert (
        recognized(settings)[-1] == "level: task.words=characters, as genomes has it; --set task.words=NAME decides it"
    )
    assert settings.get("task.words") == "characters"
