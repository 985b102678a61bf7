"""Every recipe of seq2seq runs on data of its format, and says what is to be reached without a network."""

from pathlib import Path

import pytest

RECIPES = sorted((Path(__file__).parent.parent.parent / "configs" / "seq2seq").glob("*.toml"))
WORDS = ["anna", "ben", "carla", "dora", "emil", "fred"]
SMALL = ["model.hidden_size=8", "training.steps=1"]
LINES = {
    "cmudict": "{word}  AH B IY\n{word}  AH B{more}\n",
    "sigmorphon": "{word}\t{word}s\tV;PST\n",
    "scan": "IN: {word} OUT: I_{word}\n",
    "scitldr": '{{"source": ["{word} is new .", "We show it ."], "target": ["{word}", "new {word}"]}}\n',
    "dialogue": "film\tHi {word}\tHello {word}\tBye\n",
    "treebank": "( (S (NP-SBJ (NNP {word})) (VP (VBZ sleeps){tree}) (. .)))\n",
    "table": "{word} sleeps\tsleeps {word}\n",
}
BESIDE = {"multi30k_de_en": 2, "multi30k_en_de": 2, "django": 2, "paraphrase": 5}


def written(folder, recipe):
    """Return a name for data as a recipe expects it."""
    if recipe.stem in BESIDE:
        names = [folder / f"part{number}" for number in range(BESIDE[recipe.stem])]
        for number, path in enumerate(names):
            path.write_text("".join(f"{word} sleeps {number}\n" for word in WORDS))
        return ",".join(map(str, names))
    if recipe.stem == "aeslc":
        (folder / "mails").mkdir()
        for word in WORDS:
            (folder / "mails" / word).write_text(f"Hello {word} .\n\n@subject\n{word}\n\n@ann0\nto {word}\n")
        return folder / "mails"
    name = "scan" if recipe.stem.startswith("scan") else recipe.stem
    text = "".join(
        LINES.get(name, LINES["table"]).format(word=word, more=" AH" * (number % 2), tree=" (RB well)" * (number % 2))
        for number, word in enumerate(WORDS)
    )
    (folder / "data").write_text(text)
    return folder / "data"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_runs_and_says_how_it_is_called_and_what_is_to_beat(run, tmp_path, recipe):
    text = recipe.read_text(encoding="utf-8")
    assert f"#   elman train configs/seq2seq/{recipe.name} --train " in text
    assert "#   elman evaluate RUN " in text
    assert "Without a network" in " ".join(line.removeprefix("# ") for line in text.splitlines())
    data = written(tmp_path, recipe)
    options = [word for assignment in SMALL for word in ("--set", assignment)]
    options += ["--set", "model.embedding_size=8"] if "embedding_size" in text else []
    options += ["--set", "task.bpe_size=260"] if "bpe_size" in text else []
    result = run("train", recipe, "--train", data, "--valid", data, "--out", tmp_path / "run", *options)
    assert result.code == 0, result.err
    assert "to beat " in result.err
