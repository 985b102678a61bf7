"""What tests of heads share: who computes."""

import pytest

from tests.heads.every_path import MODES


@pytest.fixture(params=MODES)
def mode(request, monkeypatch):
    """Each way in which a CRF is computed, in turn."""
    monkeypatch.setenv("ELMAN_KERNELS", request.param)
    return request.param
