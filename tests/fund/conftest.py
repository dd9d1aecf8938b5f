"""Sealed rows, and `check_ledger` reduced to the fund's own proofs."""

import pytest

from fund import registry, sealing
from fund.models import Pocket, Seal
from tests.fund.seal_attacks import add_rows, proof


@pytest.fixture
def own_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Movements made here have no gift behind them: the upper apps' proofs would rightly say so."""
    own = {name: check for name, check in registry.checks().items() if check.__module__.startswith("fund.")}
    monkeypatch.setattr(registry, "checks", lambda: own)


@pytest.fixture
def sealed(own_proofs: None, pocket: Pocket) -> list[Seal]:
    """Three seals of six rows each: positions 1 to 3 are movements, 4 to 6 audit events."""
    seals = []
    for name in ("first", "second", "third"):
        add_rows(pocket, name)
        seals += sealing.seal_pending()
    assert [seal.count for seal in seals] == [6, 6, 6]
    assert proof()["broken"] == {name: [] for name in registry.checks()}
    return seals
