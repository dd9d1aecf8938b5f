"""What rules would make of a few small evenings, so that whoever writes them reads what they say."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from aid_requests.committee.rules.engine import weigh
from aid_requests.committee.rules.grammar import EXCEPTIONS, Mode, Rules
from aid_requests.committee.rules.matters import ABSTAIN, GRANT, REFUSE, Ballot, Matter, Presence, Roll, Seat
from aid_requests.committee.rules.sentences import explain

SEATS = 8


@dataclass(frozen=True, slots=True)
class Evening:
    """One example: what happened, and what the engine says of it."""

    title: str
    sentences: list[str]


def evenings(rules: Rules) -> list[Evening]:
    """A committee of eight, in the default mode of these rules; the chair votes in favour."""
    five = [GRANT, GRANT, GRANT, REFUSE, ABSTAIN]
    shown = [
        _evening(rules, _("Cinq membres : trois pour, un contre, une abstention"), five),
        _evening(rules, _("Quatre membres : deux pour, deux contre"), [GRANT, GRANT, REFUSE, REFUSE]),
        _evening(rules, _("Deux membres : deux pour"), [GRANT, GRANT]),
    ]
    if rules.second_call is not None and not _in_writing(rules):
        shown.append(_evening(rules, _("Les deux mêmes, à la seconde convocation"), [GRANT, GRANT], call=2))
    if EXCEPTIONS in rules.unanimity:
        title = _("Une dérogation, cinq membres : quatre pour, un contre")
        shown.append(_evening(rules, title, [*[GRANT] * 4, REFUSE], is_exception=True))
    return shown


def _evening(rules: Rules, title: str, said: list[Ballot], **more: object) -> Evening:
    """The first of the eight are there and vote as `said`; the others are not."""
    near = Presence.REMOTE if _in_writing(rules) else Presence.ABSENT
    presences = [Presence.ROOM if number < len(said) else near for number in range(SEATS)]
    roll = Roll(tuple(Seat(number + 1, presence=one) for number, one in enumerate(presences)), chair=1)
    # A scheme that no rules name: the default mode decides.
    matter = Matter("", is_closed=True, **more)  # type: ignore[arg-type]
    return Evening(title, explain(weigh(rules, matter, roll, dict(enumerate(said, 1)))))


def _in_writing(rules: Rules) -> bool:
    form = rules.opinion.given_in if rules.mode is Mode.OPINION and rules.opinion else rules.mode
    return form is Mode.CONSULTATION
