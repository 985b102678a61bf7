"""Cells of any size, by whoever reads them, and csv left as it was."""

import csv
import subprocess
import sys
from threading import Thread

import pytest

from elman.data.delimiters import cells_of, likely_delimiters
from elman.files.delimited import DelimitedRows
from elman.formats.csv import Csv

USUAL = csv.field_size_limit()
LONG = "a" * (USUAL + 1)


def test_a_long_cell_is_read_and_csv_has_its_limit_again():
    rows = DelimitedRows([f"{LONG},b\n", "c,d\n"])
    assert next(rows) == [LONG, "b"]
    assert csv.field_size_limit() == USUAL
    assert rows.read == 1
    assert list(rows) == [["c", "d"]]


def test_so_it_is_where_rows_are_read_in_turns_or_fail():
    left, right = DelimitedRows([f"{LONG}\n"] * 2), DelimitedRows([f"{LONG}\n", '"a'], strict=True)
    assert next(left) == next(right) == next(left) == [LONG]
    with pytest.raises(csv.Error):
        next(right)
    assert csv.field_size_limit() == USUAL


def test_so_it_is_while_other_threads_read():
    failed = []

    def lines():
        for _ in range(50):
            list(DelimitedRows(["x,y\n"]))  # as another thread would, in the middle of a row
            yield f'"{LONG}\n'
        yield '"\n'

    def read():
        try:
            list(DelimitedRows(lines()))
        except csv.Error as error:
            failed.append(error)

    threads = [Thread(target=read) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not failed
    assert csv.field_size_limit() == USUAL


def test_what_stands_between_columns_is_found_beside_a_long_cell():
    found = likely_delimiters([f"{LONG};1", "b;2", "c;3"], ())
    assert [one.delimiter for one in found] == [";"]
    assert cells_of(f'"{LONG}, b",c', ",") == [f"{LONG}, b", "c"]
    assert Csv().fault(f"{LONG},b\nc,d") == ""


def test_it_is_found_alike_before_and_after_a_table_was_read(tmp_path):
    """In a process of its own: what was read before is what it would depend on."""
    path = tmp_path / "a.csv"
    path.write_text(f"text;label\n{LONG};x\nb;y\nc;x\n")
    code = (
        "from pathlib import Path; from collections import Counter\n"
        "from elman.data.delimiters import likely_delimiters; from elman.data.rows import Cut, even_rows\n"
        f"path = Path({str(path)!r}); lines = path.read_text().splitlines()\n"
        "before = likely_delimiters(lines, ())\n"
        "rows = list(even_rows(path, Cut('utf-8', 'auto', 'auto', ()), Counter(), print))\n"
        "print([len(cells) for _, cells in rows], before == likely_delimiters(lines, ()) != [])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[2, 2, 2, 2] True\n"
