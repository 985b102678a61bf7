"""report.html: one page about a run, with everything in it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from elman.config import Settings
from elman.files.durable import write_file
from elman.pages.charts import chart
from elman.pages.curves import Events, curve, drawings, of
from elman.pages.details import shown
from elman.pages.gradients import gradients
from elman.pages.headings import heading
from elman.pages.layout import page, wide
from elman.pages.progress import duration
from elman.pages.verdicts import shown as verdicts_shown
from elman.pages.verdicts import verdicts
from elman.runs.baselines import Baseline, logged
from elman.runs.best import kept_sample
from elman.runs.folder import RunFolder
from elman.runs.log import read_run
from elman.runs.plan import early_end
from elman.text.printed import figures

_NO_CURVE = "<p>Fitted in one step: there is no curve.</p>"
_SECTIONS = ("task", "model", "training", "data", "reader")


def write_report(run: RunFolder) -> None:
    """Draw what metrics.jsonl holds into report.html."""
    events = read_run(run.metrics_path)
    if not events:
        return
    settings = Settings.read(run.config_path)
    write_file(run.report_path, page(run.path.name, _lead(settings), _body(settings, events)))


def _body(settings: Settings, events: Sequence[Mapping[str, Any]]) -> str:
    data = of("data", events)[-1]
    train, validation, easy = of("train", events), of("validation", events), logged(events)
    unit = str(data.get("target") or data["unit"].removesuffix("s"))
    facts = _facts(train, validation, str(data["unit"]), easy)
    sections = "".join(
        f"<div><h3>{name}</h3>{_table(settings.tree[name])}</div>" for name in _SECTIONS if settings.tree.get(name)
    )
    return "".join(
        [
            f'<div class="facts">{"".join(_fact(value, name) for name, value in facts.items())}</div>',
            f"<p>{escape(end[:1].upper() + end[1:])}.</p>" if (end := early_end(events)) else "",
            verdicts_shown(verdicts(settings, events)),
            _loss(events),
            f'<div class="row">{"".join(_small_curves(train, str(data["unit"])))}</div>',
            gradients(of("gradients", events), unit),
            *(shown(one) for name in ("details", "views") for event in of(name, events)[-1:] for one in event[name]),
            "<h2>Samples</h2>",
            _samples(of("sample", events), kept_sample(events)),
            f"<h2>Data</h2>{_table(data['card'])}",
            _findings(data.get("findings", [])),
            f'<h2>Settings</h2><div class="columns">{sections}</div>',
        ]
    )


def _lead(settings: Settings) -> str:
    model = settings.get("model.name")
    if settings.get("model.cell"):
        model = f"{model}: {settings.get('model.num_layers')} x {settings.get('model.cell')}"
        model += f", {settings.get('model.hidden_size')} units"
    return f"Task {settings.get('task.name')}, model {model}."


def _facts(
    train: Sequence[Mapping[str, Any]], validation: Sequence[Mapping[str, Any]], unit: str, easy: Sequence[Baseline]
) -> dict[str, str]:
    facts: dict[str, str] = {}
    best = [event for event in validation if event["best"]] or validation[-1:]
    if best:
        first, scores = best[-1], best[-1]["scores"]
        for name in sorted(scores, key=lambda name: name != first["score"]):
            of = f", {first['unit']}" if name == first["score"] else ""
            of = f", each of {unit}" if name == "perplexity" else of
            facts[f"validation {heading(name)}{of}"] = "-" if scores[name] is None else figures(scores[name])
            if name == first["score"]:
                facts |= {f"{heading(name)} to beat: {one.model}": figures(one.score.value) for one in easy}
        facts["at step"] = f"{best[-1]['step']:,}"
    if train:
        speeds = sorted(event["tokens_per_second"] for event in train)
        facts["time"] = duration(train[-1]["seconds"])
        facts[f"{unit}/s (median)"] = f"{speeds[len(speeds) // 2]:,}"
    return facts


def _fact(value: str, name: str) -> str:
    return f'<div class="fact"><b>{escape(value)}</b><span>{escape(name)}</span></div>'


def _loss(events: Events) -> str:
    """Show the loss, and the score on the validation part where that is another."""
    pictures = []
    for one in drawings(events):
        height = 3.8 if one.title == "Loss" else 3.4
        picture = chart(one.curves, one.label, (9.6, height), legend=len(one.curves) > 1)
        pictures.append(f"<h2>{escape(one.title)}</h2>{wide(picture)}")
    return "".join(pictures) or f"<h2>Loss</h2>{_NO_CURVE}"


def _small_curves(train: Sequence[Mapping[str, Any]], unit: str) -> list[str]:
    labels = {
        "learning_rate": "learning rate",
        "gradient_norm": "gradient norm",
        "tokens_per_second": f"{unit} a second",
    }
    return [
        f"<div>{chart([curve(label, train, key)], label, (4.4, 2.6), 'from zero')}</div>"
        for key, label in labels.items()
        if train and key in train[0]
    ]


def _samples(samples: Sequence[Mapping[str, Any]], kept: Mapping[str, Any] | None) -> str:
    """Show the first, the middle, the last and that of the weights that are kept; put the rest behind a click."""
    if not samples:
        return "<p>None yet.</p>"
    own = {place for place, event in enumerate(samples) if event is kept}
    places = sorted({0, len(samples) // 2, len(samples) - 1, *own})
    shown = "".join(_sample(samples[place], ", whose weights are kept" * (place in own)) for place in places)
    rest = [event for place, event in enumerate(samples) if place not in places]
    if not rest:
        return shown
    return f"{shown}<details><summary>{len(rest)} more</summary>{''.join(map(_sample, rest))}</details>"


def _findings(found: Sequence[str]) -> str:
    if not found:
        return ""
    return f"<h2>What to know about the data</h2><ul>{''.join(f'<li>{escape(one)}</li>' for one in found)}</ul>"


def _sample(event: Mapping[str, Any], what: str = "") -> str:
    return f"<h3>step {event['step']:,}{what}</h3><pre>{escape(event['text'])}</pre>"


def _table(rows: Mapping[str, Any]) -> str:
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(_text(value))}</td></tr>" for name, value in rows.items())
    return f'<table class="pairs">{cells}</table>'


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(part)}" for name, part in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
