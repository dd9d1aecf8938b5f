"""Where the third-party statements stand: beside the repository, never inside it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the third-party test data (shared/data) does not stand beside the repository"
)


def bank_file(name: str) -> bytes:
    return (SHARED / "bank" / name).read_bytes()
