"""From the ledger to a Snapshot: what a publication will say, computed again as often as one likes."""

from dataclasses import dataclass, replace
from datetime import date

from fund import clock, sealing
from fund.models import Campaign
from reports import disclosure, queries, telling
from reports.figures import Figures, read_days, read_figures, read_live
from reports.models import Publication
from reports.scope import Scope
from reports.snapshot import AidFigures, AidStep, DayGifts, Snapshot


@dataclass(frozen=True)
class Wording:
    """What a person writes in a publication; French is the reference version, English may be empty."""

    title: str
    intro: str
    title_en: str = ""
    intro_en: str = ""


@dataclass(frozen=True)
class Compiled:
    """A snapshot, and the publication whose figures about aid it repeats (None: its own, or none yet)."""

    snapshot: Snapshot
    carries_aid_of: Publication | None


def sealed_scope(up_to: date) -> Scope:
    """Everything that is sealed now, up to that day. Seal what waits before."""
    head = sealing.head()
    return Scope(up_to, head.number if head is not None else None)


def compile_snapshot(
    scope: Scope, *, title: str, campaign: Campaign, corrects: Publication | None, ledger_checked: bool
) -> Compiled:
    """The publication that would come next, about `scope`. Call it in a transaction: it reads many times."""
    figures = read_figures(scope=scope)
    earlier = queries.with_own_aid()
    aid = _own_aid(scope, figures, earlier)
    carried = earlier[-1] if aid is None and earlier else None
    number = queries.next_number()
    steps = _steps(earlier)
    if aid is not None:
        steps = (*steps, AidStep(number, aid.as_of, aid.given_cents, aid.students_helped))
    head = sealing.head() if scope.seal is not None else None
    snapshot = Snapshot(
        number=number,
        title=title,
        campaign=campaign.name,
        opened_on=campaign.opens_on,
        closes_on=campaign.closes_on,
        goal_cents=campaign.goal_cents,
        gifts_as_of=scope.up_to,
        raised_cents=figures.raised_cents,
        fees_cents=figures.fees_cents,
        gifts=figures.gifts,
        donors=figures.donors,
        days=tuple(DayGifts(day, cents) for day, cents in read_days(scope)),
        aid=aid if aid is not None else queries.aid_told(carried),
        aid_steps=steps,
        seal=head.number if head is not None else None,
        seal_hash=head.chain_hash if head is not None else "",
        ledger_checked=ledger_checked,
        corrects=corrects.number if corrects is not None else None,
    )
    return Compiled(snapshot, carried)


def live_snapshot(campaign: Campaign) -> Snapshot:
    """Gifts of this instant, for the live page: it holds nothing about aid, not even the last release's figures."""
    figures = read_live()
    return Snapshot(
        number=0,
        title="",
        campaign=campaign.name,
        opened_on=campaign.opens_on,
        closes_on=campaign.closes_on,
        goal_cents=campaign.goal_cents,
        gifts_as_of=clock.paris_date(figures.at),
        raised_cents=figures.raised_cents,
        fees_cents=figures.fees_cents,
        gifts=figures.gifts,
        donors=figures.donors,
        days=tuple(DayGifts(day, cents) for day, cents in read_days()),
        aid=None,
        aid_steps=(),
        seal=None,
        seal_hash="",
        ledger_checked=False,
    )


def recompute(publication: Publication) -> Snapshot:
    """What a released publication would say today: its own words and frame, every figure from the ledger again."""
    told = queries.snapshot_of(publication)
    scope = queries.scope_of(publication)
    figures = read_figures(scope=scope)
    aid, steps = told.aid, told.aid_steps
    if publication.carries_aid_of is not None:
        aid = queries.aid_told(publication.carries_aid_of)
    elif told.aid is not None:
        own = _aid_figures(scope, figures)
        aid = own if told.aid.promised_cents is not None else _without_promised(own)
    earlier = [other for other in queries.with_own_aid() if (other.number or 0) <= told.number]
    steps = _steps(earlier)
    return replace(
        told,
        raised_cents=figures.raised_cents,
        fees_cents=figures.fees_cents,
        gifts=figures.gifts,
        donors=figures.donors,
        days=tuple(DayGifts(day, cents) for day, cents in read_days(scope)),
        aid=aid,
        aid_steps=steps,
    )


def _own_aid(scope: Scope, figures: Figures, earlier: list[Publication]) -> AidFigures | None:
    now = disclosure.read_shares(scope)
    shown = [queries.shown_by(publication) for publication in earlier]
    if not disclosure.may_tell_given(now, shown) or not telling.may_release_beside(scope, now):
        return None
    aid = _aid_figures(scope, figures)
    if not disclosure.may_tell_promised(now, shown):
        aid = _without_promised(aid)
    # "None yet" is said in words: a zero beside a hidden figure would tell that somebody waits.
    return aid if aid.students_helped or aid.promised_cents else None


def _aid_figures(scope: Scope, figures: Figures) -> AidFigures:
    return AidFigures(
        as_of=scope.up_to,
        given_cents=figures.given_cents,
        promised_cents=figures.promised_cents,
        students_helped=figures.students_helped,
        raised_cents=figures.raised_cents,
        fees_cents=figures.fees_cents,
        open_disputes_cents=figures.open_disputes_cents,
        left_cents=max(figures.left_cents, 0),  # what is missing is the staff's to see, with its cause
    )


def _without_promised(aid: AidFigures) -> AidFigures:
    return replace(aid, promised_cents=None, left_cents=None)


def _steps(publications: list[Publication]) -> tuple[AidStep, ...]:
    steps = []
    for publication in publications:
        aid = queries.aid_told(publication)
        if aid is not None:
            steps.append(AidStep(publication.number or 0, aid.as_of, aid.given_cents, aid.students_helped))
    return tuple(steps)
