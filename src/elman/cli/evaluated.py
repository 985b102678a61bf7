"""How evaluations are shown: scores of runs, of runs together, of a run that learns, and of suggestions."""

import sys
from collections.abc import Mapping, Sequence
from math import isinf
from typing import TYPE_CHECKING, Any

from elman.cli.options import note, note_dropped, to_json
from elman.cli.streams import width_of

if TYPE_CHECKING:
    from elman.evaluation.base import Evaluation
    from elman.inference.blending import Blend
    from elman.inference.predictor import Predictor


def tell(evaluation: "Evaluation", run: str, facts: Mapping[str, Any] | None) -> None:
    """Print scores as JSON where there are such facts, else as text, below the run where there are several."""
    from elman.evaluation.printed import lines

    if facts is not None:
        print(to_json(facts))
        return
    print("\n".join([*([f"{run}:"] if run else []), *lines(evaluation, width_of(sys.stdout))]))


def note_reading(model: "Predictor", texts: Sequence[str]) -> None:
    """Tell what reading decided, and which files the run knows already."""
    from elman.inference.seen import seen

    note(*model.reader.remarks, *seen(model, texts))


def grouped(models: "Mapping[str, Predictor]", mix: bool) -> "dict[str, list[Predictor]]":
    """Return the runs that speak as one, by a name for each group: all of them, or each by itself."""
    return {" + ".join(models): list(models.values())} if mix else {name: [one] for name, one in models.items()}


def show_typing(
    models: "Mapping[str, Predictor]", texts: Sequence[str], mix: bool, rule: str, k: int, json_: bool
) -> None:
    """Print what the suggestions of runs save where files are typed, of each by itself or of all together."""
    from elman.keyboard.of_runs import evaluate_files

    groups = grouped(models, mix)
    note_dropped(texts)
    for name, group in groups.items():
        measured = evaluate_files(group, texts, k, rule)
        for model in group:
            note_reading(model, texts)
        if json_:
            print(to_json({**as_json(name, texts, measured.evaluation), "milliseconds": measured.milliseconds}))
        else:
            tell(measured.evaluation, name if len(models) > 1 else "", None)
            note(f"{measured.milliseconds:.2f} ms a key on this machine, the steps of the model included")


def show_dynamic(model: "Predictor", texts: Sequence[str], tune: Sequence[str], json_: bool) -> None:
    """Print what a run scores as it was trained, and learning from each stretch that it has scored."""
    from elman.inference.blending import validation_files
    from elman.inference.dynamic import evaluate_dynamically

    model.offering("mixture")
    files = tune or validation_files(model, model.validation)
    found = evaluate_dynamically(model, texts, files, lambda remark: print(remark, file=sys.stderr))
    note_reading(model, texts)
    if json_:
        rule = {"static_perplexity": found.static, "rate": found.rule.rate, "decay": found.rule.decay}
        print(to_json({**as_json(str(model.path), texts, found.evaluation), **rule}))
        return
    print(f"as trained  perplexity {found.static:,.2f}\n")
    print(found.evaluation)


def show_blend(found: "Blend", files: Sequence[str], json_: bool) -> None:
    """Print the parts of a mixture and their weights, and what all together score."""
    if found.remark:
        print(f"note: {found.remark}", file=sys.stderr)
    if json_:
        columns = zip(found.names, found.weights.tolist(), found.parts, strict=True)
        parts = [{"name": n, "weight": w, "perplexity": p, **_infinite(p)} for n, w, p in columns]
        print(to_json({**as_json(found.names, files, found.evaluation), "parts": parts}))
        return
    width = max(map(len, found.names))
    print(f"{'part':<{width}}  {'weight':>7}  {'perplexity':>11}")
    for name, weight, alone in zip(found.names, found.weights, found.parts, strict=True):
        shown = "-" if alone is None else f"{alone:,.2f}"
        print(f"{name:<{width}}  {weight:>7.3f}  {shown:>11}")
    print()
    print(found.evaluation)


def as_json(run: Any, files: Sequence[str], evaluation: "Evaluation") -> Mapping[str, Any]:
    """Return an evaluation as it is told a program."""
    import elman

    scores = [
        {
            "name": score.name,
            "value": score.value,
            **_infinite(score.value),
            "unit": score.unit,
            "signature": score.signature,
        }
        for score in evaluation.scores
    ]
    file = files[0] if len(files) == 1 else list(files)
    facts = {"run": run, "file": file, "scores": scores, "counts": evaluation.counts, "elman": elman.__version__}
    beside = {"majority": evaluation.majority, "copied": evaluation.copied, "naive": evaluation.naive}
    facts |= {name: values for name, values in beside.items() if values}
    tables = [{"title": one.title, "columns": one.columns, "rows": one.rows} for one in evaluation.details]
    return {**facts, "details": tables} if tables else facts


def _infinite(value: float | None) -> dict[str, bool]:
    """Return what tells an infinite number, which JSON has not, from one that is not there."""
    return {"infinite": True} if value is not None and isinf(value) else {}
