"""Every recipe of tag, classify, pair, ctc and memory runs on data of its format, and says what it reaches."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from elman.config import Settings
from tests.recordings import picture, tone, wav, write_idx, write_tones

CONFIGS = Path(__file__).parent.parent.parent / "configs"
RECIPES = sorted(
    path for task in ("tag", "classify", "pair", "ctc", "memory") for path in (CONFIGS / task).glob("*.toml")
)
SMALL = {"hidden_size": 8, "embedding_size": 8, "character_hidden_size": 4}
NAMES = ["anna", "ben", "carla", "dora", "emil", "fred"]


def conll(name, number):
    return f"{name} NN {'B-PER' if number % 2 else 'B-LOC'}\nsleeps VB O\n\n"


def conllu(name, number):
    return f"1\t{name}\t_\tPROPN\t_\t_\t_\t_\t_\t_\n2\tsleeps\t_\tVERB\t_\t_\t_\t_\t_\t_\n\n"


FORMATS = {
    "conll2000": conll,
    "conll2003": lambda name, number: conll(name, number).replace("B-", "I-"),
    "ud_english_ewt": conllu,
    "sst_binary": lambda name, number: f"({1 + 2 * (number % 2)} (2 {name}) (3 sleeps))\n",
    "sst_fine": lambda name, number: f"({1 + 2 * (number % 2)} (2 {name}) (3 sleeps))\n",
    "trec": lambda name, number: f"{'HUM' if number % 2 else 'LOC'}:x who is {name} ?\n",
    "sick": lambda name, number: f"{name} sleeps\t{name} rests\t{1 + number % 5}\t{'YES' if number % 2 else 'NO'}\n",
    "japanese_vowels": lambda name, number: f"{len(name)},{number}:1,{number % 2}:{'ab'[number % 2]}\n",
}
FORMATS["character_trajectories"] = FORMATS["japanese_vowels"]
FORMATS["pen_words"] = lambda name, number: (
    json.dumps({"text": f"{number:b}", "strokes": [[number, 0.5, 1]] * 30}) + "\n"
)
FORMATS["babi"] = lambda name, number: f"1 {name} sleeps.\n2 Where? \t{'ab'[number % 2]}\n"
FORMATS["sick_relatedness"] = FORMATS["sick"]
FORMATS["splice"] = lambda name, number: f"{'EI' if number % 2 else 'IE'}\t{name}\t{'ACGT' * 3}\n"
FORMATS["protein"] = lambda name, number: f"<>\nA h\nC {'e' if number % 2 else '_'}\nend\n"
SPEAKERS = ["fjmd", "fplp", "mgah", "mjda", "mjgk", "msjm", "mtcv", "anna", "ben"]
PAIRS = "sentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n"
HEADERS = {
    "character_trajectories": "@problemName letters\n@classLabel true a b\n@data\n",
    "sick": PAIRS,
    "sick_relatedness": PAIRS,
    "japanese_vowels": "@problemName vowels\n@classLabel true a b\n@data\n",
}


def transcribed(folder):
    """Return lists of recordings as Sphinx has them, some of each speaker."""
    names = [f"an{number}-{name}-b" for number in range(2) for name in SPEAKERS]
    draw = np.random.default_rng(1)
    for name in names:
        (folder / f"{name}.wav").write_bytes(wav(draw.normal(0, 300, 4800).astype(np.int16)))
    (folder / "x.fileids").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    said = "".join(f"<s> GO {'AB'[number % 2]} </s> ({name})\n" for number, name in enumerate(names))
    (folder / "x.transcription").write_text(said, encoding="utf-8")
    return str(folder / "x.transcription")


def printed(folder):
    """Return a list of pictures of lines and their texts, white on black."""
    (folder / "lines").mkdir()
    rows = []
    for number in range(8):
        line = 255 - np.kron(np.hstack([picture(1 + (number + place) % 6) for place in range(6)]), np.ones((2, 2)))
        Image.fromarray(line.astype(np.uint8)).save(folder / "lines" / f"{number}.png")
        rows.append(f"lines/{number}.png\t{'ab' * (1 + number % 2)}\n")
    (folder / "lines.tsv").write_text("".join(rows), encoding="utf-8")
    return str(folder / "lines.tsv")


def filmed(folder):
    """Return a list of films of a line that goes down, or up."""
    rows = []
    for number in range(8):
        pictures = np.full((3, 6, 6), 255, np.uint8)
        for at, one in enumerate(pictures if number % 2 else pictures[::-1]):
            one[at + 1] = 0
        Image.fromarray(pictures.reshape(18, 6)).save(folder / f"{number}.png")
        rows.append(f"{number}.png\t{'up' if number % 2 else 'down'}\n")
    (folder / "films.tsv").write_text("".join(rows), encoding="utf-8")
    return str(folder / "films.tsv")


MADE = {"an4": transcribed, "fraktur": printed, "drawn_films": filmed}


def spoken(folder):
    """Return recordings of digits of two speakers."""
    folder.mkdir()
    for number in range(6):
        for name in ("anna", "ben"):
            (folder / f"{number}_{name}_0.wav").write_bytes(wav(tone(300 + 100 * number, 0.4)))
    return str(folder)


def written(folder, recipe):
    """Return training files for a recipe."""
    if recipe.stem in MADE:
        return MADE[recipe.stem](folder)
    if recipe.stem == "digit_strings":
        return spoken(folder / "data")
    if recipe.stem == "spoken_digits":
        return str(write_tones(folder / "data", 3))
    if recipe.stem == "mnist_rows":
        write_idx(folder, [picture(1 + number % 6) for number in range(8)], [1, 2] * 4)
        return str(folder / "train-images-idx3-ubyte.gz")
    if recipe.stem == "atis":
        for file, lines in {"in": NAMES, "out": ["B-PER" for _ in NAMES], "label": ["a", "b"] * 3}.items():
            tags = [f"{line} O" if file == "out" else f"{line} sleeps" if file == "in" else line for line in lines]
            (folder / file).write_text("\n".join(tags) + "\n", encoding="utf-8")
        return ",".join(str(folder / file) for file in ("in", "out", "label"))
    text = "".join(FORMATS[recipe.stem](name, number) for number, name in enumerate(NAMES))
    path = folder / "data.txt"
    path.write_text(HEADERS.get(recipe.stem, "") + text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_runs_says_what_it_reaches_and_how_it_is_called(run, tmp_path, recipe):
    text = recipe.read_text(encoding="utf-8")
    assert re.search(r"test .*\d", text.split("\n")[0])
    assert f"#   elman train configs/{recipe.parent.name}/{recipe.name} --train " in text
    given = Settings.read(recipe)
    left_out = set() if given.get("model.character_hidden_size") else {"character_hidden_size"}
    frames = given.get("task.input") == "frames" or given.get("task.name") == "ctc"
    left_out |= {"embedding_size"} if frames else set()
    left_out |= {"hidden_size"} if given.get("task.name") == "memory" else set()
    small = [f"model.{key}={size}" for key, size in SMALL.items() if key not in left_out]
    options = [word for assignment in small for word in ("--set", assignment)]
    out, share = tmp_path / "run", () if given.get("data.held") else ("--valid", "40%")
    result = run("train", recipe, "--train", written(tmp_path, recipe), *share, "--out", out, "--steps", 2, *options)
    assert result.code == 0, result.err
    assert (out / "model.safetensors").exists()
