"""The choice reader: what it reads of passages, answers that do not depend on what else is asked, gradients."""

import numpy as np
import pytest
import torch

from elman.coders.passages import PassagesCoder
from elman.data.choices import CHOICES
from elman.data.outlines import Classes, Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.layers.initialization import initialize
from elman.models.choice_reader import ChoiceReader
from elman.text.spelling import Spelling

PASSAGES = ["Ann saw the old garden .", "Ben slept", "Carla and Ann went home with the golden cups"]
QUESTIONS = ["What did Ann see ?", "Who slept ?", "What did Carla take ?"]
ANSWERS = ["a garden", "Ben", "the cup", "Rome", "no one", "Ann"]
TEXTS = [text.split() for text in (*PASSAGES, *QUESTIONS, *ANSWERS)]
CODER = PassagesCoder.learn(TEXTS, Spelling(True, False))
ORDER = ((6, 7, 8, 9), (10, 11, 7, 9), (8, 9, 10, 11))


def batch(rows=(0, 1, 2), orders=ORDER):
    rows = np.array(rows)
    choices = {name: np.array([orders[row][place] for row in rows]) for place, name in enumerate(CHOICES)}
    fields, tables = CODER.batch(CODER.encode(TEXTS), {"passage": rows, "question": rows + 3, **choices})
    return Batch(len(rows), {**fields, "choice": Padded(np.array([0, 2, 0])[rows][:, None])}, tables)


def network(seed=1, **options):
    config = ChoiceReader.Config(**{"embedding_size": 4, "hidden_size": 5, "dropout": 0.0, **options})
    made = ChoiceReader(config, dict.fromkeys(("passage", "question", *CHOICES), CODER.outline), {"choice": FOUR})
    initialize(made, seed, 0.5)
    return made


FOUR = Classes("ABCD")


def test_each_answer_has_signs_of_what_the_passage_shares_with_it():
    fields = batch().fields
    found = fields["choice_c.signs"].values[2]
    assert PASSAGES[2].split()[-1] == "cups"
    cup, fourth = fields["choice_a.signs"].values[2, :9], fields["choice_d.signs"].values[2, :9]
    assert cup[8].tolist()[:2] == [0, 0], "cups is not cup"
    assert cup[8, 2] > 0, "but has its stem"
    assert fourth[2, 0] == 1, "Ann, as it is written"
    assert not found.any(), "no one"


def test_what_is_answered_is_the_same_bit_for_bit_whatever_else_is_asked(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    made = network()
    together = made.answers(batch()).log_probs["choice"]
    assert together.shape == (3, 1, 4)
    for row in range(3):
        assert np.array_equal(made.answers(batch([row])).log_probs["choice"][0], together[row])


def test_answers_in_another_order_are_as_likely():
    made, turned = network(), [(c, a, d, b) for a, b, c, d in ORDER]
    one, other = (made.answers(batch(orders=orders)).log_probs["choice"][:, 0] for orders in (ORDER, turned))
    np.testing.assert_allclose(one[:, [2, 0, 3, 1]], other, atol=1e-6)


@pytest.mark.usefixtures("float64")
def test_the_loss_is_that_of_its_answers_and_gradients_are_finite_differences():
    made, given = network().double(), batch()
    found = made.loss(given, made.initial_state(3), None).heads["choice"]
    log_probs = made.answers(given).log_probs["choice"][:, 0]
    assert found.nats.item() == pytest.approx(-log_probs[[0, 1, 2], [0, 2, 0]].sum(), abs=1e-12)
    found.nats.backward()
    weight = made.stack.state_dict(keep_vars=True)
    name = next(iter(weight))
    parameter = weight[name]
    place, step = (0,) * parameter.dim(), 1e-6
    sums = []
    for sign in (1, -1):
        with torch.no_grad():
            parameter[place] += sign * step
            sums.append(made.loss(given, made.initial_state(3), None).heads["choice"].nats.item())
            parameter[place] -= sign * step
    assert parameter.grad[place].item() == pytest.approx((sums[0] - sums[1]) / (2 * step), abs=1e-8)


def test_what_it_cannot_read_is_refused():
    reads = dict.fromkeys(("passage", "question", *CHOICES), Tokens(["a"]))
    with pytest.raises(ConfigError, match="passage: got tokens, expected passages with questions"):
        ChoiceReader(ChoiceReader.Config(), reads, {"choice": FOUR})
    with pytest.raises(ValueError, match="self_attention_heads: the choice reader takes the largest of each number"):
        ChoiceReader.Config(self_attention_heads=2)
