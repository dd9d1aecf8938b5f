"""Sealers beside writers whose transactions commit out of order, and beside each other."""

import threading

import pytest
from django.db import IntegrityError, connections, transaction

from fund import audit, registry, sealing
from fund.models import AuditEvent, Movement, Pocket, Seal, SealedRow
from tests.concurrency.rivals import MeetingPoint, needs_row_locks, race
from tests.fund.seal_attacks import add_gift, add_rows, complaints

pytestmark = needs_row_locks
WRITERS, ROUNDS, SEALERS = 8, 12, 2
PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def _only_the_funds_own_proofs(monkeypatch):
    own = {name: check for name, check in registry.checks().items() if check.__module__.startswith("fund.")}
    monkeypatch.setattr(registry, "checks", lambda: own)


class Rounds:
    """Eight writers insert, one after the other; then they commit in the reverse order, with a sealing between."""

    def __init__(self, pocket: Pocket) -> None:
        self.pocket = pocket
        self.inserted = [[threading.Event() for _ in range(WRITERS)] for _ in range(ROUNDS)]
        self.committed = [[threading.Event() for _ in range(WRITERS)] for _ in range(ROUNDS)]
        self.over = threading.Event()

    def write(self, writer: int) -> None:
        """Writer 0 takes the lowest number of each round and commits last."""
        for turn in range(ROUNDS):
            with transaction.atomic():
                if writer:
                    assert self.inserted[turn][writer - 1].wait(PATIENCE_SECONDS)
                add_gift(self.pocket, f"{turn}-{writer}")
                audit.record("test.done", self.pocket, by=None, turn=turn, writer=writer)
                self.inserted[turn][writer].set()
                if writer < WRITERS - 1:
                    assert self.committed[turn][writer + 1].wait(PATIENCE_SECONDS)
            self.committed[turn][writer].set()

    def seal(self) -> int:
        """Seals as fast as it can until the writers are done; returns how many seals it made."""
        made = 0
        while not self.over.is_set():
            made += len(sealing.seal_pending(limit=5))
        return made

    def run(self) -> list[object]:
        def sealers_and_end() -> None:
            for turn in range(ROUNDS):
                assert self.committed[turn][0].wait(PATIENCE_SECONDS)
            self.over.set()

        writers = [lambda number=number: self.write(number) for number in range(WRITERS)]
        return race(*writers, *[self.seal] * SEALERS, sealers_and_end)


def test_eight_writers_and_two_sealers_leave_each_row_in_one_seal(transactional_db, pocket):
    outcomes = Rounds(pocket).run()
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    sealing.seal_pending()
    rows = WRITERS * ROUNDS
    assert (Movement.objects.count(), AuditEvent.objects.count()) == (rows, rows)
    assert SealedRow.objects.values("movement").distinct().count() == rows + 1, (
        "each movement, and the empty side"
    )
    assert SealedRow.objects.count() == 2 * rows
    numbers = list(Seal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert 0 not in outcomes[WRITERS : WRITERS + SEALERS], "both sealers had their turn"
    assert came_late() > 0, "no row came late with a lower number: the test would prove nothing"
    assert complaints() == []


def came_late() -> int:
    """Movements whose number is lower than one that was sealed before: a range of numbers would have lost them."""
    highest, late = 0, 0
    places = SealedRow.objects.exclude(movement=None).order_by("seal__number", "position")
    for row_id in places.values_list("movement_id", flat=True):
        late += row_id < highest
        highest = max(highest, row_id)
    return late


def test_without_the_turn_two_sealers_take_the_same_rows_and_one_is_thrown_back(pocket, monkeypatch):
    """The set-up shows the collision: here only the unique numbers save the chain, and a sealing is lost."""
    add_rows(pocket, "a")
    meeting = MeetingPoint()
    monkeypatch.setattr(sealing, "_wait_for_turn", lambda: None)
    monkeypatch.setattr(sealing, "head", meeting.after(sealing.head))
    outcomes = race(*[sealing.seal_pending] * 2)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
    assert complaints() == []


def test_with_the_turn_the_second_sealer_finds_nothing_left(pocket, monkeypatch):
    add_rows(pocket, "a")
    meeting = MeetingPoint()
    monkeypatch.setattr(sealing, "head", meeting.after(sealing.head))
    outcomes = race(*[sealing.seal_pending] * 2)
    assert sorted(len(outcome) for outcome in outcomes) == [0, 1]
    assert SealedRow.objects.count() == 6
    assert complaints() == []


def test_a_row_not_yet_committed_is_left_to_the_next_seal(pocket):
    """And the sealer does not wait for it: a long transaction holds up nobody."""
    open_now, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            add_gift(pocket, "slow")
            open_now.set()
            assert may_end.wait(PATIENCE_SECONDS)

    def seal_beside_it() -> list[list[str]]:
        assert open_now.wait(PATIENCE_SECONDS)
        add_gift(pocket, "quick")
        sealing.seal_pending()
        may_end.set()
        connections.close_all()
        return list(SealedRow.objects.order_by("pk").values_list("movement__cause_key", flat=True))

    assert race(write_slowly, seal_beside_it)[1] == ["quick"]
    sealing.seal_pending()
    keys = SealedRow.objects.order_by("seal__number").values_list("movement__cause_key", flat=True)
    assert list(keys) == ["quick", "slow"]
    assert complaints() == []
