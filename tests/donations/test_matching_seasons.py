"""Gifts, refunds and disputes drawn by chance around two caps, held against a model of a few lines."""

import random
from dataclasses import dataclass, field

import pytest

from donations.models import MatchingOffer
from fund import clock
from tests.donations.factories import dispute_of, event, refund_of, take_event
from tests.donations.sponsors import OTHER_SIREN, company, given, make_offer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "foundation", "proved")]
STEPS = 14


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


@dataclass
class Model:
    """What an offer must hold: shares by gift, the first grant a roof for ever, the cap a roof for all."""

    ratio: tuple[int, int]
    cap: int
    grants: dict[int, int] = field(default_factory=dict)
    shares: dict[int, int] = field(default_factory=dict)

    def left(self) -> int:
        return self.cap - sum(self.shares.values())

    def came(self, gift: int, cents: int) -> None:
        self.grants[gift] = self.shares[gift] = min(cents * self.ratio[0] // self.ratio[1], self.left())

    def changed(self, gift: int, kept: int) -> None:
        worth = min(kept * self.ratio[0] // self.ratio[1], self.grants[gift])
        self.shares[gift] = min(worth, self.shares[gift] + self.left())


@pytest.mark.parametrize("seed", range(6))
def test_offers_hold_what_the_model_holds_after_each_step(pocket, people, seed):
    chance = random.Random(seed)
    ratios, caps = [(1, 1), (2, 3)], [chance.randint(5_000, 20_000), chance.randint(3_000, 9_000)]
    rows = [
        make_offer(people, numerator=ratio[0], denominator=ratio[1], cap_cents=cap, sponsor=company(siren))
        for ratio, cap, siren in zip(ratios, caps, ("732829320", OTHER_SIREN), strict=True)
    ]
    models = [Model(ratio, cap) for ratio, cap in zip(ratios, caps, strict=True)]
    season = Season(pocket, chance)
    for number in range(STEPS):
        season.step(number, models)
        for row, model in zip(rows, models, strict=True):
            row.refresh_from_db()
            told = dict(row.shares.order_by("pk").values_list("gift", "cents"))
            assert told == {gift: cents for gift, cents in model.shares.items() if model.grants[gift]}
            assert row.consumed_cents == sum(model.shares.values()) <= model.cap
    assert MatchingOffer.objects.count() == 2


class Season:
    """One act of chance at a time, told to the fund and to the models alike."""

    def __init__(self, pocket, chance: random.Random) -> None:
        self.pocket, self.chance = pocket, chance
        self.gifts: list = []
        self.kept: dict[int, int] = {}
        self.refunds: list[tuple] = []

    def step(self, number: int, models: list[Model]) -> None:
        act = self.chance.choice(["give", "give", "refund", "refund", "unrefund", "lose"])
        if act == "give" or not self.gifts:
            cents = self.chance.randint(1, 6_000)
            gift = given(self.pocket, cents, email=f"d{number}@example.org")
            self.gifts.append(gift)
            self.kept[gift.pk] = cents
            for model in models:
                model.came(gift.pk, cents)
            return
        gift = self.chance.choice(self.gifts)
        if act == "unrefund" and self.refunds:
            gift, name, cents = self.refunds.pop()
            take_event(event("refund.failed", refund_of(gift, name, cents, "failed")))
            self.kept[gift.pk] += cents
        elif self.kept[gift.pk] and act != "unrefund":
            cents = self.chance.randint(1, self.kept[gift.pk])
            self.take(act, gift, f"{act}_{number}", cents)
            self.kept[gift.pk] -= cents
        for model in models:
            model.changed(gift.pk, self.kept[gift.pk])

    def take(self, act: str, gift, name: str, cents: int) -> None:
        if act == "refund":
            take_event(event("refund.created", refund_of(gift, name, cents)))
            self.refunds.append((gift, name, cents))
        else:
            take_event(event("charge.dispute.closed", dispute_of(gift, name, cents, "lost")))
