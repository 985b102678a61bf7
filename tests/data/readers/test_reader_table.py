"""Tables."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.checks import CHECKS
from elman.config import Settings
from elman.data.fields import Field, Kind
from elman.data.parts import Parts
from elman.data.readers.table import TableReader
from elman.errors import ConfigError, DataError
from tests.fields import kinds

LABELED = ("text", "labels")
PAIR = ("first", "second", "label")


def read(path, text, fields=LABELED, **options):
    path.write_text(text, encoding="utf-8", newline="")
    reader = TableReader(TableReader.Config(**options), fields)
    return [tuple(example.fields.values()) for example in reader.read([path])], reader


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.csv"


def test_columns_are_known_by_their_names(path):
    text = "id,Sentiment,Gold Label,REVIEW\n1,pos,x,a film\n"
    assert read(path, text)[0] == [("a film", ["pos"])]
    sick = "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n1\ta b\tc\t4.5\tNEUTRAL\n"
    assert read(path, sick, PAIR)[0] == [("a b", "c", "NEUTRAL")]
    assert read(path, sick, ("first", "second", "score"))[0] == [("a b", "c", "4.5")]
    assert read(path, sick, ("first", "second"))[0] == [("a b", "c")]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("x,Body,stars\n1,a,good\n", {"text": "body", "labels": "stars"}),
        ("x,sentence,stars\n1,a,good\n", {"label": "stars"}),
        ("x,sentence,stars\n1,a,good\n", {"text": 2, "label": 3}),
        ("1,a,good\n", {"text": 2, "labels": 3}),
    ],
)
def test_columns_are_named_or_counted(path, text, columns):
    assert read(path, text, columns=columns)[0] == [("a", ["good"])]


def test_a_header_may_be_said_to_be_there_or_not(path):
    assert read(path, "sentence,label\na,b\n", header="no")[0] == [("sentence", ["label"]), ("a", ["b"])]
    assert read(path, "x,y\na,b\n", header="yes", columns={"text": 1, "labels": 2})[0] == [("a", ["b"])]


def test_without_a_header_the_label_is_what_differs_less(path):
    rows = "good,one\nbad,two\ngood,three\n"
    examples, reader = read(path, rows)
    assert examples == [("one", ["good"]), ("two", ["bad"]), ("three", ["good"])]
    path.write_text("good,one\n")
    assert next(reader.read([path])).fields["labels"] == ["good"]
    assert read(path, "one,good\ntwo,bad\nthree,good\n")[0][0] == ("one", ["good"])
    assert read(path, "a long text,good\n")[0] == [("a long text", ["good"])]


def test_without_a_header_a_pair_is_in_order_and_prediction_needs_one_column(path):
    assert read(path, "a\tb\tyes\n", PAIR)[0] == [("a", "b", "yes")]
    assert read(path, '"well, a"\nb\n', ("text",))[0] == [("well, a",), ("b",)]


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
def test_delimiters_are_guessed(path, delimiter):
    assert read(path, f"\ntext{delimiter}label\na b{delimiter}c\n")[0] == [("a b", ["c"])]


def test_a_delimiter_may_be_named(path):
    assert read(path, "a, b;x\nc;y\nd;x\n", delimiter=";")[0][0] == ("a, b", ["x"])


def test_quotes_are_quotes_in_csv_and_text_in_tsv(path):
    text = 'text,label\n"He said ""no""\nand, left",x\nb,y\n'
    path.write_text(text)
    reader = TableReader(TableReader.Config(), LABELED)
    examples = list(reader.read([path]))
    assert examples[0].fields["text"] == 'He said "no"\nand, left'
    assert [example.where for example in examples] == [f"{path}:2", f"{path}:4"]
    assert read(path, 'text\tlabel\n"so" it\tx\n')[0] == [('"so" it', ["x"])]
    assert read(path, 'text\tlabel\n"a\tb"\tx\n', quoting=True)[0] == [("a\tb", ["x"])]
    assert read(path, 'text,label\n"so" it,x\n', quoting=False)[0] == [('"so" it', ["x"])]


def test_several_labels_in_a_cell(path):
    assert read(path, "text,labels\na,x; y;\n", label_separator=";")[0] == [("a", ["x", "y"])]


def test_what_is_empty_is_passed_over(path):
    examples, reader = read(path, "text,label\n\n ,x\na,x\nb,\n,\n")
    assert examples == [("a", ["x"]), ("b", [])], "whether no label is an answer is for the task to say"
    assert reader.skipped == {"empty rows": 2, "rows with empty text": 1}
    examples, reader = read(path, "first,second,label\na,b,x\na,b,\n", PAIR)
    assert examples == [("a", "b", "x")]
    assert reader.skipped == {"rows without a label": 1}
    _, reader = read(path, "first,second,score\na,b,1\na,b, \n", ("first", "second", "score"))
    assert reader.skipped == {"rows without a score": 1}


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "review,stars\na,1\n",
            {},
            r"a\.csv:1: no column for labels: got the columns review, stars, expected one of label, .*\. Say which it "
            r"is, such as --set reader\.columns='\{text=\"review\", labels=\"stars\"\}'; or, if that row is data, "
            r"--set reader\.header=no\.",
        ),
        (
            "Corpus,stars\na,1\n",
            {"header": "yes"},
            r"no column for text and labels: .*'\{text=\"Corpus\", labels=\"stars\"\}'",
        ),
        (
            "a,b\n",
            {"columns": {"text": "body"}},
            r":1: no column for text and labels: got the columns a, b, expected body",
        ),
        ("text,label\na,b\n\na,b,c\n", {}, r":4: got 3 columns, expected 2 as on line 1\. Quote a cell that has the"),
        ("text,label\na\n", {}, r":2: got 1 column, expected 2 as on line 1\."),
        (
            "a,b,c\n",
            {},
            r":1: got 3 columns and no header that is known, expected 2: text, labels\. Say which column is which, "
            r"such as --set reader\.columns='\{text=1, labels=2\}'; by name if there is a header\.",
        ),
        (
            "a,b\n",
            {"columns": {"text": 3}},
            r":1: got 2 columns, expected 3 or more, since reader\.columns has text=3\.",
        ),
        (
            'text,label\n"a,b\nc,d\n',
            {},
            r":2: not a row of a table: unexpected end of data, expected each quote to end",
        ),
        ('text,label\n"a" b,d\n', {}, r":2: not a row of a table: .* set reader\.quoting=false if quotes are text\."),
        ("text,label\n", {}, r"a\.csv: no example in it: got nothing, expected one or more\. Is it the file\?"),
        ('"",""\n', {}, r"a\.csv: no example in it: got 1 empty row, expected one or more\."),
    ],
)
def test_what_is_refused(path, text, options, message):
    with pytest.raises(DataError, match=message):
        read(path, text, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": {"txt": 1}}, r"\[reader\] columns: got the field 'txt', expected one of: text, labels"),
        ({"columns": {"text": 0}}, r"\[reader\] columns: got text = 0, expected a name or a number from 1\."),
        (
            {"columns": {"text": "a"}, "header": "no"},
            r"columns: got a name, expected numbers from 1, since reader\.header",
        ),
        ({"delimiter": "ab"}, r"\[reader\] delimiter: got 'ab', expected one character, such as ';', or auto\."),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ConfigError, match=message):
        Settings({"reader": {"name": "table", **options}}).build("reader", TableReader.Config)


def test_columns_are_set_on_the_command_line(path):
    settings = Settings({"reader": {"name": "table"}})
    settings.set_text('reader.columns={text="sentence", label=2}')
    assert settings.build("reader", TableReader.Config).columns == {"text": "sentence", "label": 2}


def test_what_it_gives_and_recognizes():
    assert all(TableReader.gives(kinds(names)) for names in (LABELED, PAIR, ("first", "second", "score")))
    assert not TableReader.gives(kinds(("words", "tags")))
    look = TableReader.recognizes
    assert look(Path("a.TSV.gz"), "", LABELED) == 3
    assert look(Path("a.csv,b.csv"), "", LABELED) == 0
    assert look(Path("a.txt"), "a\tb\nc\td\n", LABELED) == 2
    assert look(Path("a.txt"), "a\tb\nc\td\n", PAIR) == 0
    assert look(Path("a.txt"), "a\tb\nc\n", LABELED) == 0
    assert look(Path("a.txt"), "a b\nc\n", LABELED) == 0


def test_a_line_may_name_the_delimiter(path):
    examples, reader = read(path, "\nsep=;\ntext;label\na, b;x\nc;y\n")
    assert examples == [("a, b", ["x"]), ("c", ["y"])]
    assert reader.skipped == {"lines naming the delimiter": 1}
    assert reader.remarks == ["a.csv: the delimiter is ';', as its first line says"]
    assert [one.where for one in reader.read([path])] == [f"{path}:4", f"{path}:5"]
    assert read(path, '"sep=|"\ntext|label\na,b|x\n')[0] == [("a,b", ["x"])]


def test_all_lines_decide_the_delimiter(path):
    rows = "".join(f"Film {i} was good, really;pos\nFilm {i} was bad, sadly;neg\n" for i in range(3))
    examples, reader = read(path, rows)
    assert examples[:2] == [("Film 0 was good, really", ["pos"]), ("Film 0 was bad, sadly", ["neg"])]
    assert reader.remarks[0] == (
        "a.csv: the delimiter is ';', guessed, though ',' fits too; --set reader.delimiter=',' takes that"
    )
    assert read(path, "I like it, really;pos\nso;neg\nbad, very, bad;neg\n")[0][2] == ("bad, very, bad", ["neg"])
    assert read(path, 'text,label\n"a;b",x\n"c;d",y\n')[0] == [("a;b", ["x"]), ("c;d", ["y"])]


def test_comments_before_a_table_are_passed_over(path):
    examples, reader = read(path, "# exported\n# by hand\ntext,label\na,x\n")
    assert examples == [("a", ["x"])]
    assert reader.skipped == {"comments": 2}
    assert read(path, "#id,text,label\n1,a,x\n")[0] == [("a", ["x"])], "a header"


def test_the_row_that_does_not_fit_is_named_even_if_it_is_the_first(path):
    with pytest.raises(DataError, match=r"a\.csv:1: got 1 column, expected 2 as on line 2\."):
        read(path, "exported\ntext,label\na,x\n")
    message = r":3: got 1 column, expected 2 as on line 1\. Quotes are text where .*: set reader\.quoting=true"
    with pytest.raises(DataError, match=message):
        read(path, 'text\tlabel\na\tx\n"b\nc"\ty\nd\tx\n')


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        ("v1,v2", ("label", "text")),
        ("tweet,target", ("text", "label")),
        ("message,y", ("text", "label")),
        ("title,label", ("text", "label")),
        ("body,class", ("text", "label")),
        ("source,target", ("text", "label")),
    ],
)
def test_names_that_say_something_together(path, names, fields):
    found = read(path, f"{names}\n{','.join('a b' if field == 'text' else 'x' for field in fields)}\n")[0]
    assert found == [("a b", ["x"])]
    assert read(path, "good film,y\nbad film,n\n")[0][0] == ("good film", ["y"]), "one alone is a label"


def test_the_columns_of_msrp(path):
    text = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t70\t71\tHe said so\tSo he said\n"
    assert read(path, text, PAIR)[0] == [("He said so", "So he said", "1")]


def test_the_label_of_a_pair_without_a_header_is_the_column_that_differs_least(path):
    rows = "".join(f"{i % 2}\tit is {i} cold\tit is {i} hot\n" for i in range(12))
    examples, reader = read(path, rows, PAIR)
    assert examples[:2] == [("it is 0 cold", "it is 0 hot", "0"), ("it is 1 cold", "it is 1 hot", "1")]
    columns = "{first=2, second=3, label=1}"
    assert reader.remarks[0] == f"columns: {columns}, guessed; --set reader.columns='{columns}' decides it"
    assert reader.settled.columns == {"first": 2, "second": 3, "label": 1}
    scored = "".join(f"{i}.5\ta {i}\tb {i}\n" for i in range(12))
    assert read(path, scored, ("first", "second", "score"))[0][0] == ("a 0", "b 0", "0.5")


def test_a_pair_without_labels_is_refused(path):
    message = (
        r"a\.csv:1: no header that is known, and no column of labels: got 12 different cells in 12 rows where they "
        r"differ least, expected few\. Say which .*: --set reader\.columns='\{first=1, second=2, label=3\}'"
    )
    with pytest.raises(DataError, match=message):
        read(path, "".join(f"text {i}\tother {i}\t{i}\n" for i in range(12)), PAIR)


def test_what_to_set_follows_from_what_the_columns_have(path):
    rows = "".join(f"{i % 2}\t{i}\t{i + 70}\tHe said {i}\tIt said {i}\n" for i in range(12))
    with pytest.raises(DataError, match=r"reader\.columns='\{first=4, second=5, label=1\}'"):
        read(path, rows, PAIR)


def test_a_first_row_whose_label_occurs_nowhere_else_names_the_columns(path):
    rows = "".join(f"a film {i},{i % 2}\n" for i in range(12))
    examples, reader = read(path, f"plot,stars\n{rows}")
    assert examples[0] == ("a film 0", ["0"])
    columns, why = '{text="plot", labels="stars"}', "since that label occurs nowhere else"
    assert reader.remarks == [
        f"columns: {columns}, guessed; --set reader.columns='{columns}' decides it",
        f"header: plot | stars, guessed, {why}; --set reader.header=no if that row is data",
    ]
    assert reader.settled.columns == {"text": "plot", "labels": "stars"}
    assert read(path, f"plot,1\n{rows}")[0][0] == ("plot", ["1"])
    assert read(path, f"plot,stars\n{rows}", header="no")[0][0] == ("plot", ["stars"])


def test_a_first_row_whose_label_is_a_question_names_the_columns(path):
    rows = "".join(f"a film {i},{'good' if i % 2 else 'very bad'}\n" for i in range(12))
    examples, reader = read(path, f"What you said (all),How do you rate it?\n{rows}")
    assert examples[0] == ("a film 0", ["very bad"])
    assert reader.remarks[1].startswith("header: What you said (all) | How do you rate it?, guessed, since that label")
    assert read(path, f"some long story,so bad\n{rows}")[0][0] == ("some long story", ["so bad"])


def test_headers_of_joined_files_are_no_rows(path):
    examples, reader = read(path, "text,label\na,x\ntext,label\nb,y\n")
    assert examples == [("a", ["x"]), ("b", ["y"])]
    assert reader.skipped == {"headers again": 1}


def test_what_is_to_be_answered_has_a_row_each(path):
    path.write_text('text,label\ngood film,pos\n,neg\n"",pos\n,\n\nbad,\n')
    reader = TableReader(TableReader.Config(), ("text",)).for_answers()
    assert [example.fields["text"] for example in reader.read([path])] == ["good film", "", "", "", "bad"]


def test_other_delimiters_are_recognized_where_few_labels_differ():
    look = TableReader.recognizes
    assert look(Path("a.txt"), "pos, good film 0\nneg, bad film 0\npos, good film 1\nneg, cut", LABELED) == 2
    assert look(Path("a.txt"), "pos|good film 0\nneg|bad film 0\npos|good film 1\nneg|cut", LABELED) == 2
    assert look(Path("a.txt"), "sep=;\na;b\n", LABELED) == 3
    assert look(Path("a.txt"), "Well, so it is.\nYes, it is so.\nNo, not at all.\nOh, cut", LABELED) == 0


cell = st.text(st.characters(codec="utf-8", exclude_characters="\r\ufeff")).filter(lambda text: text.strip())


@given(rows=st.lists(st.tuples(cell, cell), min_size=1), delimiter=st.sampled_from(",;|\t"))
def test_what_is_written_is_read_with_its_line(tmp_path_factory, rows, delimiter):
    path = tmp_path_factory.mktemp("table") / "a.csv"
    stream, lines = io.StringIO(), []
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    for row in [("text", "label"), *rows]:
        lines.append(stream.getvalue().count("\n") + 1)
        writer.writerow(row)
    path.write_text(stream.getvalue(), encoding="utf-8")
    reader = TableReader(TableReader.Config(quoting=True), LABELED)
    examples = list(reader.read([path]))
    assert [example.fields for example in examples] == [{"text": a.strip(), "labels": [b.strip()]} for a, b in rows]
    assert [example.where for example in examples] == [f"{path}:{line}" for line in lines[1:]]


@given(rows=st.lists(st.tuples(*[cell.filter(lambda text: not set("\n\t") & set(text))] * 3), min_size=1))
def test_tabs_need_no_quotes(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("table") / "a.tsv"
    text = "first\tsecond\tlabel\n" + "".join("\t".join(row) + "\n" for row in rows)
    assert read(path, text, PAIR)[0] == [tuple(text.strip() for text in row) for row in rows]


def test_pairs_without_a_consensus_are_passed_over(path):
    text = "gold_label\tsentence1\tsentence2\n-\ta\tb\nneutral\t-\tb\n - \ta\tc\n"
    examples, reader = read(path, text, PAIR)
    assert examples == [("-", "b", "neutral")]
    assert reader.skipped == {"rows without a label": 2}
    assert read(path, "text,label\na,-\n")[0] == [("a", ["-"])], "a label like another of a text alone"
    assert read(path, "first,second,label\na,b,-\n", PAIR)[0] == [("a", "b", "-")], "and in any other column"


def test_what_tools_write_for_a_missing_cell_is_kept_and_told_by_the_check(path):
    text = "text,label\na b,NaN\nnull,x\nc,NaN\n"
    assert read(path, text)[0] == [("a b", ["NaN"]), ("null", ["x"]), ("c", ["NaN"])]
    parts = Parts((Field("text", Kind.TEXT), Field("labels", Kind.LABELS)), ("text",), [])
    rows = list(TableReader(TableReader.Config(), ("text", "labels")).read([path]))
    told = "Leave such rows out if a value is missing there."
    assert list(CHECKS.get("missing_values")().find(replace(parts, train=rows))) == [
        f"text: 'null' 1 time, first in {path}:3: read as a text of that name. {told}",
        f"labels: 'NaN' 2 times, first in {path}:2: read as a class of that name. {told}",
    ]


def test_signs_without_width_are_told_and_known_in_names(path):
    examples, reader = read(path, "\u200btext,label\na,x\nb,x\u200b\n")
    assert [labels for _, labels in examples] == [["x"], ["x\u200b"]]
    told = "a.csv: 1 time a sign without width (U+FEFF or U+200B) at an edge makes another word or label of it, first "
    assert reader.remarks == [f"{told}labels 'x\\u200b' in {path}:3"]
    examples, reader = read(path, "text,label\na,x\n\ufefftext,label\nc,y\n")
    assert [labels for _, labels in examples] == [["x"], ["y"]], "a mark within joined files is no sign"


@pytest.mark.parametrize(
    "header", ["name,language", "surname,nationality", "first_name,gender", "word,lang", "sms,label", "query,intent"]
)
def test_a_table_of_names_has_a_header_that_is_known(path, header):
    assert read(path, f"{header}\nAnna,de\nBo,sv\n")[0] == [("Anna", ["de"]), ("Bo", ["sv"])]


@pytest.mark.parametrize("header", ["word1,word2,label", "q1,q2,label", "string1,string2,quality"])
def test_a_table_of_pairs_has_a_header_that_is_known(path, header):
    assert read(path, f"{header}\na,b,x\n", PAIR)[0] == [("a", "b", "x")]


def test_a_pair_with_a_score_and_no_label_is_told_how_to_predict_it(path):
    with pytest.raises(DataError) as refused:
        read(path, "word1,word2,score\na,b,0.5\n", PAIR)
    assert "no column for label: got the columns word1, word2, score, expected one of label, " in str(refused.value)
    assert "; or, if 'score' is to be predicted as a number, --set task.target=score" in str(refused.value)


def test_scores_with_decimal_commas_are_read_and_said(path):
    rows, reader = read(path, "first;second;score\na;b;1,5\nc;d;2\n", ("first", "second", "score"))
    assert [row[2] for row in rows] == ["1.5", "2"]
    assert f"{path.name}: scores: decimals stand behind commas: 1,5 is 1.5" in reader.remarks


def test_the_header_of_scored_words_is_one(path):
    rows, reader = read(path, "word1,word2,score\nsun,light,5\nred,blue,2\n", ("first", "second", "score"))
    assert rows == [("sun", "light", "5"), ("red", "blue", "2")]
    assert reader.remarks == []


REVIEWS = [(f"film {i} is good", f"y{i % 2}") for i in range(12)]
NAMES = [(f"Anna{i}", f"country {i % 3}") for i in range(12)]


@pytest.mark.parametrize(
    ("header", "row", "advice"),
    [
        (
            "Nr,Urteil,text,Art",
            "{n},{label},{text},{label}",
            r"labels: .*columns='\{text=\"text\", labels=\"Urteil\"\}'; or, if",
        ),
        ("text,text,Nr", "{text},{label},{n}", r"labels: .*columns='\{text=1, labels=2\}'; or, if that row is data"),
        (
            "Nr,Bewertung,Meinung",
            "{n},{label},{text}",
            r"3 columns and no header .*columns='\{text=\"Meinung\", labels=\"Bewertung\"\}'; by number if the first",
        ),
        (
            "id,txt,lable",
            "{n},{text},{label}",
            r"Did you mean 'txt' for text and 'lable' for labels\? Say which it is, such as --set reader\.columns="
            r"'\{text=\"txt\", labels=\"lable\"\}'",
        ),
        (
            "text,klass,lable",
            "{text},{n},{label}",
            r"Did you mean 'klass' for labels\?|Did you mean 'lable' for labels\?",
        ),
    ],
)
def test_the_columns_that_are_advised_are_those_with_such_names_or_cells(path, header, row, advice):
    rows = "".join(row.format(n=n, text=text, label=label) + "\n" for n, (text, label) in enumerate(REVIEWS))
    with pytest.raises(DataError, match=advice):
        read(path, f"{header}\n{rows}")


@pytest.mark.parametrize("name", ["Urteil", "rating", "Score", "stars", "Bewertung", "How good?"])
def test_labels_are_the_only_column_of_few_cells_that_come_again_whatever_it_is_called(path, name):
    rows = "".join(f"{n},{label},{text}\n" for n, (text, label) in enumerate(REVIEWS))
    examples, reader = read(path, f"Nr,{name},Text\n{rows}")
    assert [(text, *labels) for text, labels in examples] == REVIEWS
    shown = f'{{text="Text", labels="{name}"}}'
    assert reader.remarks == [f"columns: {shown}, guessed; --set reader.columns='{shown}' decides it"]
    assert reader.settled.columns == {"text": "Text", "labels": name}


@pytest.mark.parametrize(
    "row", ["{n},{text},{n}", "{label},{text},{label}", "x,{text},{n}", "b b b {label},{text},{n}"]
)
def test_labels_are_asked_for_where_no_column_or_two_may_have_them(path, row):
    rows = "".join(row.format(n=n, text=text, label=label) + "\n" for n, (text, label) in enumerate(REVIEWS))
    with pytest.raises(DataError, match="no column for labels: got the columns Art, Text, Urteil, expected one of"):
        read(path, f"Art,Text,Urteil\n{rows}")


WRITTEN = ("source", "target")
TRANSLATED = "".join(f"the house {n}\tdas Haus {n}\n" for n in range(12))


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (
            "english\tdeutsch",
            "english | deutsch, guessed, since these words occur nowhere else; --set reader.header=no",
        ),
        ("Source text\tthe_target", "Source text | the_target, guessed, since these words occur nowhere else; --set"),
        ("en\tdeutsch", "en | deutsch, guessed, since these words occur nowhere else; --set reader.header=no if that"),
        ("the\tdeutsch", "none, the first row is data: the | deutsch; --set reader.header=yes if it names"),
        ("go!\tgeh!", "none, the first row is data: go! | geh!; --set reader.header=yes if it names the columns"),
        ("a dog\tein Hund", "none, the first row is data: a dog | ein Hund; --set reader.header=yes if it names"),
    ],
)
def test_the_first_row_of_pairs_is_told_to_be_names_or_data(path, first, said):
    examples, reader = read(path, f"{first}\n{TRANSLATED}", WRITTEN)
    [remark] = reader.remarks
    assert remark.startswith(f"header: {said}")
    assert len(examples) == 12 + ("none" in said)


@pytest.mark.parametrize(
    ("header", "row"), [("text\tprice", "film {n} is long\t{n}.25"), ("roh\tiso", "May {n} 1999\t1999-05-{n:02}")]
)
def test_a_first_row_of_words_above_numbers_or_times_is_no_pair(path, header, row):
    rows = "".join(row.format(n=n) + "\n" for n in range(1, 15))
    examples, reader = read(path, f"{header}\n{rows}", WRITTEN)
    [remark] = reader.remarks
    assert len(examples) == 14
    assert remark.startswith(f"header: {header.replace(chr(9), ' | ')}, guessed, since these words occur nowhere else")


def test_a_first_row_of_pairs_is_what_it_is_said_to_be(path):
    for header, count in (("yes", 12), ("no", 13)):
        examples, reader = read(path, f"a dog\tein Hund\n{TRANSLATED}", WRITTEN, header=header)
        assert (len(examples), reader.remarks) == (count, [])


def test_single_words_of_pairs_may_be_data(path):
    examples, _ = read(path, "".join(f"{one}x\t{one}y\n" for one in "abcdefghijklmn"), WRITTEN)
    assert len(examples) == 14


def test_a_column_that_was_named_wrongly_is_found_by_its_cells_or_its_name(path):
    rows = "".join(f"{n},{text},{label}\n" for n, (text, label) in enumerate(REVIEWS))
    message = r"expected star\. Did you mean 'stars' for labels\? .*'\{text=\"body\", labels=\"stars\"\}'"
    with pytest.raises(DataError, match=message):
        read(path, f"Nr,body,stars\n{rows}", columns={"text": "body", "labels": "star"})


@pytest.mark.parametrize("header", ["nom,pais", "name,land"])
def test_a_header_that_is_confirmed_leaves_the_columns_guessed(path, header):
    rows = "".join(f"{name},{country}\n" for name, country in NAMES)
    examples, reader = read(path, f"{header}\n{rows}", header="yes")
    assert examples[0] == ("Anna0", ["country 0"])
    text, labels = header.split(",")
    assert reader.settled.columns == {"text": text, "labels": labels}
    columns = f'{{text="{text}", labels="{labels}"}}'
    assert reader.remarks == [f"columns: {columns}, guessed; --set reader.columns='{columns}' decides it"]


def test_a_first_row_with_a_usual_name_names_the_columns_of_single_words(path):
    rows = "".join(f"{name},{country}\n" for name, country in NAMES)
    assert read(path, f"name,land\n{rows}")[1].settled.columns == {"text": "name", "labels": "land"}
    assert read(path, f"name,country\n{rows}")[0][0] == ("Anna0", ["country 0"])


def test_further_columns_have_further_right_targets(path):
    text = "source,target,second,third\na,x,y,\nb,u,,u v\n"
    found, _ = read(path, text, ("source", "target"), further=["second", 4])
    assert found == [("a", ["x", "y"]), ("b", ["u", "u v"])]
    assert read(path, text, ("source",), further=["second"])[0] == [("a",), ("b",)]
    match = r"a\.csv:1: no column 'fourth', which reader\.further names: got 4 columns: source, target, second, third\."
    with pytest.raises(DataError, match=match):
        read(path, text, ("source", "target"), further=["fourth"])
    with pytest.raises(DataError, match=r"no column 5, which reader\.further names"):
        read(path, text, ("source", "target"), further=[5])


NEAR = "Review Text,Verdict\n" + "the film is good,pos\na plot that is bad,neg\n" * 8


def test_names_in_which_a_usual_one_stands_are_those_of_columns(tmp_path):
    (tmp_path / "a.csv").write_text(NEAR)
    reader = TableReader(TableReader.Config(), ("text", "labels"))
    found = [example.fields for example in reader.read([tmp_path / "a.csv"])]
    assert found[:1] == [{"text": "the film is good", "labels": ["pos"]}]
    assert len(found) == 16
    told = 'columns: {text="Review Text", labels="Verdict"}, guessed; --set reader.columns='
    assert reader.remarks[0].startswith(told)


def test_names_are_advised_where_one_of_them_has_a_usual_one_in_it(tmp_path):
    lines = NEAR.splitlines()
    (tmp_path / "a.csv").write_text("\n".join(f"{n if n else 'Nr'},{line}" for n, line in enumerate(lines)))
    reader = TableReader(TableReader.Config(), ("text", "labels"))
    match = (
        r"""--set reader\.columns='\{text="Review Text", labels="Verdict"\}'; by number if the first row is data\."""
    )
    with pytest.raises(DataError, match=match):
        list(reader.read([tmp_path / "a.csv"]))


OPINIONS = [(f"a film that is {n} hours long", ("good", "bad")[n % 2]) for n in range(12)]


def trained(tmp_path, header=()):
    """Return the options that a run keeps of a table of texts and labels."""
    rows = [header, *OPINIONS] if header else OPINIONS
    path = tmp_path / "train.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    reader = TableReader(TableReader.Config(), LABELED)
    assert len(list(reader.read([path]))) == len(OPINIONS)
    return reader.settled


def asked(tmp_path, config, rows):
    """Return the texts that are found where texts alone are asked for, and what is told, or why it is refused."""
    path = tmp_path / "new.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    reader = TableReader(config, ("text",)).for_answers()
    try:
        return [example.fields["text"] for example in reader.read([path])], reader.remarks
    except DataError as error:
        return str(error).removeprefix(f"{path}:"), reader.remarks


TEXTS = [text for text, _ in OPINIONS]


@pytest.mark.parametrize("header", [("review", "sentiment"), ()])
@pytest.mark.parametrize(
    "rows",
    [
        [("review", "sentiment"), *OPINIONS],
        [("sentiment", "review"), *((label, text) for text, label in OPINIONS)],
        [("id", "review"), *((str(n), text) for n, text in enumerate(TEXTS))],
        [("id", "day", "comment", "stars"), *((str(n), "Monday", text, "4") for n, text in enumerate(TEXTS))],
        OPINIONS,
        [("Kommentar", "Bewertung"), *((text, label + "er") for text, label in OPINIONS)],
        [(text,) for text in TEXTS],
        [("review",), *((text,) for text in TEXTS)],
    ],
)
def test_a_table_to_be_answered_is_read_by_the_names_or_the_columns_of_training(tmp_path, header, rows):
    assert asked(tmp_path, trained(tmp_path, header), rows)[0] == TEXTS


def test_a_name_that_only_the_training_table_has_finds_its_column_in_another_table(tmp_path):
    config = trained(tmp_path, ("what they wrote", "verdict"))
    rows = [("Nr", "verdict", "What they wrote"), *((str(n), "good", text) for n, text in enumerate(TEXTS))]
    assert asked(tmp_path, config, rows) == (TEXTS, [])
    assert trained(tmp_path, ("text", "label")).seen == ["text", "label"]
    assert trained(tmp_path).seen == ["", ""]


@pytest.mark.parametrize("header", [("review", "sentiment"), ()])
@pytest.mark.parametrize(
    ("rows", "advice"),
    [
        ([("id", "notes"), *((str(n), text) for n, text in enumerate(TEXTS))], '{text="notes"}'),
        ([("day", "notes"), *((f"2024-01-{n + 1:02}", text) for n, text in enumerate(TEXTS))], '{text="notes"}'),
        ([("customer", "notes"), *(("Li" + "p" * (n % 2), text) for n, text in enumerate(TEXTS))], '{text="notes"}'),
        ([("id", "notes", "stars"), *((str(n), text, "4") for n, text in enumerate(TEXTS))], '{text="notes"}'),
    ],
)
def test_a_table_of_other_columns_than_those_of_training_is_refused(tmp_path, header, rows, advice):
    said, _ = asked(tmp_path, trained(tmp_path, header), rows)
    count, names = len(rows[0]), ", ".join(rows[0])
    if header:
        expected = f"1: no column 'review' for text, as in training: got {count} columns: {names}. "
    else:
        expected = f"1: got {count} columns: {names}; expected 2 as in training, with text in column 1. "
    set_ = f"Say which it is, such as --set reader.columns='{advice}'; if that row is data, '{{text=2}}'."
    assert said == expected + set_


def test_few_rows_without_the_names_of_the_training_table_are_no_table_like_it(tmp_path):
    config = trained(tmp_path, ("review", "sentiment"))
    assert asked(tmp_path, config, [("verdict", "opinion"), *OPINIONS[:3]])[0].startswith("1: no column 'review' for")
    assert asked(tmp_path, trained(tmp_path), OPINIONS[:3])[0] == TEXTS[:3], "as wide as a table without names"


def test_columns_that_are_named_anew_leave_the_training_table_behind(tmp_path):
    config = trained(tmp_path, ("review", "sentiment"))
    assert "seen" not in config.kept_beside({"columns": {"text": 1}})
    assert config.kept_beside({"delimiter": ";"})["seen"] == ["review", "sentiment"]


def test_a_column_of_texts_says_whether_it_has_a_header(tmp_path):
    config, lines = trained(tmp_path, ("review", "sentiment")), [(text,) for text in TEXTS]
    found, [told] = asked(tmp_path, config, [("notes",), *lines])
    assert (found, told.startswith("header: notes, guessed, since these words occur nowhere else")) == (TEXTS, True)
    found, [told] = asked(tmp_path, config, lines)
    assert (found, told.startswith("header: none, the first row is data: a film that is 0")) == (TEXTS, True)
