"""Numbers far from all others, as commands tell them."""

LINES = "load,heat\n" + "".join(f"{100 + n % 17},{n % 5}\n" for n in range(300))
WRONG = LINES.replace("\n103,3\n", "\n\n99999999,3\n", 1)  # line 5 is empty
TOLD = "load: 99,999,999 in a.csv:6 is 6,249,993 times as far from the other 299 values"
SMALL = ("--steps", 2, "--hidden", 4, "--threads", 1, "--set", "task.horizon=2")


def test_they_are_described_and_told_before_a_training_whose_baselines_have_figures(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(LINES)
    assert "what to know" not in run("describe", "a.csv").out
    (tmp_path / "a.csv").write_text(WRONG)
    assert f"what to know about the data\n  {TOLD}" in run("describe", "a.csv").out
    done = run("train", "forecast", "a.csv", "--out", "run", *SMALL)
    assert done.code == 0
    assert f"\n{TOLD}" in done.err
    assert "to beat MSE " in done.err
    assert "0.0000" not in done.err


def test_they_are_refused_by_strict_and_gone_where_they_are_named_as_missing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(WRONG)
    done = run("train", "forecast", "a.csv", "--out", "run", "--strict", *SMALL)
    assert done.code == 2
    assert f"error: {TOLD}" in done.err
    given = ("--set", 'reader.absent=["99999999"]', "--set", "reader.missing=mask")
    done = run("train", "forecast", "a.csv", "--out", "run", "--strict", *given, *SMALL)
    assert (done.code, "times as far" in done.err) == (0, False)


def test_they_are_told_of_many_series_that_are_classified(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{one},{n},{n % 7 + one % 3 + n / 10},{'ab'[one % 2]}\n" for one in range(30) for n in range(12))
    (tmp_path / "s.csv").write_text("id,time,x,label\n" + rows.replace("\n3,5,5.5,b\n", "\n3,5,77777,b\n"))
    told = "x: 77,777 in s.csv:43 is 9,043 times as far from the other 359 values"
    assert told in run("describe", "s.csv").out
    done = run("train", "classify", "s.csv", "--out", "run", "--steps", 1, "--hidden", 4)
    assert (done.code, told in done.err) == (0, True)
