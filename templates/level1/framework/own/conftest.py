"""Leave the tests of this folder to the pytest started in it: that of the code around it lacks what they need."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

HERE = Path(__file__).resolve().parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Return whether a path below this folder is passed over; None leaves it to others."""
    return None if config.rootpath == HERE else True
