"""Tables whose columns have no known names."""

import pytest

from elman.runs.likely import likely
from elman.runs.unnamed import columns_meant

ROWS = range(20)
CLASSIFY, PAIR, LM = (
    "elman train classify {file} --set ",
    "elman train pair {file} --set ",
    "elman train lm {file} --set ",
)
SEQ2SEQ, COLUMN = "elman train seq2seq {file} --set ", "reader.name=column --set "


def table(path, header, row):
    lines = [row(n) for n in ROWS]
    path.write_text("".join("\t".join(map(str, cells)) + "\n" for cells in ([header] if header else []) + lines))
    return path


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (
            ["nr", "texte", "traduction"],
            lambda n: [n, f"le chien {n}", f"the dog {n}"],
            "looks like a text for each text ('texte' and 'traduction'): "
            + SEQ2SEQ
            + """'reader.columns={{source="texte", target="traduction"}}'""",
        ),
        (
            [],
            lambda n: [n, f"x{n}", f"le chien {n}", f"the dog {n}"],
            "looks like a text for each text (column 3 and column 4): "
            + SEQ2SEQ
            + "'reader.columns={{source=3, target=4}}'",
        ),
        (
            ["nr", "eins", "zwei", "urteil"],
            lambda n: [n, f"a dog {n}", f"the dog {n}", "same" if n % 2 else "other"],
            "looks like a label for two texts ('eins' and 'zwei', 'urteil'): "
            + PAIR
            + """'reader.columns={{first="eins", second="zwei", label="urteil"}}'""",
        ),
        (
            ["nr", "notes", "stars"],
            lambda n: [n, f"a film {n}", n % 4],
            "looks like a label for each text ('notes', 'stars'): "
            + CLASSIFY
            + """'reader.columns={{text="notes", labels="stars"}}'""",
        ),
        (
            ["nr", "notes"],
            lambda n: [n, f"a film {n}"],
            "looks like texts ('notes'), and no labels. Texts alone: "
            + LM
            + COLUMN
            + """'reader.columns={{text="notes"}}'""",
        ),
        (
            ["notes", "art", "tag"],
            lambda n: [f"a film {n}", "new" if n % 2 else "old", "big" if n % 3 else "small"],
            "looks like texts ('notes'), and labels in 'art' or 'tag'. "
            + CLASSIFY
            + """'reader.columns={{text="notes", labels="art"}}'; or """
            + CLASSIFY
            + """'reader.columns={{text="notes", labels="tag"}}'; or texts alone: """
            + LM
            + COLUMN
            + """'reader.columns={{text="notes"}}'""",
        ),
        (
            ["text", "price"],
            lambda n: [f"a film {n}", n + 0.25],
            "looks like a number for each text ('text', 'price' with 20 different in 20 rows), and no task learns a "
            "number of one text. Put few classes, such as high or low, in a column of their own: "
            + CLASSIFY
            + """'reader.columns={{text="text", labels="CLASS"}}'. The texts alone: """
            + LM
            + COLUMN
            + """'reader.columns={{text="text"}}'; the numbers as they are written: """
            + SEQ2SEQ
            + """'reader.columns={{source="text", target="price"}}'""",
        ),
    ],
)
def test_columns_are_told_by_what_stands_in_them_with_the_command(tmp_path, header, row, said):
    path = table(tmp_path / "a.tsv", header, row)
    assert str(columns_meant(path)) == f"{path}: {said.format(file=path)}"


@pytest.mark.parametrize("row", [lambda n: [n, n + 0.5], lambda n: [f"w{n}", f"v{n}"], lambda n: [f"a film {n}"]])
def test_other_tables_are_not(tmp_path, row):
    assert columns_meant(table(tmp_path / "a.tsv", [], row)) is None
    assert columns_meant(tmp_path / "none.tsv") is None


def test_a_text_and_its_price_are_no_text_for_a_text(tmp_path):
    priced = table(tmp_path / "a.tsv", ["text", "price"], lambda n: [f"a film {n}", n + 0.25])
    assert likely(str(priced)).candidate is None
    dated = table(tmp_path / "b.tsv", ["roh", "iso"], lambda n: [f"May {n + 1} 1999", f"1999-05-{n + 1:02}"])
    assert likely(str(dated)).candidate.task == "seq2seq"
    sums = table(tmp_path / "c.tsv", ["input", "output"], lambda n: [f"{n} + 1", n + 1])
    assert likely(str(sums)).candidate.task == "seq2seq", "as its columns are called"
