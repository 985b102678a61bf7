"""Sentences as numbers, and what a word encoder reads of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from elman.data.records import Example
from elman.data.sentences import Sentences, word_fields
from elman.text.lexicon import SHAPES, Lexicon, Spelling, shape

words = st.sampled_from(["The", "the", "cat", "NATO", "1996", "2026", "rare", "new", "Zoo", "zoo"])
texts = st.lists(st.lists(words, max_size=5), min_size=1, max_size=6)


def lexicon_of():
    return Lexicon.learn([["The", "cat", "the", "cat", "1996", "1996", "rare", "NATO", "NATO"]], Spelling())


def made(lexicon, **texts):
    names = {name.replace("only", ""): sentences for name, sentences in texts.items()}
    count = len(next(iter(names.values())))
    return Sentences.of([Example({}, f"f:{i}") for i in range(count)], names, lexicon)


def matches(lexicon, word, partner):
    """Say whether two words are the same, or one word of the vocabulary."""
    spelled = lexicon.spelling.of(word)
    return word == partner or (spelled == lexicon.spelling.of(partner) and spelled in lexicon.words)


@given(first=texts, data=st.data())
def test_a_batch_has_ids_characters_and_shapes_of_every_word_of_both_texts(first, data):
    second = data.draw(st.lists(st.lists(words, max_size=5), min_size=len(first), max_size=len(first)))
    rows = np.array(data.draw(st.permutations(range(len(first))))[: max(1, len(first) - 1)])
    lexicon = lexicon_of()
    lexicon.forms(["before", "them"])  # so that forms of the batch are not those of the lexicon
    sentences = made(lexicon, first_=first, second_=second)
    assert sentences.lengths.tolist() == [len(one) + len(two) for one, two in zip(first, second, strict=True)]
    fields, masks = word_fields(sentences, lexicon, rows)
    of_texts = {f"{text}_{what}" for text in ("first", "second") for what in ("words", "forms", "matches")}
    assert set(fields) == {*of_texts, "characters", "shapes"}
    assert set(masks) == {"first_words", "second_words", "characters"}
    chosen = {"first_": [first[row] for row in rows], "second_": [second[row] for row in rows]}
    different = {word for sentences in chosen.values() for sentence in sentences for word in sentence}
    assert len(fields["characters"]) == len(fields["shapes"]) == len(different)
    for name, expected in chosen.items():
        mask = masks[f"{name}words"]
        assert mask.sum(1).tolist() == list(map(len, expected))
        assert mask.shape[1] == max(map(len, expected))
        assert not fields[f"{name}words"][~mask].any()
        assert not fields[f"{name}forms"][~mask].any()
        flat = [word for sentence in expected for word in sentence]
        known = lexicon.words.encode(map(lexicon.spelling.of, flat))
        assert fields[f"{name}words"][mask].tolist() == known.tolist()
        for word, form in zip(flat, fields[f"{name}forms"][mask], strict=True):
            real = masks["characters"][form]
            assert fields["characters"][form][real].tolist() == lexicon.characters.encode(word).tolist()
            assert not fields["characters"][form][~real].any()
            assert SHAPES[fields["shapes"][form]] == shape(word)
    for name, other in (("first_", "second_"), ("second_", "first_")):
        expected = [
            [any(matches(lexicon, word, partner) for partner in partners) for word in sentence]
            for sentence, partners in zip(chosen[name], chosen[other], strict=True)
        ]
        mask = masks[f"{name}words"]
        assert fields[f"{name}matches"][mask].tolist() == [match for row in expected for match in row]
        assert not fields[f"{name}matches"][~mask].any()


def test_one_text_has_fields_without_a_name():
    lexicon = lexicon_of()
    fields, masks = word_fields(made(lexicon, only=[["cat", "The"], ["cat"]]), lexicon, np.array([1, 0]))
    assert set(fields) == {"words", "forms", "characters", "shapes"}
    assert fields["words"].tolist() == [
        [*lexicon.words.encode(["cat"]), 0],
        lexicon.words.encode(["cat", "the"]).tolist(),
    ]
    assert fields["forms"].tolist() == [[0, 0], [0, 1]]
    assert masks["words"].tolist() == [[True, False], [True, True]]


def test_sentences_without_words_make_a_batch_without_places():
    lexicon = lexicon_of()
    fields, _ = word_fields(made(lexicon, only=[[], []]), lexicon, np.array([0, 1]))
    assert fields["words"].shape == (2, 0)
    assert fields["characters"].shape == (0, 0)


def test_only_words_that_occur_once_are_forgotten_with_the_given_probability():
    lexicon = lexicon_of()
    line = ["the", "cat", "rare", "1996", "new"]
    sentences = made(lexicon, only=[line] * 400)
    rows = np.arange(400)

    def read(forget, draw):
        return word_fields(sentences, lexicon, rows, forget, draw)[0]["words"]

    calm, forgetful = read(0.3, None), read(0.3, np.random.default_rng(1))
    assert lexicon.words.counts[calm[0, :4]].tolist() == [2, 2, 1, 2]
    assert calm[0, 4] == 0
    share = (forgetful[:, 2] == 0).mean()
    assert 0.23 < share < 0.37  # three standard deviations
    assert (forgetful[:, [0, 1, 3, 4]] == calm[:, [0, 1, 3, 4]]).all()
    assert (forgetful == read(0.3, np.random.default_rng(1))).all()
    assert (forgetful != read(0.3, np.random.default_rng(2))).any()
    assert (read(0.0, np.random.default_rng(1)) == calm).all()
    forms = [word_fields(sentences, lexicon, rows, forget, np.random.default_rng(1))[0]["forms"] for forget in (0, 0.9)]
    assert (forms[0] == forms[1]).all()  # what is forgotten keeps its characters
