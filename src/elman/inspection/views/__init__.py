"""Views of a trained model, one a file."""

from typing import TYPE_CHECKING

from elman.registry import Registry

if TYPE_CHECKING:
    from elman.inspection.views.base import View

VIEWS: "Registry[View]" = Registry("elman.inspection.views", "View", "view")
