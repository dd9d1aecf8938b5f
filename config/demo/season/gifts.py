"""The plan of the gifts: `data/gifts.yaml` drawn out into single gifts by the fixed seed. Nothing is paid here."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from config.demo.season import data
from config.demo.season.chance import draw, pick, pick_weighted
from config.demo.season.teams import PlannedTeam, planned_teams
from config.demo.season.times import day_of
from donations.givers import Address, Giver
from donations.models.gifts import GiverKind
from fund import clock

DEBITS_IN_A_HUNDRED = 16
AGAIN_IN_A_HUNDRED = 7  # gives a second time in the season


@dataclass(frozen=True)
class PlannedGift:
    """One gift to be made. `what` is paid, debit, failed, abandoned, twice, disputed, won or monthly.

    `giver` where more is told than a name; `team` the mark of the page it is given on.
    """

    number: int
    moment: datetime
    donor: str
    first_name: str
    last_name: str
    amount_cents: int
    what: str
    shown: str = ""
    message: str = ""
    verdict: str = field(default="approve")  # approve, hide or wait
    giver: Giver | None = None
    team: str = ""

    @property
    def email(self) -> str:
        return f"{self.donor}@donateurs.example"

    @property
    def form_token(self) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"demo-gift-{self.number}")

    @property
    def has_words(self) -> bool:
        return bool(self.shown or self.message)


def planned_gifts() -> list[PlannedGift]:
    """All gifts of the season in the order in which they are made."""
    file = data.read("gifts.yaml")
    gifts = [*_ordinary(file), *_told(file)]
    return sorted(gifts, key=lambda gift: (gift.moment, gift.number))


def _ordinary(file: dict[str, Any]) -> Iterator[PlannedGift]:
    last = day_of(max(file["days"]))
    moments = [
        _moment(day_of(text), f"{text}:{turn}", early=day_of(text) == last)
        for text, count in file["days"].items()
        for turn in range(count)
    ]
    words = _words(file, len(moments))
    donors: list[PlannedGift] = []
    teams = planned_teams()
    for number, moment in enumerate(sorted(moments)):
        euros = pick_weighted(f"size:{number}", [(size, weight) for size, weight in file["sizes"]])
        is_debit = draw(f"method:{number}", 100) < DEBITS_IN_A_HUNDRED
        gift = PlannedGift(
            number=number,
            moment=moment,
            donor=f"don{number:03d}",
            first_name=pick(f"first:{number}", file["first_names"]),
            last_name=pick(f"last:{number}", file["last_names"]),
            amount_cents=euros * 100,
            what="debit" if is_debit else "paid",
            team=_team_of(number, moment, teams),
        )
        if donors and draw(f"again:{number}", 100) < AGAIN_IN_A_HUNDRED:
            known = pick(f"who:{number}", donors)
            gift = replace(gift, donor=known.donor, first_name=known.first_name, last_name=known.last_name)
        donors.append(gift)
        yield _with_words(gift, words[number]) if number in words else gift


def _team_of(number: int, moment: datetime, teams: list[PlannedTeam]) -> str:
    """The mark of the open team on whose page this gift is given; mostly none."""
    drawn = draw(f"team:{number}", 100)
    for team in teams:
        if team.is_open_on(moment.date()):
            drawn -= team.share
            if drawn < 0:
                return team.mark
    return ""


def _words(file: dict[str, Any], gifts: int) -> dict[int, tuple[str, str, str]]:
    """By the number of a gift: (message, name shown, verdict); the messages lie evenly over the season."""
    messages = file["messages"]
    told = {}
    for place, (message, shown) in enumerate(messages, start=1):
        waits = place > len(messages) - file["waiting"]
        verdict = "wait" if waits else "hide" if place in file["hidden"] else "approve"
        told[(place - 1) * gifts // len(messages)] = (message, shown, verdict)
    return told


def _with_words(gift: PlannedGift, words: tuple[str, str, str]) -> PlannedGift:
    message, shown, verdict = words
    name = {"": gift.first_name, "-": ""}.get(shown, shown)
    return replace(gift, shown=name, message=message, verdict=verdict, what="paid")


def _told(file: dict[str, Any]) -> Iterator[PlannedGift]:
    """The notable gifts and the monthly ones, numbered after the ordinary ones."""
    start = sum(file["days"].values())
    rows = [*file["notable"], *({**row, "what": "monthly"} for row in file["monthly"])]
    for number, row in enumerate(rows, start=start):
        first_name, last_name = row["name"]
        yield PlannedGift(
            number=number,
            moment=_moment(day_of(row["day"]), f"told:{number}", early=False),
            donor=row.get("who", f"don{number:03d}"),
            first_name=first_name,
            last_name=last_name,
            amount_cents=row["euros"] * 100,
            what=row["what"],
            shown=row.get("shown", ""),
            message=row.get("message", ""),
            giver=_giver(row) if "at" in row else None,
        )


def _giver(row: dict[str, Any]) -> Giver:
    """Who gives, with the address and the company that a receipt names."""
    first_name, last_name = row["name"]
    address = Address(*row["at"])
    if "company" not in row:
        return Giver(first_name, last_name, address=address)
    name, legal_form, siren = row["company"]
    return Giver(first_name, last_name, GiverKind.COMPANY, name, legal_form, siren, address)


def _moment(day: date, label: str, *, early: bool) -> datetime:
    """An hour of the day between 9:00 and 21:59 in Paris; on the last day before the visitor comes, at 8."""
    hour = 8 if early else 9 + draw(f"hour:{label}", 13)
    return datetime.combine(day, time(hour, draw(f"minute:{label}", 60)), tzinfo=clock.PARIS)
