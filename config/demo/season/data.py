"""The data files of the demo, read as they are."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "data"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(name: str) -> Any:
    """What the YAML file `name` holds."""
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe loader, in C if it can
