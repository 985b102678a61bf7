"""What every model is made of. `headed` is about networks alone, and loads torch."""

from elman.models.base.fitted import Fitted, Fitting, Streamed, Stretch
from elman.models.base.model import BatchLoss, Model, Network
from elman.models.base.names import check_names

__all__ = ["BatchLoss", "Fitted", "Fitting", "Model", "Network", "Streamed", "Stretch", "check_names"]
