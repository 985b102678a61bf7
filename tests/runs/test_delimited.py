"""Examples that are read as running text."""

import pytest

from elman.runs.delimited import delimited

FILMS = [(f"the film is {n} hours long", ("good", "bad")[n % 2]) for n in range(20)]
LEARNED = "are learned as if they were text. "
ALONE = "Its texts alone: elman train lm {file} --set reader.name=column"
CLASSIFY = ". To learn a label for each text: elman train classify {file}"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "a.csv",
            "review,sentiment\n" + "".join(f"{text},{label}\n" for text, label in FILMS),
            f"looks like table (review, sentiment): its delimiters and all columns {LEARNED}{ALONE}{CLASSIFY}",
        ),
        (
            "b.jsonl",
            "".join(f'{{"text": "{text}", "label": "{label}"}}\n' for text, label in FILMS),
            f"looks like jsonl (text, label): its keys and all values {LEARNED}{ALONE}{CLASSIFY}",
        ),
        (
            "c.txt",
            "".join("the O\ncat B-ANI\n\n" for _ in FILMS),
            "looks like conll (a word and its tag a line, an empty line after each sentence): its tags "
            f"{LEARNED}{ALONE}. To learn a tag for each word: elman train tag {{file}}",
        ),
        (
            "d.csv",
            "id,day,notes,stars\n" + "".join(f"{n},{n}.1.,{text},{n}\n" for n, (text, _) in enumerate(FILMS)),
            f"looks like a table: its delimiters and all columns {LEARNED}{ALONE} --set "
            """'reader.columns={{text="notes"}}'""",
        ),
        (
            "e.csv",
            "hour,load\n" + "".join(f"2024-01-01 {n:02}:00,{n / 7:.2f}\n" for n in range(20)),
            f"looks like a table of numbers: its delimiters and all columns {LEARNED}To learn numbers over time: elman "
            "train forecast {file}",
        ),
    ],
)
def test_what_looks_like_examples_is_told_with_the_commands(tmp_path, name, text, said):
    path = tmp_path / name
    path.write_text(text)
    assert delimited([str(path)], "lm") == [f"{path}: {said.format(file=path)}"]


@pytest.mark.parametrize(
    "text",
    [
        "It was late, and nobody came.\nShe went, in the end, home.\n\nThe door, which was open, fell shut.\n" * 9,
        "Anna\nBo\nCarla\nDag\n" * 9,
        "the cat sees a dog\na dog sees the cat\n" * 9,
        "def f(x):\n    return [x, 2]\n\n\nprint(f(1), f(2))\n" * 9,
        "ROMEO:\nO, it is night, my lord.\n\nJULIET:\nSo it is.\n\n" * 9,
    ],
)
def test_prose_names_and_code_are_text(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    assert delimited([str(tmp_path / "a.txt")], "lm") == []
    assert delimited([str(tmp_path / "no.txt")], "lm") == []
    assert delimited([str(tmp_path)], "lm") == []
