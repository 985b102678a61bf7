"""The wrong task for a file is refused with the right one, whatever the file and whatever the task."""

import shlex

import pytest

from elman.config import Settings
from elman.errors import DataError
from elman.training.recognizing import recognized

BLANKS = "-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\n\nPeter NNP B-PER\nBlackburn NNP I-PER\n\n"
TABS = "EU\tB-ORG\nrejects\tO\n\nPeter\tB-PER\ncame\tO\n\n"
CONLLU = "".join(f"{n}\t{word}\t_\tX\t_\t_\t0\t_\t_\t_\n" + "\n" * (n == 2) for word in "abc" for n in (1, 2))
ANSWERS = {
    "tag": "a tag for each word",
    "classify": "a label for each text",
    "pair": "a label for each pair of texts",
    "seq2seq": "a text for each text",
    "ctc": "a text for each recording",
    "forecast": "numbers over time",
}
LETTERS = [str(10007 * n).translate(str.maketrans("0123456789", "abcdefghij")) for n in range(1, 41)]
FILES = {
    "reviews.csv": ("text,label\n" + "a good film,pos\na bad film,neg\n" * 20, "classify", "table (text, label)"),
    "reviews.jsonl": ('{"text": "a film", "label": "pos"}\n{"text": "b", "label": "neg"}\n' * 9, "classify", "jsonl"),
    "names.conll": (BLANKS * 20, "tag", "conll (a word and its tag a line, an empty line after each sentence)"),
    "dates.tsv": (
        "source\ttarget\n" + "".join(f"{one} day\t{one[::-1]} at night\n" for one in LETTERS),
        "seq2seq",
        "table (source, target)",
    ),
    "sensors.csv": (
        "s1,s2,s3,label\n" + "".join(f"0.{n},1.{n},2.{n},{'ab'[n % 2]}\n" for n in range(20)),
        "classify",
        "wide (frames, label",
    ),
    "pairs.tsv": (
        "sentence1\tsentence2\tlabel\n" + "".join(f"{one} x\t{one} y\t{'ab'[len(one) % 2]}\n" for one in LETTERS),
        "pair",
        "table (sentence1, sentence2, label)",
    ),
}


def refusal(path, text, task):
    """Return what is said of a file that is given to a task; empty where it is taken."""
    path.write_text(text)
    try:
        recognized(Settings({"task": {"name": task}, "data": {"train": [str(path)]}}))
    except DataError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("text", "task", "like", "otherwise"),
    [
        (BLANKS * 30, "classify", "conll", "; or, if each line is a text, --set reader.name=labeled"),
        (TABS, "classify", "conll", "; or, if each line is a text, --set reader.name=table"),
        (CONLLU, "classify", "conllu", "; or, if each line is a text, --set reader.name=table"),
        (BLANKS, "pair", "conll", ""),
    ],
)
def test_words_with_tags_are_no_texts_with_labels(tmp_path, text, task, like, otherwise):
    path = tmp_path / "a.txt"
    assert refusal(path, text, task) == (
        f"{path}: looks like {like} (a word and its tag a line, an empty line after each sentence): got a tag for each "
        f"word, expected {ANSWERS[task]}. Train tag? elman train tag {path}{otherwise}."
    )


@pytest.mark.parametrize(
    ("name", "text", "like"),
    [
        ("a.tsv", "text\tlabel\n" + "good film\tpos\nbad film\tneg\n" * 9, "table (text, label)"),
        ("a.jsonl", '{"text": "good film", "label": "pos"}\n' * 9, "jsonl (text, label)"),
    ],
)
def test_texts_with_labels_are_no_words_with_tags(tmp_path, name, text, like):
    path = tmp_path / name
    assert refusal(path, text, "tag") == (
        f"{path}: looks like {like}: got a label for each text, expected a tag for each word. Train classify? elman "
        f"train classify {path}; or, if each line is a word with its tag, --set reader.name=conll."
    )


@pytest.mark.parametrize("task", ANSWERS)
@pytest.mark.parametrize("name", FILES)
def test_every_task_names_the_one_that_a_file_is_good_for(tmp_path, name, task):
    text, meant, like = FILES[name]
    path = tmp_path / name
    said = refusal(path, text, task)
    if task == meant or (name, task) == ("sensors.csv", "forecast"):  # numbers over time can be forecast, too
        assert said == ""
        return
    answer = "a label for each series of numbers" if name == "sensors.csv" else ANSWERS[meant]
    command = f"elman train {meant} {shlex.quote(str(path))}"
    looks = f"{path}: looks like {like}", f": got {answer}, expected {ANSWERS[task]}. Train {meant}? {command}"
    cannot = f"Or train {meant}? {command}"
    assert (said.startswith(looks[0]) and looks[1] in said) or said.endswith(cannot), said


def test_running_text_is_for_a_language_model(tmp_path):
    text = "It was the best of times,\nit was the worst of times.\n\nThey were all going direct to heaven.\n" * 9
    for task in ("tag", "pair", "seq2seq", "ctc", "forecast"):
        path = tmp_path / f"{task}.txt"
        said = refusal(path, text, task)
        assert "looks like none of the formats that hold" in said
        assert said.endswith(f"As running text: elman train lm {path}")


def test_a_folder_of_classes_is_no_pair_of_texts(tmp_path):
    for name in ("pos", "neg"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text("a film")
    with pytest.raises(DataError, match=r"looks like folders \(text, labels\): got a label for each text, e"):
        recognized(Settings({"task": {"name": "pair"}, "data": {"train": [str(tmp_path)]}}))


def test_a_format_that_is_named_is_read(tmp_path):
    path = tmp_path / "names.conll"
    path.write_text(BLANKS * 9)
    tree = {"task": {"name": "classify"}, "data": {"train": [str(path)]}, "reader": {"name": "labeled"}}
    assert recognized(Settings(tree)) == []


def test_many_labels_with_the_usual_names_are_labels(tmp_path):
    rows = "".join(f"{one} {one},{one}\n" for one in LETTERS)
    assert refusal(tmp_path / "a.csv", f"text,label\n{rows}", "classify") == ""


def test_a_list_of_recordings_that_moved_is_no_table(tmp_path):
    path = tmp_path / "list.tsv"
    said = refusal(path, "".join(f"sound/{one}.wav\t{one}\n" for one in LETTERS), "ctc")
    assert f"{path}: names no recordings that are there: got 'sound/{LETTERS[0]}.wav', looked for in {tmp_path}" in said
    assert "--set reader.folder=FOLDER names another folder." in said
