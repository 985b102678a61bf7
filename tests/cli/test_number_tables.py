"""Tables of numbers as people have them: described with the command that trains on them, or with what is in the way."""

import shlex
from datetime import datetime, timedelta

import pytest

START = datetime(2024, 1, 1)  # a Monday
DAYS = [START + timedelta(days=day) for day in range(140)]


def table(header, rows):
    return "\n".join([header, *rows, ""])


def daily(cell, days=DAYS):
    return table("date,load,heat", (f"{day:%Y-%m-%d},{cell(n)},{n % 7}" for n, day in enumerate(days)))


TABLES = {
    "months.csv": (
        table("month,sold", (f"{1949 + n // 12}-{n % 12 + 1:02},{100 + n % 12}" for n in range(120))),
        "months.csv",
    ),
    "stores.csv": (
        table("date,store,sales", (f"{day:%Y-%m-%d},{store},{day.day}" for day in DAYS for store in "AB")),
        "stores.csv --set reader.series=store",
    ),
    "numbered.csv": (
        table("date,store,sales", (f"{day:%Y-%m-%d},{store},{day.day}" for day in DAYS for store in (1, 2))),
        "numbered.csv --set reader.series=store",
    ),
    "apart.csv": (
        table("date,store,sales", (f"{day:%Y-%m-%d},{store},{day.day}" for store in (1, 2) for day in DAYS)),
        "apart.csv --set reader.series=store",
    ),
    "weekdays.csv": (
        daily(lambda n: n % 5, [day for day in DAYS if day.weekday() < 5]),
        "weekdays.csv --set reader.gaps=ignore",
    ),
    "lacking.csv": (daily(lambda n: "" if n == 50 else n % 5), "lacking.csv --set reader.missing=mask"),
    "both.csv": (
        daily(lambda n: "" if n == 50 else n % 5, DAYS[:70] + DAYS[75:]),
        "both.csv --set reader.gaps=ignore --set reader.missing=mask",
    ),
    "thousands.csv": (daily(lambda n: f'"{1000 + n:,}.5"'), "thousands.csv"),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_command_that_is_proposed_trains(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    text, arguments = TABLES[name]
    (tmp_path / name).write_text(text)
    told = run("describe", name).out
    assert f"  train              elman train forecast {arguments}\n" in told
    small = ("--steps", 1, "--hidden", 4, "--threads", 1, "--set", "task.horizon=2", "--set", "task.period=7")
    done = run("train", "forecast", *shlex.split(arguments), "--out", "run", *small)
    assert (done.code, [line for line in done.err.splitlines() if line.startswith("error")]) == (0, [])


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            daily(lambda n: n % 5, DAYS[::-1]),
            "t.csv:3: date 2024-05-18 stands behind 2024-05-19: the rows go back in time, all of them. Turn them: "
            "(head -n 1 t.csv; tail -n +2 t.csv | tac) > TURNED",
        ),
        (
            daily(lambda n: f"{n}.5 kWh"),
            "t.csv:2: column 2 (load): got '0.5 kWh', expected a number with nothing beside it. Take 'kWh' out of the "
            "column, as 0.5; its name may say the unit.",
        ),
        (
            daily(lambda n: f"${n}.50"),
            "t.csv:2: column 2 (load): got '$0.50', expected a number with nothing beside it. Take '$' out of the "
            "column, as 0.50; its name may say the unit.",
        ),
        (
            daily(lambda n: "inf" if n == 40 else n),
            "t.csv:42: column 2 (load): got 'inf', expected a number, or ? where it is missing. If it says so: --set "
            """'reader.absent=["inf"]'""",
        ),
        (
            daily(lambda n: f'"{1 + n},000"'),
            "t.csv:2: column 2 (load): got '1,000', expected a number. If commas stand between thousands: --set "
            """'reader.decimal="."'""",
        ),
    ],
)
def test_what_is_in_the_way_of_a_training_is_described(run, tmp_path, monkeypatch, text, refusal):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(text)
    ahead = "no column has labels: what can be learned is what comes next, and this is in the way: "
    assert run("describe", "t.csv").out.endswith(f"  clock    date\n  {ahead}{refusal}\n")
    assert run("train", "forecast", "t.csv", "--out", "run").err.endswith(f"error: {refusal}\n")


def test_what_options_are_for_is_described(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weekdays.csv").write_text(TABLES["weekdays.csv"][0])
    refusal = (
        "weekdays.csv:7: date 2024-01-08 follows 2024-01-05: 2 rows missing, Saturday and Sunday. Put them in, with "
        "empty values and --set reader.missing=mask, or --set reader.gaps=ignore."
    )
    assert f"\n  without its options it is refused: {refusal}\n" in run("describe", "weekdays.csv").out
    assert run("train", "forecast", "weekdays.csv", "--out", "run").err.endswith(f"error: {refusal}\n")


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        (
            "stores.csv",
            "stores.csv:1: no column series or series_id or sequence: got date, store, sales. Name it with --set "
            "reader.series=NAME. Perhaps --set reader.series=store?",
        ),
        (
            "numbered.csv",
            "numbered.csv:3: date 2024-01-01 comes twice: several series in one table, which 'store' tells apart. "
            "--set reader.series=store reads them.",
        ),
        (
            "apart.csv",
            "apart.csv:142: date 2024-01-01 stands behind 2024-05-19: several series in one table, which 'store' tells "
            "apart. --set reader.series=store reads them.",
        ),
    ],
)
def test_several_series_in_a_table_are_refused_with_the_column_that_tells_them_apart(run, tmp_path, monkeypatch, name, refusal):  # fmt: skip  # noqa: E501
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(TABLES[name][0])
    assert run("train", "forecast", name, "--out", "run").err.endswith(f"error: {refusal}\n")
