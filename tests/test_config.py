"""Trees of settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from elman.cli.section_options import options
from elman.config import Config, Settings, to_toml
from elman.errors import ConfigError
from elman.flags import FLAGS, key_of
from elman.runs.configuration import RunConfig


class Inner(Config):
    """A table inside a section."""

    depth: int = 1


class Section(Config):
    """A section."""

    size: int = Field(3, ge=1, description="How large.")
    name: str
    inner: Inner = Inner()


def test_every_mistake_is_reported_with_its_origin():
    settings = Settings({"section": {"size": 0, "nmae": "x", "inner": {"deep": 1}}}, "a.toml")
    assert sorted(settings.mistakes("section", Section)) == [
        "a.toml: [section.inner] unknown key 'deep'. Did you mean 'depth'?",
        "a.toml: [section] name: is missing.",
        "a.toml: [section] size: got 0, expected greater than or equal to 1.",
        "a.toml: [section] unknown key 'nmae'. Did you mean 'name'?",
    ]
    settings.set("section.size", -1, "--size")
    assert "--size: got -1, expected greater than or equal to 1." in settings.mistakes("section", Section)


def test_set_takes_toml_values_or_plain_strings():
    settings = Settings()
    for assignment in ("a.b=3", "a.c=[1, 2]", "a.d=lstm", "a.e = x=y", "a.f.g=true"):
        settings.set_text(assignment)
    assert settings.tree == {"a": {"b": 3, "c": [1, 2], "d": "lstm", "e": "x=y", "f": {"g": True}}}
    assert settings.get("a.f.g") is True
    assert settings.get("a.f.h", 5) == 5


def test_options_are_read_from_the_model():
    rows = {option.name: option for option in options(Section)}
    assert (rows["size"].default, rows["size"].description) == ("3", "How large.")
    assert rows["name"].default == ""


values = st.one_of(st.integers(-(2**62), 2**62), st.booleans(), st.text(), st.lists(st.integers(-9, 9)), st.none())


@given(st.dictionaries(st.text("abc_", min_size=1), values))
def test_toml_round_trip_but_for_what_is_none(table):
    import tomllib

    read = tomllib.loads(to_toml({"section": table}))["section"]
    assert read == {key: value for key, value in table.items() if value is not None}


def test_every_flag_is_a_key_of_the_configuration():
    models = ({}, {"name": "ngram"})
    configs = [RunConfig.resolve(Settings({"data": {"train": ["x"]}, "model": model})) for model in models]
    for flag in FLAGS:
        section, _, key = flag.key.partition(".")
        assert any(key in type(getattr(config, section)).model_fields for config in configs), flag
    assert key_of("hidden") == "model.hidden_size"
    assert key_of("batch_size") == "training.batch_size"
    assert key_of("nothing") is None


def test_keywords_from_python_are_checked_like_flags(text_file):
    import elman

    told = r"^unknown keyword 'vectors'\. Give it so: settings=\{'task\.vectors': \.\.\.\}\.$"
    with pytest.raises(ConfigError, match=told):
        elman.train("tag", "a.txt", vectors="glove.txt")
    with pytest.raises(ConfigError, match=r"unknown keyword 'hiden'. Did you mean 'hidden'\?"):
        elman.train("lm", str(text_file), hiden=3)
    with pytest.raises(ConfigError, match=r"hidden: got 0, expected greater than or equal to 1\."):
        elman.train("lm", str(text_file), hidden=0)
    given = {"settings": {"training.steps": 5, "task.name": "lm"}, "hidden": 4}
    with pytest.raises(
        ConfigError, match=r"^steps and settings\['training\.steps'\] set the same: give one of them\.$"
    ):
        elman.train("lm", str(text_file), steps=3, **given)
    with pytest.raises(ConfigError, match=r"^steps: got 'sixty', expected a valid integer"):
        elman.train("lm", str(text_file), steps="sixty")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = elman.nothing


def test_a_number_from_python_may_be_text_as_on_the_command_line(text_file, tmp_path):
    import elman

    options = {"out": tmp_path / "run", "level": "character", "threads": 1, "listener": elman.silent}
    elman.train("lm", str(text_file), steps="2", hidden="4", **options)
    config = (tmp_path / "run" / "config.toml").read_text()
    assert "\nsteps = 2\n" in config
    assert "\nhidden_size = 4\n" in config


def test_what_is_nested_too_deeply_to_be_shown_is_said_to_be_so():
    # Found by the soak: showing it took more calls than Python allows.
    deep = []
    for _ in range(5000):
        deep = [deep]
    [mistake] = Settings({"section": {"name": "x", "size": deep}}, "a.toml").mistakes("section", Section)
    assert mistake == "a.toml: [section] size: got lists within lists within lists, expected a valid integer."
