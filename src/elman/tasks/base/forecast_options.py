"""What is forecast, and how it is learned."""

from typing import Literal, Self

from pydantic import Field as Option
from pydantic import model_validator

from elman.config import Config, Names


class ForecastOptions(Config):
    """Options of tasks that forecast series."""

    horizon: int = Option(0, ge=0, description="H, steps ahead; 0 is 24, of what is on or off 1.")
    targets: Names = Option([], description="Columns that are forecast; left out, all that are not known.")
    known: Names = Option(
        [], description="Columns that are known for the coming steps too, such as holidays; they are not forecast."
    )
    period: int | None = Option(
        None,
        ge=0,
        description="Steps after which a season comes again; if nothing is said, a year of months or quarters, or 24; "
        "0 is none.",
    )
    differences: Literal["auto", "none", "last", "season"] = Option(
        "auto",
        description="What is read and forecast as a difference from: the row before (last, which is auto), that and a "
        "period before (season), or nothing: then a series that rises above all that was trained on is lost.",
    )
    binary: bool | Literal["auto"] = Option(
        "auto", description="Every number is 0 or 1, on or off; auto looks at the training part."
    )
    bptt: int = Option(96, ge=1, le=100_000, description="T, steps that a gradient reaches back.")
    carry_state: bool = Option(True, description="Training goes on with the state that the batch before left.")

    @property
    def single(self) -> str:
        """A number has one forecast, but what may be on is more or less likely."""
        return "" if self.binary is True else "a forecast is one number, with its quantiles beside it"

    @model_validator(mode="after")
    def _a_season_has_a_period(self) -> Self:
        if self.differences == "season" and self.period == 0:
            raise ValueError("differences: got season with period 0, expected a period to look back. Set period.")
        return self
