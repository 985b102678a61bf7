"""Where the files of a run lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from elman.errors import CheckpointError
from elman.runs import replacing


@dataclass(frozen=True)
class RunPaths:
    """The files of a run and where they lie.

    config.toml         the configuration, everything decided
    vocabulary/         text files
    model.safetensors   the best weights on validation; the last when there is no validation
    metrics.jsonl       one JSON object a line: what training measured
    report.html         curves, settings, data, samples
    checkpoints/<step>/ what is needed to go on

    Args:
        path: of the folder.
        plugins: paths of code that its configuration may name, because the user did.
        replaces: whether it is being made where there is another run.
    """

    path: Path
    plugins: Sequence[str] = ()
    replaces: bool = False

    @property
    def place(self) -> Path:
        """Where its files are: apart, as long as the run that is to be replaced counts."""
        new = replacing.new_run(self.path)
        return new if self.replaces and new.is_dir() else self.path

    @property
    def is_apart(self) -> bool:
        """Whether another run is still in the place of this one."""
        return self.place != self.path

    @property
    def config_path(self) -> Path:
        """The configuration."""
        return self.place / "config.toml"

    @property
    def vocabulary_path(self) -> Path:
        """The folder of vocabularies."""
        return self.place / "vocabulary"

    @property
    def model_path(self) -> Path:
        """The best weights."""
        return self.place / "model.safetensors"

    @property
    def metrics_path(self) -> Path:
        """The measurements."""
        return self.place / "metrics.jsonl"

    @property
    def report_path(self) -> Path:
        """The report."""
        return self.place / "report.html"

    @property
    def checkpoints_path(self) -> Path:
        """The folder of checkpoints."""
        return self.place / "checkpoints"

    @property
    def written_into(self) -> tuple[Path, Path, Path]:
        """What is not replaced as a whole when a run goes on."""
        return self.checkpoints_path, self.vocabulary_path, self.metrics_path

    def check_links(self) -> None:
        """Refuse to write into what is not in the folder: where a link leads, somebody else may have decided.

        Raises:
            CheckpointError: a part of the run is a link.
        """
        for path in self.written_into:
            if path.is_symlink():
                raise CheckpointError(f"{path}: a link, and a run lies in one folder. Put there what it leads to.")
