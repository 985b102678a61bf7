"""Task memory: answers of one class, errors by file, baselines, and what a user meets at the command line."""

import json
import random

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.data.fields import names_of
from elman.data.parts import Parts
from elman.data.readers import READERS
from elman.demos.memory import Story
from elman.errors import DataError
from elman.models.memory_network import MemoryNetwork
from elman.tasks import TASKS
from elman.tasks.base import DataFiles
from tests.reports import rendered

SMALL = {"model.embedding_size": 8, "training.validate_every": 100}
STORY = "Mary went to the kitchen. John moved to the garden."


def write(path, seed, stories=60):
    """Write stories in which the last sentence of a person says where that is."""
    draw = random.Random(seed)
    people, places, lines = ["Mary", "John", "Sandra"], ["kitchen", "garden", "office"], []
    for _ in range(stories):
        told = [(draw.choice(people), draw.choice(places)) for _ in range(3)]
        lines += [f"{number} {who} went to the {place}.\n" for number, (who, place) in enumerate(told, 1)]
        who = draw.choice([who for who, _ in told])
        lines.append(
            f"4 Where is {who}? \t{dict(told)[who]}\t{max(n for n, one in enumerate(told, 1) if one[0] == who)}\n"
        )
    path.write_text("".join(lines))
    return str(path)


def prepared(folder, *texts, **options):
    """Return a task and its data, of files with these texts."""
    kind, reader = TASKS.get("memory"), READERS.get("babi")
    config, paths, said = kind.Config(**options), [], []
    for number, text in enumerate(texts):
        paths.append(folder / f"qa{number + 1}_train.txt")
        paths[-1].write_text(text)
    made = reader(reader.Config(), names_of(kind.fields(config)))
    return (*kind.prepare(config, made, DataFiles(paths, paths, 0), folder, said.append), said, made, paths)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    options = {"steps": 400, "batch_size": 16, "threads": 1, "settings": SMALL}
    files = [write(folder / "qa1_train.txt", 1, 200), write(folder / "qa6_train.txt", 2, 100)]
    with rendered():
        return elman.train("memory", files, out=folder / "run", learning_rate=0.02, **options).path


def test_answers_that_differ_in_case_are_one_and_are_called_as_they_are_written(tmp_path):
    text = "1 MARY saw a box.\n2 Who?\tMary\n1 John saw mary.\n2 Who?\tmary\n3 Whom?\tmary\n4 How?\tn,s\n"
    task, data, *_ = prepared(tmp_path, text)
    words, answers = task.coder.words, task.known
    assert len(words) == len(answers)
    assert answers.tokens[words.encode(["mary"])[0]] == "mary", "as most answers have it"
    assert "Mary" not in answers
    assert answers.tokens[words.encode(["n,s"])[0]] == "n,s", "one class, as it is written"
    assert data.train.targets["answer"].values.tolist() == words.encode(["mary", "mary", "mary", "n,s"]).tolist()
    kept, *_ = prepared(tmp_path, text, lowercase=False)
    assert {"Mary", "mary"} <= set(kept.known.tokens)


def test_the_last_sentences_of_a_long_story_are_read_and_it_is_said(tmp_path):
    lines = [f"{number} Mary saw thing{number}.\n" for number in range(1, 8)]
    text = "".join(lines) + "8 What?\tthing7\n1 A cat sat.\n2 What?\tcat\n"
    task, data, said, *_ = prepared(tmp_path, text, longest=4)
    assert said == [
        "2 of 4 questions are about stories of more than 4 sentences, the longest of 7: the last 4 are read, 6 "
        "sentences in all are not seen; --set task.longest=N decides it"
    ]
    assert data.train.inputs.lengths.tolist() == [4, 1, 1, 1]
    assert "thing4" in task.coder.words
    assert "thing3" not in task.coder.words
    model = MemoryNetwork(MemoryNetwork.Config(embedding_size=4), *task.outlines)
    counts = task.evaluation(model, data.train).counts
    assert counts["questions about stories of more than 4 sentences, of which the last are read"] == 1


def test_an_only_answer_teaches_nothing(tmp_path):
    with pytest.raises(DataError, match="the only answer of the training part is 'home', expected two or more"):
        prepared(tmp_path, "1 A b.\n2 Who?\thome\n")


def test_errors_are_told_by_file_and_averaged_over_files(tmp_path):
    texts = ["1 A b.\n2 Who?\tx\n3 Who?\tx\n4 Who?\ty\n5 What?\tx\n", "1 C d.\n2 Where?\ty\n", "1 A b.\n2 Who?\tz\n"]
    task, data, *_ = prepared(tmp_path, *texts)

    class Always(MemoryNetwork):
        def answers(self, batch):
            found = super().answers(batch)
            log_probs = np.full_like(found.log_probs["answer"], -3.0)
            log_probs[..., task.known.encode(["x"])] = -0.1
            return type(found)(found.best, {"answer": log_probs}, found.attention)

    found = task.evaluation(Always(Always.Config(embedding_size=4), *task.outlines), data.valid)
    scores = {score.name: score for score in found.scores}
    assert scores["mean_error"].value == pytest.approx((1 / 4 + 1 + 1) / 3)
    assert scores["mean_error"].unit == "of questions, mean over 3 files"
    assert scores["failed_tasks"].value == 3
    assert scores["accuracy"].value == pytest.approx(3 / 6)
    assert scores["mean_error"].signature.startswith("answers:one|learned:3 files together|elman:")
    assert found.majority == {"mean_error": pytest.approx((1 / 4 + 1 + 1) / 3)}
    table = found.details[0]
    assert table.title == "By file"
    assert [list(row) for row in table.rows] == [
        ["qa1_train.txt", 0.25, 0.25, 4, 1],
        ["qa2_train.txt", 1.0, 1.0, 1, 1],
        ["qa3_train.txt", 1.0, 1.0, 1, 1],
    ]


def test_an_answer_that_was_not_learned_is_wrong_and_told(run, tmp_path):
    path = tmp_path / "new.txt"
    path.write_text("1 Mary went to the garden.\n2 Where is Mary?\tgarden\n3 Where is Mary?\tmoon,sun\n")
    found = elman.load(run).evaluate(path)
    assert found.counts["answers that were not learned, and cannot be given"] == 1
    assert next(one for one in found.details if one.title == "Answers that were not learned").rows == [["moon,sun", 1]]
    assert next(score for score in found.scores if score.name == "accuracy").value == 0.5


def test_a_file_none_of_whose_answers_was_learned_is_refused(run, tmp_path):
    path = tmp_path / "new.txt"
    path.write_text("1 Mary went to the garden.\n2 Where is Mary?\tmoon\n")
    with pytest.raises(DataError, match="no answer of this file was learned in training: got 'moon'"):
        elman.load(run).evaluate(path)


def test_baselines_see_the_question_alone_or_the_last_sentence_alone(tmp_path):
    text = (
        "1 A b.\n2 Who?\tx\n3 Who?\tx\n4 Who?\ty\n5 How?\ty\n"
        "1 C d.\n2 How?\ty\n3 Who?\tz\n1 E f.\n2 C d.\n3 Who?\tz\n4 Which?\tz\n"
    )
    task, data, *_ = prepared(tmp_path, text)
    models = task.trivial(data)
    assert list(models) == ["question only", "last sentence only"]
    questions, sentences = models.values()
    batch = task.batch(data.train, np.arange(8))
    by_question = [task.known.tokens[best] for best in questions.answers(batch).best["answer"][:, 0]]
    assert by_question == ["z", "z", "z", "y", "y", "z", "z", "z"], "of equals the one that is more frequent"
    by_sentence = [task.known.tokens[best] for best in sentences.answers(batch).best["answer"][:, 0]]
    assert by_sentence == ["y"] * 4 + ["z"] * 4
    rates = np.exp(questions.answers(batch).log_probs["answer"][:, 0])
    np.testing.assert_allclose(rates.sum(1), 1)
    x = task.known.encode(["x"])[0]
    assert rates[0, x] == pytest.approx((2 + 2 / 8) / (5 + 1))
    new = task.batch(task.encode([task.about("G h.", "Whose?")]), np.arange(1))
    assert questions.answers(new).best["answer"][0, 0] in task.known.encode(["y", "z"]), "what is most frequent"


def test_D9_it_learns_and_beats_what_needs_no_story(run):
    events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    easy = {one["model"]: one["value"] for one in events if one["event"] == "baseline"}
    assert set(easy) == {"question only", "last sentence only", "most_frequent"}
    assert elman.load(run).evaluate(run.parent / "qa1_train.txt").scores[0].value < 0.1 < min(easy.values())


def test_the_report_has_hop_pictures(run):
    page = (run / "report.html").read_text()
    assert page.count(">story<") == 4
    assert page.count(">hops<") == 5, "the fifth is the option"


def test_questions_about_a_story_of_ones_own(run, tmp_path, capsys):
    story = tmp_path / "story.txt"
    story.write_text("Mary went to the kitchen. John went to the garden.\nMary went to the office.\n")
    asked = ["--question", "Where is Mary?", "--question", "Where is John?"]
    assert main(["predict", str(run), str(story), *asked, "--k", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["office", "garden"]
    assert [line.split("\t")[-1] for line in lines] == ["Where is Mary?", "Where is John?"]
    assert main(["predict", str(run), str(story), *asked[:2], "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["question"] == "Where is Mary?"
    assert facts["answers"][0]["answer"] == "office"
    assert facts["attention"]["story"] == [
        "Mary went to the kitchen.",
        "John went to the garden.",
        "Mary went to the office.",
    ]
    hops = np.array(facts["attention"]["hops"])
    assert hops.shape == (3, 3)
    np.testing.assert_allclose(hops.sum(1), 1, atol=1e-3)
    assert hops[-1].argmax() == 2


def test_a_line_is_a_story_a_tab_and_a_question_and_a_file_is_one_of_training(run, tmp_path, capsys):
    lines = tmp_path / "lines.txt"
    lines.write_text("Mary went to the kitchen. Mary went to the office.\tWhere is Mary?\n")
    assert main(["predict", str(run), str(lines), "--k", "1"]) == 0
    assert capsys.readouterr().out.split()[0] == "office"
    like = tmp_path / "like.txt"
    like.write_text("1 John went to the garden.\n2 Where is John?\tgarden\n")
    assert main(["predict", str(run), str(like), "--k", "1"]) == 0
    assert capsys.readouterr().out.split()[0] == "garden"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Mary went home.", "got 0 tabs in 'Mary went home.', expected one, between a story and a question about it."),
        ("a\tb\tc", "got 2 tabs in 'a\\tb\\tc', expected one, between a story and a question about it."),
        ("\tWhere?", "no story: got nothing, expected some words. Give it."),
        ("Mary went home.\t ", "no question: got nothing, expected some words. Give it."),
    ],
)
def test_a_line_that_is_no_question_is_refused(run, line, said):
    task = elman.load(run).task
    with pytest.raises(DataError) as refused:
        task.parse(line, False)
    assert str(refused.value).startswith(said)


def test_a_question_is_asked_of_runs_about_stories_alone(tmp_path, capsys):
    (tmp_path / "names.tsv").write_text("".join(f"{'ab'[n % 2]} c\t{'xy'[n % 2]}\n" for n in range(40)))
    other = elman.train("classify", tmp_path / "names.tsv", out=tmp_path / "run", model="most_frequent").path
    assert main(["predict", str(other), str(tmp_path / "names.tsv"), "--question", "Who?"]) == 2
    assert "task 'classify' has no questions; a run of task 'memory' or 'qa' has." in capsys.readouterr().err


def test_a_file_of_stories_is_described_with_the_command_that_learns_from_it(tmp_path, capsys):
    path = tmp_path / "qa1.txt"
    path.write_text("1 Mary went home.\n2 John left.\n3 Who left?\tJohn\n1 Ann sat.\n2 Who sat?\tAnn\n")
    assert main(["describe", str(path)]) == 0
    said = capsys.readouterr().out
    assert "babi: story, question, answer" in said
    assert "longest 7" in said, "the words of a story and its question"
    assert f"elman train memory {path}" in said


def test_examples_that_are_there_twice_are_questions(tmp_path):
    _, _, _, made, paths = prepared(tmp_path, "1 A b.\n2 Who?\tx\n3 Where?\ty\n")
    examples, kind = list(made.read(paths)), TASKS.get("memory")
    parts = Parts(kind.fields(None), names_of(kind.inputs(None)), examples)
    assert parts.things == "questions"


def test_where_hops_looked_is_inspected(run, tmp_path, capsys):
    line = "Mary went to the kitchen. John went to the garden. Mary went to the office.\tWhere is Mary?"
    assert main(["inspect", str(run), "hops", line]) == 0
    question, answers, names, *rows = capsys.readouterr().out.splitlines()
    assert question == "Where is Mary?"
    assert answers.startswith("office ")
    assert names.split() == ["sentence", "hop", "1", "hop", "2", "hop", "3"]
    assert rows[-1].startswith("Mary went to the office.")
    assert main(["inspect", str(run), "hops", line, "--out", str(tmp_path / "seen.svg")]) == 0
    assert ">Mary went to the office.<" in (tmp_path / "seen.svg").read_text()
    assert main(["inspect", str(run), "hops", line, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["attention"]["story"][0] == "Mary went to the kitchen."


def test_what_looks_nowhere_has_no_hops_to_inspect(run, tmp_path, capsys):
    plain = elman.train("memory", run.parent / "qa1_train.txt", out=tmp_path / "run", model="most_frequent").path
    assert main(["inspect", str(plain), "hops", f"{STORY}\tWhere is Mary?"]) == 2
    assert "most frequent answer looks at no sentence of the story." in capsys.readouterr().err


def test_stories_of_the_demonstration_say_where_things_are():
    for seed in range(30):
        where, told = {}, []
        for line in Story(random.Random(seed)).lines():
            number, _, text = line.strip().partition(" ")
            assert int(number) == len(told) + 1
            told.append(text)
            if "\t" not in text:
                continue
            question, answer, lines = text.split("\t")
            facts = [told[int(line) - 1] for line in lines.split()]
            assert not any("\t" in fact for fact in facts), "an answer follows from sentences"
            assert any(answer in fact for fact in facts)
            assert question.split()[-1].strip("?") in facts[0]
            where[question] = answer
        assert where
