"""Row D41 of the curriculum: memory networks, which look at what was told; and B17, the encoder of a question."""

import numpy as np
import pytest

import elman
from elman.demos import DEMOS

SETTINGS = {"training.validate_every": 400, "model.embedding_size": 20}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stories")
    path = folder / "stories.txt"
    lines = DEMOS.get("memory")().text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "Where is the" not in line), encoding="utf-8")
    renumbered, number = [], 0
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        before, _, text = line.partition(" ")
        number = 1 if before == "1" else number + 1
        renumbered.append(f"{number} {text}" if "\t" not in text else f"{number} {text.rpartition(chr(9))[0]}\n")
    path.write_text("".join(renumbered), encoding="utf-8")
    options = {"threads": 1, "batch_size": 32, "learning_rate": 0.01, "settings": SETTINGS}
    return elman.load(elman.train("memory", path, out=folder / "run", steps=800, **options))


def test_D41_a_memory_network_looks_at_the_sentence_that_answers(told):
    story = (
        "Mary went to the kitchen. John moved to the garden. Mary journeyed to the office. Sandra moved to the hallway."
    )
    answer = told.answer([told.task.parse(f"{story}\tWhere is Mary?", False)])[0]
    assert answer.facts["answers"][0]["answer"] == "office"
    hops = np.array(answer.facts["attention"]["hops"])
    assert answer.facts["attention"]["story"][int(hops[-1].argmax())] == "Mary journeyed to the office."


def test_B17_D41_the_same_story_is_read_in_the_light_of_the_question(told):
    story = "Mary went to the kitchen. John moved to the garden. Sandra moved to the hallway."
    asked = [told.task.parse(f"{story}\tWhere is {who}?", False) for who in ("Mary", "John", "Sandra")]
    found = [answer.facts["answers"][0]["answer"] for answer in told.answer(asked)]
    assert found == ["kitchen", "garden", "hallway"]
