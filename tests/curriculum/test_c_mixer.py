"""Curriculum row C18: what is learned from rewards scores better than what is learned token by token."""

import pytest

import elman
from elman.runs.log import read_events

LONE, ONE, OTHER = (
    "other{0} words for thing{0} stand here{0}",
    "the same{0} is said of thing{0} once",
    "that same{0} is said of thing{0} once",
)
"""Three ways to say the same, ten, eight and eight times of 26. Two are alike but for their first word."""


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    path = tmp_path_factory.mktemp("mixer") / "texts.tsv"
    ways = [LONE] * 10 + [ONE] * 8 + [OTHER] * 8
    path.write_text("".join(f"say thing{which}\t{way.format(which)}\n" for which in range(2) for way in ways))
    return path


def test_C18_mixer_writes_what_scores_and_forcing_what_is_likeliest_word_by_word(texts):
    """The likeliest first word begins the text that stands alone; those that are alike are worth more together.

    Always the lone text: right 10 of 26 times, else next to nothing. One of the others: right 8 of 26 times, and all
    but a word of it another 8 times. The first 200 updates are those of forcing, which has nothing more to learn then.
    """
    settings = {
        "task.level": "word", "task.score": "bleu", "task.beam": 1, "model.num_layers": 1, "model.dropout": 0.0,
        "model.label_smoothing": 0.0, "model.teacher": "mixer", "model.teacher_options": {"taught": 0.4, "fewer": 8},
        "training.validate_every": 100,
    }  # fmt: skip
    run = elman.train(
        "seq2seq", texts, valid=texts, out=texts.parent / "run", steps=500, hidden=24, threads=1, batch_size=52,
        learning_rate=0.01, settings=settings, listener=elman.silent,
    )  # fmt: skip
    logged = [event for event in read_events(run.path / "metrics.jsonl") if event["event"] == "validation"]
    bleu = {event["step"]: event["scores"]["bleu"] for event in logged}
    assert bleu[200] == pytest.approx(36.83, abs=0.01)
    assert bleu[500] > bleu[200] + 5
    model = elman.load(run.path)
    said = model.task.write(model.ready, [model.parse("say thing0")])[0][0].text
    assert said in (ONE.format(0), OTHER.format(0))
