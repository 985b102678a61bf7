"""elman rescore: lists of what may have been meant, put in order by a language model too."""

import sys
from math import isinf
from pathlib import Path

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, note, read_lines, to_json
from elman.text.printed import on_one_line


def command(
    run: Path = typer.Argument(metavar="RUN", help="A language model."),
    file: Path = typer.Argument(
        Path("-"), metavar="[FILE|-]", help="Lines: a name, a tab, a log-probability, a tab, one text of several."
    ),
    weight: float = typer.Option(None, "--weight", help="What log p of the model counts; fitted to --gold, else 1."),
    bonus: float = typer.Option(None, "--bonus", help="What each word adds, in nats; fitted to --gold, else 0."),
    gold: Path = typer.Option(None, "--gold", metavar="FILE", help="Lines: a name, a tab, its true text."),
    log10: bool = typer.Option(False, "--log10", help="Log-probabilities of the file are to base 10."),
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Choose among texts, such as of a recogniser, by what their maker says and a language model.

    elman rescore runs/5gram nbest.tsv --gold true.tsv
    """
    from elman.errors import ConfigError
    from elman.inference.loading import load_each
    from elman.inference.rescoring import Weights, fitted, rates, read_gold, read_hypotheses, rescore

    (model,) = load_each([run], device, plugins)
    hypotheses = read_hypotheses(read_lines(file, model.encoding), str(file), log10)
    log_probs = [score.log_prob_nats for score in model.score([one.text for one in hypotheses])]
    if any(isinf(one) for one in log_probs):
        raise ConfigError(
            f"{run}: finds a text impossible, since it gives nothing to what it never saw. Train it with a smoothing "
            "that does, such as model.smoothing=modified_kneser_ney."
        )
    true = None if gold is None else read_gold(read_lines(gold, model.encoding), str(gold))
    fits = true is not None and None in (weight, bonus)
    usual = Weights(1.0 if weight is None else weight, 0.0 if bonus is None else bonus)
    weights = usual if true is None or not fits else fitted(hypotheses, log_probs, true, str(gold), (weight, bonus))
    lists = rescore(hypotheses, log_probs, weights)
    if true is None and None in (weight, bonus):
        note(
            f"weight {weights.language:g} and bonus {weights.word:g}, fitted to nothing: --gold FILE fits them to true "
            "texts"
        )
    if true is not None:
        found = rates(lists, true, str(gold))
        told = (
            f"word error rate {found.after:.2%} with weight {weights.language:g} and bonus {weights.word:g}; "
            f"{found.before:.2%} before, {found.best:.2%} at best"
        )
        print(told + ("; fitted here, so measure it on other lists" if fits else ""), file=sys.stderr)
    for name, rows in lists.items():
        line = to_json({"group": name, "hypotheses": [row._asdict() for row in rows]}) if json_ else ""
        print(line or f"{name}\t{on_one_line(rows[0].text)}")
