"""Where the third-party statements stand: beside the repository, never inside it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="../shared/data, the third-party test data, is absent"
)


def bank_file(name: str) -> bytes:
    return (SHARED / "bank" / name).read_bytes()
