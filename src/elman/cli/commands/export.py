"""elman export: a run as a file that other programs read."""

from pathlib import Path

import typer

from elman.cli.options import PLUGINS
from elman.cli.streams import need_no_output


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder, or a file of word vectors to convert."),
    file: Path = typer.Argument(metavar="FILE", help="Where to; its ending says the format."),
    overwrite: bool = typer.Option(False, "--overwrite", help="Replace a file that is there."),
    plugins: list[str] = PLUGINS,
) -> None:
    """Write what a run has learned as a file that other programs read.

    n-grams: .arpa, for KenLM, SRILM and speech recognizers.

    Word vectors: .txt or .vec (word2vec and fastText text), .glove (GloVe), .bin (word2vec binary), .npy (a NumPy array
    with its words beside it). A file of vectors in place of the run is converted. With .gz at the end it is compressed.

    Other runs are used elsewhere as they are: copy the folder.
    """
    import elman
    from elman.inference.export import convert, export

    need_no_output()
    written = (
        convert(run, file, overwrite) if run.is_file() else export(elman.load(run, plugins=plugins), file, overwrite)
    )
    print(f"{file}: {written}")
