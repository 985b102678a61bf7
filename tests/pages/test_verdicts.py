"""What a log says is wrong, and the option that helps."""

from elman.config import Settings
from elman.pages.verdicts import shown, verdicts

TREE = {
    "model": {"name": "rnn_lm", "cell": "lstm", "hidden_size": 64, "dropout": 0.2},
    "training": {"clip_norm": 1.0},
}


def said(*events, **model):
    tree = {**TREE, "model": {**TREE["model"], **model}}
    return verdicts(Settings(tree), events)


def trained(norms, nats=None):
    nats = nats or [1.0] * len(norms)
    return [
        {"event": "train", "step": 10 * at + 10, "nats": loss, "gradient_norm": norm}
        for at, (norm, loss) in enumerate(zip(norms, nats, strict=True))
    ]


def gradients(**facts):
    return {"event": "gradients", "step": 10, "states": {}, "weights": {}, **facts}


def test_half_of_the_gradient_is_gone():
    [one] = said(gradients(reach={"recurrent.layers.0": [1.0, 0.8, 0.6, 0.4, 0.2]}))
    assert one == "recurrent.layers.0: half of the gradient is gone after 3 steps, 2.0e-01 of it is left after 4."
    [far] = said(gradients(reach={"a": [1.0, 0.1, 1e-4]}))
    assert far.startswith("a: half of the gradient is gone after 1 step, 1.0e-04 of it is left after 2.")
    assert "--set model.cell_options.forget_bias=3" in far
    assert "--cell lstm." in said(gradients(reach={"a": [1.0, 0.1, 1e-4]}), cell="elman")[0]
    assert "--cell lstm --set" in said(gradients(reach={"a": [1.0, 0.1, 1e-4]}), cell="gru")[0]
    assert said(gradients(reach={"a": [1.0, 0.9]})) == ["a: half of the gradient or more is still there after 1 steps."]
    assert said(gradients(reach={"a": [1.0]})) == []


def test_saturated_gates_and_dead_units():
    [gate] = said(gradients(gates={"a": {"f": [0.97, 0.0, 0.9], "o": [0.5, 0.1, 0.1]}}))
    assert gate.startswith("a: gate f is above .9 at 90% of the steps and units")
    [dead] = said(gradients(still={"a": 0.4, "b": 0.1}))
    assert dead.startswith("a: 40% of the units stand still. Fewer are enough (--hidden, now 64)")


def test_clipping_at_every_step():
    [one] = said(*trained([4.0] * 20))
    assert "clipped at nearly every step: its norm is 4 where 1 is allowed" in one
    assert "--set training.clip_norm=8" in one
    assert said(*trained([0.5] * 20)) == []
    assert said(*trained([4.0] * 3)) == []
    [jump] = said(*trained([0.5] * 19 + [50.0]))
    assert jump.startswith("The gradient jumped to 50 at step 200, from 0.5")


def test_over_fitting():
    train = trained([0.5] * 6, [3.0, 2.5, 2.0, 1.5, 1.0, 0.5])
    scores = [(20, 2.6, True), (40, 2.4, True), (60, 2.9, False)]
    validation = [
        {"event": "validation", "step": step, "value": value, "best": best, "lower_is_better": True, "score": "x"}
        for step, value, best in scores
    ]
    [one] = said(*train, *validation)
    assert one == (
        "It over-fits: validation was best at step 40 (2.4) and ended at 2.9, while the loss of training fell from "
        "1.500 to 0.500. The weights of step 40 are kept. --dropout 0.4, a smaller --hidden or fewer steps help."
    )
    validation[-1]["value"] = 2.41
    assert said(*train, *validation) == []


def test_nothing_to_say_is_nothing_shown():
    assert said() == []
    assert shown([]) == ""
    assert shown(["a < b"]) == "<h2>What this run says</h2><ul><li>a &lt; b</li></ul>"
