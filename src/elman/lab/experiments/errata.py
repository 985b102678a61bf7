"""What the decks print otherwise than it should be, computed both ways where there is something to compute."""

from elman.lab.experiments import EXPERIMENTS
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step, Table
from elman.lab.panels import Words

_OTHERS = (
    Erratum("000 L83", "torch.cat([X, S])", "dim=1, for [batch x 2k]; along dim 0 the einsum fails"),
    Erratum("000 L216", "the GRU's candidate has σ", "tanh elsewhere; with σ a state in [0, 1] stays there"),
    Erratum("001 L129-132", "h^(t+1), h^(t-1)", "with subscripts b and f: each direction has its own state"),
    Erratum("002 L122", "encoder model", "encoder-decoder"),
    Erratum("002 L211", "softmax(score(h^d_{i-1}, h^e_i))", "h^e_j, normalized over j"),
    Erratum("004 L131", "L(θ) as a loss", "a log-likelihood: it is maximised"),
    Erratum("004 L390-406", "no output gate", "o = σ(W_o [h', x] + b_o); h = o * tanh C"),
    Erratum("all", "U, W, [x; h], z", "each deck has its own letters, order and sign: see lstm-steps, lab.notation"),
    Erratum("all", "h = (1 - z) h' + z n", "Cho et al. (2014) and torch have the opposite sign: z keeps"),
)
_FROM = ("jacobian", "eigen", "bound", "repeated_weight", "forget_gate", "smoothing", "reuters", "ppl_table", "history")


class ErrataExperiment(Experiment):
    """Every slip of the five decks: where, what is printed, what it should be; both computed where they differ."""

    title = "Slips of the slides: printed, and as it should be"
    formula = "printed beside computed"
    deck = (Place("000", "44-67"), Place("001", "25-26"), Place("003", "797-811"), Place("004", "309-311"))
    rows = tuple(f"X{number}" for number in range(1, 13))
    seconds = 0.5

    def found(self) -> Found:
        """Return all of them, those of the other experiments first."""
        errata = list(_OTHERS)
        for name in _FROM:
            kind = EXPERIMENTS.get(name)
            errata += kind(kind.Config()).found().errata
        errata.sort(key=lambda one: one.where)
        steps = [Step("slips", "in five decks", len(errata))]
        steps.append(Step("computed", "printed and right, both", sum(one.right is not None for one in errata)))
        rows = [[one.where, one.printed, one.should_be] for one in errata]
        panel = Words("Slips of the slides", ["where", "printed", "should be"], rows, [1.3, 4, 5])
        result = (
            f"{len(errata)} slips; most are a letter or an index. The one to know: eigenvalues for singular values."
        )
        return Found(steps, result, [panel], {}, errata, [Table("All", ["where", "printed", "should be"], rows)])
