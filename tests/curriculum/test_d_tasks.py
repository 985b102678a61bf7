"""Part D: a window against n-grams, styles, questions, motifs, dialogue, paraphrases, mistakes in spelling."""

import random
from itertools import pairwise

import numpy as np
import pytest
import torch

import elman
from elman.data.outlines import Tokens
from elman.demos import DEMOS
from elman.formats import FORMATS
from elman.models.window_lm import WindowLM
from elman.spelling.corrector import Corrector
from elman.spelling.rates import measure
from elman.spelling.reading import read_pairs
from tests.tasks import test_handwriting as handwriting


def value(found, name):
    return next(score.value for score in found.scores if score.name == name)


def write(path, lines):
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(path)


def window(order, **options):
    torch.manual_seed(order)
    tokens = Tokens([str(number) for number in range(9)], marks={"start": 0})
    config = WindowLM.Config(order=order, embedding_size=3, hidden_size=5, **options)
    return WindowLM(config, {"tokens": tokens}, {"next_token": tokens})


def after(model, *ids):
    stepper = model.stepper()
    state = stepper.begin(np.arange(1))
    for token in ids:
        log_probs, state = stepper.advance(np.array([token]), state)
    return np.exp(log_probs[0])


def test_D16_weights_grow_with_the_window_and_no_place_shares_those_of_another():
    sizes = [window(order, direct=False).num_weights() for order in (2, 3, 4, 5)]
    assert [larger - smaller for smaller, larger in pairwise(sizes)] == [
        5 * 3
    ] * 3  # a column of W for each number of e
    model = window(5)
    assert np.abs(after(model, 1, 2, 3, 4) - after(model, 2, 1, 3, 4)).max() > 1e-4
    with torch.no_grad():
        model.window.weight[:, :3] = 0
        model.head.weight[:, :3] = 0
    np.testing.assert_allclose(after(model, 1, 2, 3, 4), after(model, 7, 2, 3, 4), atol=1e-7)
    assert np.abs(after(model, 1, 2, 3, 4) - after(model, 1, 7, 3, 4)).max() > 1e-4


@pytest.mark.slow
def test_D16_a_window_of_four_words_sees_what_a_trigram_does_not(tmp_path):
    draw = random.Random(1)
    names = {"anna": "she", "carla": "she", "ben": "he", "emil": "he"}
    lines = []
    for _ in range(500):
        who = draw.choice(sorted(names))
        lines.append(
            f"{who} {draw.choice(['ran', 'sang', 'sat'])} {draw.choice(['here', 'there', 'away'])} so {names[who]} won"
        )
    text, held = write(tmp_path / "text.txt", lines[:400]), write(tmp_path / "held.txt", lines[400:])
    options = {"valid": held, "level": "word", "threads": 1}
    wide = elman.train("lm", text, model="window_lm", steps=150, hidden=16, learning_rate=0.02, batch_size=16,
                       out=tmp_path / "wide", **options)  # fmt: skip
    three = elman.train("lm", text, model="ngram", out=tmp_path / "three", settings={"model.order": 3}, **options)
    found = [value(elman.load(run.path).evaluate(held), "perplexity") for run in (wide, three)]
    assert found[0] < 0.95 * found[1]


PAINTS = """Ghasty Pink 231 137 165|Power Gray 151 124 112|Navel Tan 199 173 140|Bock Coe White 221 215 236
Horble Gray 178 181 196|Homestar Brown 133 104 85|Snader Brown 144 106 74|Golder Craam 237 217 177
Hurky White 232 223 215
Burf Pink 223 173 179|Rose Hork 230 215 198|Sand Dan 201 172 143|Grade Bat 48 94 83
Light Of Blast 175 150 147
Grass Bat 176 99 108|Sindis Poop 204 205 194|Dope 219 209 179|Testing 156 101 106|Stoner Blue 152 165 159
Burple Simp 226 181 132|Stanky Bean 197 162 171|Turdly 190 164 116""".replace("\n", "|").split("|")
"""The names that the lecture's model wrote."""


def test_D26_paints_of_the_lecture_are_a_name_and_three_numbers():
    assert len(PAINTS) == 22
    assert {FORMATS.get("color")().fault(line) for line in PAINTS} == {""}


def test_D26_a_model_of_characters_writes_in_the_style_of_its_text(tmp_path):
    draw, form = random.Random(1), FORMATS.get("color")()
    kinds = ["Pink", "Gray", "Tan", "White", "Brown", "Blue", "Green"]
    paints = [f"{draw.choice(['Old', 'Pale', 'Deep', 'Dusty'])} {draw.choice(kinds)} " + " ".join(
        str(draw.randint(100, 255)) for _ in range(3)) for _ in range(400)]  # fmt: skip
    settings = {"model.order": 6, "task.lines": True}
    run = elman.train("lm", write(tmp_path / "paints.txt", paints), model="ngram", level="character",
                      out=tmp_path / "run", settings=settings)  # fmt: skip
    lines = elman.load(run.path).generate(length=40, count=60, temperature=0.5)
    assert sum(not form.fault(line.strip()) for line in lines) > 40
    assert set(lines) - set(paints)


@pytest.mark.slow
def test_D9_a_reader_says_what_nationality_beethoven_was(tmp_path):
    demo = DEMOS.get("qa")()
    (tmp_path / "people.json").write_text(demo.text())
    given = {key: one for key, one in demo.settings.items() if key != "task.name"} | {"training.validate_every": 120}
    run = elman.train("qa", tmp_path / "people.json", out=tmp_path / "run", settings=given)
    model = elman.load(run.path)
    said = [model.predict(line, k=1)[0][0] for line in demo.inputs]
    assert said == ["Bonn", "1770", "German"]


@pytest.mark.slow
def test_D33_a_classifier_finds_a_motif_in_dna(tmp_path):
    draw, rows = random.Random(1), []
    for number in range(400):
        letters = [draw.choice("ACGT") for _ in range(24)]
        if number % 2:
            place = draw.randrange(18)
            letters[place : place + 6] = "TATAAA"
        strand = "".join(letters)
        rows.append(f"{'box' if 'TATAAA' in strand else 'none'},s{number},{strand}")
    data = write(tmp_path / "strands.csv", rows[:320])
    settings = {"reader.name": "genomes", "task.words": "characters", "model.embedding_size": 4, "model.pooling": "max",
                "training.learning_rate": 0.02, "model.dropout": 0.0, "training.validate_every": 150}  # fmt: skip
    held = write(tmp_path / "held.csv", rows[320:])
    run = elman.train("classify", data, valid=held, out=tmp_path / "run", hidden=16, batch_size=16, steps=150,
                      threads=1, settings=settings)  # fmt: skip
    assert value(elman.load(run.path).evaluate(held), "accuracy") > 0.9


@pytest.mark.slow
def test_D35_an_answer_in_the_light_of_what_was_said_beats_a_bigram(tmp_path):
    draw = random.Random(1)
    things = ["tea", "milk", "rain", "snow", "bread", "music"]

    def turns():
        thing = draw.choice(things)
        return f"do you like {thing} ?", f"{draw.choice(['yes', 'no'])} i {draw.choice(['like', 'hate'])} {thing} ."

    spoken = [turns() for _ in range(300)]
    parts = [write(tmp_path / name, ["\t".join(one) for one in some]) for name, some in
             (("train.tsv", spoken[:240]), ("held.tsv", spoken[240:]))]  # fmt: skip
    answers = write(tmp_path / "answers.txt", [one for _, one in spoken[:240]])
    settings = {"reader.name": "dialogue", "model.label_smoothing": 0.0, "model.dropout": 0.0, "task.beam": 1,
                "training.validate_every": 150}  # fmt: skip
    chat = elman.train("seq2seq", parts[0], valid=parts[1], out=tmp_path / "chat", level="word", hidden=24, steps=150,
                       batch_size=16, learning_rate=0.02, threads=1, settings=settings)  # fmt: skip
    bigram = elman.train("lm", answers, model="ngram", level="word", out=tmp_path / "bigram",
                         settings={"model.order": 2, "task.lines": True})  # fmt: skip
    found = []
    for run, lines in ((chat, spoken[240:]), (bigram, [one for _, one in spoken[240:]])):
        scores = elman.load(run.path).score(lines)
        found.append(np.exp(-sum(one.log_prob_nats for one in scores) / sum(one.tokens for one in scores)))
    assert found[0] < 0.85 * found[1]  # 1.42 and 1.75; who knew the distribution had 4^(1/6) = 1.26 and 24^(1/6) = 1.70


@pytest.mark.slow
def test_D36_two_sentences_are_told_to_say_the_same(tmp_path):
    draw = random.Random(1)
    alike = [("big", "large"), ("quick", "fast"), ("glad", "happy"), ("ill", "sick")]
    who = ["dog", "horse", "child", "sailor"]
    rows = ["premise\thypothesis\tlabel"]
    for number in range(600):
        one, another = draw.sample(alike, 2)
        noun = draw.choice(who)
        second = one if number % 2 else another
        label = "same" if number % 2 else "other"
        rows.append(f"the {noun} is {draw.choice(one)}\t{draw.choice(second)} is the {noun}\t{label}")
    data, held = write(tmp_path / "a.tsv", rows[:500]), write(tmp_path / "b.tsv", [rows[0], *rows[500:]])
    settings = {"reader.name": "table", "model.dropout": 0.0, "training.validate_every": 200}
    run = elman.train("pair", data, valid=held, out=tmp_path / "run", model="independent_pair", hidden=16, steps=200,
                      batch_size=16, learning_rate=0.02, threads=1, settings=settings)  # fmt: skip
    assert value(elman.load(run.path).evaluate(held), "accuracy") > 0.9


def test_D38_most_of_the_letters_that_were_mistyped_are_put_right(tmp_path):
    draw = random.Random(1)
    words = ["the", "garden", "behind", "our", "house", "always", "smells", "of", "flowers", "in", "summer", "evening"]
    lines = [" ".join(draw.choice(words) for _ in range(8)) for _ in range(200)]
    text = write(tmp_path / "text.txt", lines)

    def typed(word):
        if len(word) < 4 or draw.random() > 0.3:
            return word
        place = draw.randrange(len(word) - 1)
        return draw.choice([
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + word[place + 1 :],
            word[:place] + draw.choice("aeiost") + word[place:],
            word[:place] + draw.choice("aeiost") + word[place + 1 :],
        ])  # fmt: skip

    pairs = write(tmp_path / "pairs.tsv", [f"{line}\t{' '.join(map(typed, line.split()))}" for line in lines[:40]])
    run = elman.train("lm", text, model="ngram", level="word", out=tmp_path / "run",
                      settings={"model.order": 3, "task.lines": True})  # fmt: skip
    rates = measure(Corrector(elman.load(run.path)), read_pairs(pairs).pairs)
    assert rates.wrong > 40
    assert rates.fixed > 0.9 * rates.wrong
    assert rates.broken == 0


@pytest.mark.slow
def test_D29_strokes_of_a_pen_are_read_as_text(tmp_path):
    data, held = tmp_path / "train.jsonl", tmp_path / "held.jsonl"
    data.write_text(handwriting.lines(160, 1))
    held.write_text(handwriting.lines(40, 2))
    settings = {"model.num_layers": 1, "model.dropout": 0.0, "training.validate_every": 120}
    run = elman.train("ctc", str(data), valid=str(held), out=tmp_path / "run", steps=120, hidden=16, batch_size=8,
                      learning_rate=0.02, threads=1, settings=settings)  # fmt: skip
    assert value(elman.load(run.path).evaluate(str(held)), "cer") < 0.1
