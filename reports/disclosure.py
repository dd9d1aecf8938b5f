"""What may be told about aid without telling about a student (rules R1 to R3; decision 0009).

Whoever reads two releases may subtract them. So a figure about aid is released only when, against every earlier
release that showed it and against nothing at all, the persons behind the difference are none or at least
`settings.DISCLOSURE_MIN`. Given and promised are watched alone and together: five transfers would otherwise hide one
new approval in "promised" and show it in the sum.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from aid_requests.models import AidRequest
from fund import chart
from reports.figures import OF_REQUESTS, codes_of, net_by_subject
from reports.scope import Scope, movements_in

Person = tuple[str, str]
APPLICANT = "applicant"


@dataclass(frozen=True)
class Share:
    """What one person stands for in the figures about aid, in cents."""

    given_cents: int = 0
    promised_cents: int = 0


Shares = Mapping[Person, Share]
NOBODY: Shares = {}


@dataclass(frozen=True)
class Shown:
    """Figures about aid that the public has: the shares behind them, and whether "promised" was told."""

    shares: Shares
    with_promised: bool


def read_shares(scope: Scope) -> dict[Person, Share]:
    """The share of each person with a movement on the accounts of aid, within `scope`."""
    movements = movements_in(scope)
    committed = net_by_subject(movements, codes_of(chart.COMMITTED))
    owed = net_by_subject(movements, codes_of(chart.OWED))
    persons = persons_of(committed.keys() | owed.keys())
    shares: dict[Person, Share] = {}
    for (kind, id_), person in persons.items():
        promised = -owed.get((kind, id_), 0)
        given = committed.get((kind, id_), 0) - promised
        known = shares.get(person, Share())
        shares[person] = Share(known.given_cents + given, known.promised_cents + promised)
    return shares


def persons_of(subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Person]:
    """Who stands behind each subject (kind, id) of a movement.

    What is not tied to a request counts as one person each subject: it can only make the rule stricter.
    """
    wanted = set(subjects)
    requests = [int(id_) for kind, id_ in wanted if kind in OF_REQUESTS]
    applicants = dict(AidRequest.objects.filter(pk__in=requests).values_list("pk", "applicant"))
    return {
        (kind, id_): (APPLICANT, str(applicants[int(id_)])) if kind in OF_REQUESTS else (kind, id_)
        for kind, id_ in wanted
    }


Measure = Callable[[Share], int]


def _given(share: Share) -> int:
    return share.given_cents


def _is_helped(share: Share) -> int:
    return int(share.given_cents > 0)


def _promised(share: Share) -> int:
    return share.promised_cents


def _granted(share: Share) -> int:
    return share.given_cents + share.promised_cents


def may_tell_given(now: Shares, shown: Sequence[Shown]) -> bool:
    """Whether given and students helped may be released after everything that was `shown` before."""
    return all(
        _is_safe(now, before.shares, [(_is_helped, _is_helped), *_pairs((_given,), before)])
        for before in [_nothing(), *shown]
    )


def may_tell_promised(now: Shares, shown: Sequence[Shown]) -> bool:
    """Whether promised (and with it granted and left) may be released beside given."""
    return all(
        _is_safe(now, before.shares, _pairs((_promised, _granted), before)) for before in [_nothing(), *shown]
    )


def _pairs(measures: Sequence[Measure], before: Shown) -> list[tuple[Measure, Measure]]:
    """Each new figure beside each one of that release: who is promised today is given tomorrow, so that a sum of the
    past is subtracted from a figure of another name as easily as from its own."""
    told = (_given, _promised, _granted) if before.with_promised else (_given,)
    return [(measure, other) for measure in measures for other in told]


def _nothing() -> Shown:
    return Shown(NOBODY, with_promised=True)


def _is_safe(now: Shares, before: Shares, pairs: Sequence[tuple[Measure, Measure]]) -> bool:
    persons = now.keys() | before.keys()
    none = Share()
    for new, old in pairs:
        changed = sum(new(now.get(person, none)) != old(before.get(person, none)) for person in persons)
        if 0 < changed < settings.DISCLOSURE_MIN:
            return False
    return True
