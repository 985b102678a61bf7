"""A text goes to the model that finds it likeliest, and shares are worth what known text shows."""

import json
import random
from itertools import permutations

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.comparison import attribution, passages
from elman.comparison.attribution import attribute
from elman.comparison.calibration import Calibration, no_better_than_chance
from elman.errors import ConfigError, DataError

WORDS = {"anna": "upon the river", "ben": "on a river while", "carl": "whilst the stream upon"}


def text(author, count, seed=0):
    draw, words = random.Random(f"{author}{seed}"), [*WORDS[author].split(), "flows", "and", "runs"]
    return "".join(f"{' '.join(draw.choices(words, k=8))} .\n" for _ in range(count))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model an author, and a text of each that no model read."""
    folder = tmp_path_factory.mktemp("authors")
    for author in WORDS:
        (folder / f"{author}.txt").write_text(text(author, 300))
        (folder / f"new-{author}.txt").write_text(text(author, 30, 1))
        train(folder, author, author)
    return folder


def train(folder, author, name, level="byte", **options):
    elman.train("lm", str(folder / f"{author}.txt"), out=folder / name, model="ngram", level=level, **options)


def load(folder, *names):
    return [elman.load(folder / name) for name in names]


def test_D39_each_text_goes_to_its_author(folder):
    found = attribute(load(folder, *WORDS), [str(folder / "new-*.txt")], 20)
    assert found.authors == list(WORDS)
    assert [one.author for one in found.texts] == sorted(WORDS)
    assert all(one.share > 0.9 for one in found.texts)
    assert all(one.words == 270 and sum(piece.words for piece in one.passages) == 270 for one in found.texts)
    known, right = found.known
    assert known >= 30
    assert right / known > 0.8
    assert not found.remarks


def test_passages_are_scored_as_texts_of_their_own_and_shares_sum_to_one(folder):
    runs = load(folder, *WORDS)
    found = attribute(runs, [str(folder / "new-ben.txt")], 9).texts[0]
    whole = (folder / "new-ben.txt").read_text()
    assert [piece.first for piece in found.passages] == list(range(1, 270, 9))
    first = whole.splitlines()[0]
    for run, nats in zip(runs, found.passages[0].log_probs_nats, strict=True):
        assert nats == pytest.approx(run.score([first])[0].log_prob_nats, abs=1e-6)  # a line is nine words here
    assert sum(found.passages[3].shares) == pytest.approx(1.0)
    total = np.array([piece.log_probs_nats for piece in found.passages]).sum(0)
    np.testing.assert_allclose(found.bits_per_character, -total / np.log(2) / len(whole), rtol=1e-9)


@pytest.mark.parametrize(("words", "expected"), [(100, [100, 100, 70]), (120, [120, 150]), (1000, [270])])
def test_a_short_rest_goes_to_the_last_passage(folder, words, expected):
    found = attribute(load(folder, "anna", "ben"), [str(folder / "new-ben.txt")], words)
    assert [piece.words for piece in found.texts[0].passages] == expected


def test_without_held_out_text_there_are_no_shares(folder):
    found = attribute(load(folder, "anna", "ben"), [str(folder / "new-ben.txt")], 150)
    assert found.known is None
    assert found.texts[0].share is None
    assert found.texts[0].author == "ben"
    assert found.remarks == [
        "no shares: anna has held out 2 passages of 580 tokens, expected 3 or more, which tell what likelihoods are "
        "worth. Take fewer words a passage, or train with more --valid."
    ]


def test_the_order_of_runs_does_not_matter_nor_that_of_their_tokens(folder):
    forth, back = (
        attribute(load(folder, *names), [str(folder / "new-carl.txt")], 20).texts[0]
        for names in (WORDS, reversed(WORDS))
    )
    assert forth.author == back.author
    np.testing.assert_allclose(forth.bits_per_character, back.bits_per_character[::-1], rtol=1e-9)
    np.testing.assert_allclose(forth.share, back.share, rtol=1e-4)


def test_much_more_text_of_one_author_is_said(folder):
    (folder / "long.txt").write_text(text("anna", 1500))
    train(folder, "long", "long")
    found = attribute(load(folder, "ben", "long"), [str(folder / "new-ben.txt")], 20)
    assert "long was trained on" in found.remarks[0]
    assert "times the text of ben: more text makes all texts likelier" in found.remarks[0]
    assert found.texts[0].author == "ben"


def test_words_of_one_list_can_be_compared(folder):
    train(folder, "anna", "anna-words", "word")
    tokens = {"task.vocabulary": str(folder / "anna-words" / "vocabulary" / "tokens.txt")}
    train(folder, "ben", "ben-words", "word", settings=tokens)
    found = attribute(load(folder, "anna-words", "ben-words"), [str(folder / "new-anna.txt")], 20)
    assert found.texts[0].author == "anna-words"


def of_shared_words(author, count, seed=0, names=True):
    """Return text in words that all authors have, each more or less often; each sixth is a name that comes once."""
    draw = random.Random(f"names{author}{seed}")
    often = {word: 1 for words in WORDS.values() for word in words.split()}
    often |= dict.fromkeys(WORDS[author].split(), 4)
    lines = [draw.choices(list(often), often.values(), k=8) for _ in range(count)]
    named = ([f"{draw.random()}" if names and draw.random() < 1 / 6 else word for word in line] for line in lines)
    return "".join(f"{' '.join(line)} .\n" for line in named)


@pytest.mark.parametrize(("owner", "borrower"), [("anna", "ben"), ("ben", "anna")])
def test_unknown_words_are_no_evidence_for_whom_they_are_common(folder, owner, borrower):
    (folder / "owner.txt").write_text(of_shared_words(owner, 300, names=False))
    (folder / "borrower.txt").write_text(of_shared_words(borrower, 300))
    for author in (owner, borrower):
        (folder / f"named-{author}.txt").write_text(of_shared_words(author, 30, 1))
    train(folder, "owner", "owner", "word", overwrite=True)
    tokens = {"task.vocabulary": str(folder / "owner" / "vocabulary" / "tokens.txt")}
    train(folder, "borrower", "borrower", "word", settings=tokens, overwrite=True)
    found = attribute(load(folder, "owner", "borrower"), [str(folder / "named-*.txt")], 20)
    authors = {one.file.rpartition("-")[2]: one.author for one in found.texts}
    assert authors == {f"{owner}.txt": "owner", f"{borrower}.txt": "borrower"}
    assert all(0.1 < one.unknown < 0.2 and one.share > 0.9 for one in found.texts)
    known, right = found.known
    assert right / known > 0.8


def test_known_words_count_as_given_that_they_are_known(folder):
    (folder / "some.txt").write_text(of_shared_words("ben", 300))
    train(folder, "anna", "listed", "word")
    tokens = {"task.vocabulary": str(folder / "listed" / "vocabulary" / "tokens.txt")}
    train(folder, "some", "some", "word", settings=tokens)
    run = elman.load(folder / "some")
    tokens, stepper = passages.tokens_of(run), run.ready
    unknown = tokens.vocabulary.unknown_id
    pieces = [tokens.encode(piece) for piece in ("upon a stream\non a river", "a", "Moby the")]
    found = passages.read([run], pieces)
    for piece, got in zip(pieces, found.log_probs[:, 0], strict=True):
        state, last, expected = stepper.begin(np.zeros(1, int)), stepper.start, 0.0
        for token in piece.tolist():
            (log_probs,), state = stepper.advance(np.array([last]), state)
            possible = np.exp(np.delete(log_probs, unknown)).sum()
            expected += 0.0 if token == unknown else log_probs[token] - np.log(possible)
            last = token
        assert got == pytest.approx(expected, abs=1e-5)
    assert (found.tokens + found.unknown).tolist() == [len(piece) for piece in pieces]
    assert found.unknown.tolist() == [(piece == unknown).sum() for piece in pieces]
    assert found.unknown.sum() >= 2


def test_a_text_of_unknown_words_has_no_verdict(folder, capsys):
    train(folder, "anna", "her", "word")
    tokens = {"task.vocabulary": str(folder / "her" / "vocabulary" / "tokens.txt")}
    train(folder, "ben", "his", "word", settings=tokens)
    for name, written in (("russian", "вниз по реке\n" * 20), ("half", "upon the reke runs\nпо " * 20)):
        (folder / f"{name}.txt").write_text(written)
    on = [str(folder / "half.txt"), str(folder / "russian.txt")]
    half, russian = attribute(load(folder, "her", "his"), on, 20).texts
    assert (russian.author, russian.share) == (None, None)
    assert half.author is not None
    assert main(["attribute", str(folder / "her"), str(folder / "his"), "--on", on[0], "--on", on[1]]) == 0
    shown = capsys.readouterr()
    assert "russian.txt: 75% of its tokens are unknown and left out, too many to say whose it is" in shown.err
    assert "half.txt: 33% of its tokens are unknown and left out\n" in shown.err
    assert "  75.0%          -" in shown.out


def test_known_passages_that_chance_finds_as_well_give_no_shares(folder):
    for author in ("anna", "ben"):
        (folder / "same.txt").write_text(text("anna", 300, author))
        train(folder, "same", f"same-{author}")
    found = attribute(load(folder, "same-anna", "same-ben"), [str(folder / "new-anna.txt")], 20)
    assert found.known is not None
    assert found.texts[0].share is None
    assert "no more than by chance, so likelihoods say nothing here" in found.remarks[0]


@pytest.mark.parametrize(
    ("found", "truth", "expected"),
    [
        ([0] * 10, [0] * 5 + [1] * 5, True),
        ([0] * 5 + [1] * 5, [0] * 5 + [1] * 5, False),
        ([1] * 5 + [0] * 5, [0] * 5 + [1] * 5, True),
        ([0] * 11 + [1] * 9, [0] * 6 + [1] * 5 + [0] * 4 + [1] * 5, True),
        ([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1], False),
    ],
)
def test_chance_deals_out_authors(found, truth, expected):
    assert no_better_than_chance(np.array(found), np.array(truth)) is expected


def test_chance_has_the_mean_and_deviation_of_all_deals():
    found = np.array([0, 0, 1, 1, 2, 0])
    truth = np.array([0, 1, 1, 2, 2, 0])
    deals = np.array([(found == np.array(one)).sum() for one in permutations(truth)])
    right = (found == truth).sum()
    assert no_better_than_chance(found, truth) is bool(right <= deals.mean() + 1.645 * deals.std())
    assert right == pytest.approx(deals.mean() + 1.645 * deals.std(), abs=0.5)  # near the border


def test_other_tokens_are_refused(folder):
    train(folder, "anna", "one", "word")
    train(folder, "ben", "two", "word")
    with pytest.raises(ConfigError, match=r"one and .*two have different tokens: the smaller vocabulary would win by"):
        attribute(load(folder, "one", "two"), [str(folder / "new-ben.txt")])
    with pytest.raises(ConfigError, match=r"have different tokens: .*--set task\.vocabulary=.*one/vocabulary/tokens"):
        attribute(load(folder, "one", "ben"), [str(folder / "new-ben.txt")])


def test_what_is_given_twice_is_refused(folder):
    text = str(folder / "new-ben.txt")
    with pytest.raises(ConfigError, match=r"anna: got it twice, expected a run for each author"):
        attribute(load(folder, "anna", "ben", "anna"), [text])
    with pytest.raises(ConfigError, match=r"--on: got .*new-ben\.txt twice, expected each text once"):
        attribute(load(folder, "anna", "ben"), [text, text])


def test_a_text_that_a_model_learned_from_is_told(folder):
    found = attribute(load(folder, "anna", "ben"), [str(folder / "ben.txt")], 20)
    assert found.remarks == [f"{folder / 'ben'} was trained on ben.txt: its scores there say nothing about other data."]


def test_a_glob_without_quotation_marks_is_explained(folder, capsys):
    texts = [str(folder / "new-anna.txt"), str(folder / "new-ben.txt")]
    assert main(["attribute", str(folder / "anna"), str(folder / "ben"), "--on", *texts]) == 2
    assert (
        f"error: {texts[1]}: is a file, expected a run. Several texts: quote a glob, --on '*.txt', or repeat --on."
        in capsys.readouterr().err
    )


def test_an_option_that_is_no_number_is_said_in_our_words(folder, capsys):
    given = ["attribute", str(folder / "anna"), str(folder / "ben"), "--on", str(folder / "new-ben.txt")]
    assert main([*given, "--words", "x"]) == 2
    assert (
        "error: elman attribute: --words: expected a whole number. See elman attribute --help."
        in capsys.readouterr().err
    )
    assert main([*given, "--device", "foo"]) == 2
    assert "error: --device: got 'foo', expected cpu or cuda." in capsys.readouterr().err


def test_one_author_is_refused(folder):
    with pytest.raises(ConfigError, match="elman attribute: got one run, expected one for each of two or more authors"):
        attribute(load(folder, "anna"), [str(folder / "new-ben.txt")])


def test_models_of_lines_are_refused(folder):
    train(folder, "ben", "lines", settings={"task.lines": True})
    with pytest.raises(ConfigError, match=r"lines: reads each line as a text of its own, and a passage goes"):
        attribute(load(folder, "anna", "lines"), [str(folder / "new-ben.txt")])


def test_models_that_find_passages_impossible_are_refused(folder):
    for author in ("anna", "ben"):
        train(folder, author, f"mle-{author}", settings={"model.smoothing": "mle"})
    with pytest.raises(ConfigError, match=r"mle-\w+: finds a passage impossible, since it gives nothing to what it"):
        attribute(load(folder, "mle-anna", "mle-ben"), [str(folder / "new-carl.txt")], 20)


def test_without_evidence_there_are_no_shares(folder, monkeypatch):
    monkeypatch.setattr(attribution, "calibrate", lambda *given: Calibration(-0.1, np.zeros(2), 50.0))
    found = attribute(load(folder, "anna", "ben"), [str(folder / "new-ben.txt")], 20)
    assert found.texts[0].share is None
    assert found.texts[0].author == "ben"
    assert found.remarks == [
        "no shares: 0 of 27 passages that were held out from training go to their author (0%), no more than by chance, "
        "so likelihoods say nothing here. Take more words a passage, or train on more text."
    ]


def test_a_text_without_words_is_refused(folder):
    (folder / "blank.txt").write_text(" \n \n")
    with pytest.raises(DataError, match=r"blank\.txt"):
        attribute(load(folder, "anna", "ben"), [str(folder / "blank.txt")])


def test_passages_without_words_are_refused(folder):
    with pytest.raises(ConfigError, match="--words: got 0, expected 1 or more, the words of a passage"):
        attribute(load(folder, "anna", "ben"), [str(folder / "new-ben.txt")], 0)


def test_the_command_shows_a_table_and_json(folder, capsys):
    given = ["attribute", str(folder / "anna"), str(folder / "ben"), "--on", str(folder / "new-ben.txt")]
    assert main([*given, "--words", "20", "--passages"]) == 0
    shown = capsys.readouterr().out
    assert "passages that were held out from training go to their author" in shown
    assert "words 1 to 20" in shown
    assert main([*given, "--words", "20", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["texts"][0]["author"] == "ben"
    assert set(found["known"]) == {"passages", "right"}


def test_an_author_of_few_words_is_told_with_what_to_expect(folder):
    (folder / "brief.txt").write_text(text("carl", 40))
    train(folder, "brief", "brief")
    runs = load(folder, "anna", "brief")
    found = attribute(runs, [str(folder / "new-anna.txt")], 9)
    count, right = found.known
    assert (
        f"brief was trained on 360 words, fewer than 1,000: expect {right / count:.0%} of passages to be right, as of "
        "those that were held out"
    ) in found.remarks
    assert (
        "brief was trained on 360 words, fewer than 1,000: nobody knows how often that is right"
        in attribute(runs, [str(folder / "new-anna.txt")], 200).remarks
    )
