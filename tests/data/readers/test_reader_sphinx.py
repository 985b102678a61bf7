"""Transcripts of Sphinx: two lists and a tree of recordings, and what is said where they do not fit each other."""

import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import READERS, formats, recognize
from elman.data.recordings import Medium, recording_of
from elman.errors import DataError
from tests.recordings import tone, wav

KIND = READERS.get("sphinx")
SPEECH = ("frames", "text")
PATHS = "an4/fash/an251-fash-b\nan4/fash/an253-fash-b\nan4/mblw/an251-mblw-b\n"
SAID = "<s> YES </s> (an251-fash-b)\n<s> GO  TO <sil> IT </s> (an253-fash-b)\nYES (an4/mblw/an251-mblw-b)\n"


def corpus(folder, paths=PATHS, said=SAID, audio="", lists="etc"):
    """Write lists and the recordings that the first three paths name; return the list of paths."""
    for number, name in enumerate(PATHS.split()):
        file = folder / audio / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(wav(tone(400, 0.1 + 0.1 * number)))
    etc = folder / lists
    etc.mkdir(parents=True, exist_ok=True)
    for ending, text in (("fileids", paths), ("transcription", said)):
        if text is not None:
            (etc / f"train.{ending}").write_text(text)
    return etc / "train.fileids"


def read(path, fields=SPEECH, answers=False, **options):
    reader = KIND(KIND.Config(**options), fields)
    reader = reader.for_answers() if answers else reader
    return list(reader.read(reader.find([str(path)])))


@pytest.mark.parametrize("ending", ["fileids", "transcription"])
def test_either_list_stands_for_both_and_marks_are_no_words(ending, tmp_path):
    path = corpus(tmp_path).with_suffix(f".{ending}")
    examples = read(path)
    assert [one.fields["text"] for one in examples] == ["YES", "GO TO IT", "YES"]
    assert [one.where for one in examples] == [str(tmp_path / f"{name}.wav") for name in PATHS.split()]
    assert {recording_of(one).medium for one in examples} == {Medium.SOUND}
    assert [len(recording_of(one)) for one in examples] == [800, 1600, 2400]
    fields = [Field("frames", Kind.FRAMES), Field("text", Kind.TEXT)]
    assert recognize([str(path)], fields, formats(fields)) == "sphinx"


@pytest.mark.parametrize("audio", ["", "wav", "etc", "etc/wav"])
def test_recordings_lie_beside_the_lists_or_a_folder_above(audio, tmp_path):
    assert len(read(corpus(tmp_path, audio=audio))) == 3


def test_recordings_lie_where_the_user_says(tmp_path):
    path = corpus(tmp_path, audio="sound/tape")
    assert len(read(path, folder="../sound/tape")) == 3
    with pytest.raises(DataError, match=r"fileids: 3 of 3 recordings are not there: 'an4/fash/an251-fash-b', .*Loo"):
        read(path)


def test_recordings_to_be_answered_need_no_transcripts(tmp_path):
    path = corpus(tmp_path, said=None)
    assert len(read(path, ("frames",))) == 3
    assert [one.fields["text"] for one in read(path, answers=True)] == ["", "", ""]
    assert len(read(tmp_path / "an4/fash", ("frames",))) == 2
    assert len(read(tmp_path / "an4/fash/an251-fash-b.wav", ("frames",))) == 1


def test_a_recording_that_is_named_and_not_there(tmp_path):
    path = corpus(tmp_path, f"{PATHS}an4/mblw/an9-mblw-b\n", f"{SAID}NO (an9-mblw-b)\n")
    message = (
        rf"^{path}: 1 of 4 recordings are not there: 'an4/mblw/an9-mblw-b'\. Looked for in {tmp_path}, with the "
        r"endings \.wav, \.flac, \.ogg; --set reader\.folder=FOLDER names another\.$"
    )
    with pytest.raises(DataError, match=message):
        read(path)


def test_recordings_that_no_list_names_are_told(tmp_path):
    path = corpus(tmp_path, "\n".join(PATHS.split()[:1]), SAID.split("\n")[0])
    reader = KIND(KIND.Config(), SPEECH)
    assert len(list(reader.read([path]))) == 1
    assert reader.remarks == ["train.fileids: not in it: 1 recording beside those it names: 'an253-fash-b.wav'"]


def test_a_recording_without_a_transcript(tmp_path):
    path = corpus(tmp_path, said="".join(SAID.splitlines(keepends=True)[:2]))
    message = (
        r"train\.fileids:3: 1 line more than train\.transcription has: 'an4/mblw/an251-mblw-b', expected a line there "
        r"for each\. Mend the lists\."
    )
    with pytest.raises(DataError, match=message):
        read(path)


def test_a_transcript_without_a_recording(tmp_path):
    path = corpus(tmp_path, "\n".join(PATHS.split()[:2]))
    with pytest.raises(DataError, match=r"train\.transcription:3: 1 line more than train\.fileids has: 'YES \(an4/"):
        read(path)


def test_an_id_that_is_not_that_of_the_path(tmp_path):
    path = corpus(tmp_path, said=SAID.replace("an253-fash-b", "an254-fash-b"))
    message = (
        r"train\.transcription:2: got the id 'an254-fash-b', expected 'an253-fash-b' as on line 2 of the \.fileids\. "
        r"Bring both lists into the same order\."
    )
    with pytest.raises(DataError, match=message):
        read(path)


def test_a_line_without_parentheses(tmp_path):
    path = corpus(tmp_path, said=SAID.replace(" (an253-fash-b)", ""))
    message = r"train\.transcription:2: no id: got '<s> GO  TO <sil> IT </s>', expected the text, a blank, \(an253-"
    with pytest.raises(DataError, match=message):
        read(path)


@pytest.mark.parametrize("missing", ["fileids", "transcription"])
def test_a_list_that_is_missing(missing, tmp_path):
    path = corpus(tmp_path)
    path.with_suffix(f".{missing}").unlink()
    with pytest.raises(DataError, match=rf"train\.{missing}: is missing, expected it beside train\."):
        read(next(path.parent.iterdir()))


def test_where_nothing_is_said_nothing_is_learned_and_that_is_told(tmp_path):
    reader = KIND(KIND.Config(), SPEECH)
    path = corpus(tmp_path, said=SAID.replace("YES </s> (an251-fash-b)", "</s> (an251-fash-b)"))
    assert len(list(reader.read([path]))) == 2
    assert reader.passed_over == ["passed over: 1 recording where nothing is said"]
