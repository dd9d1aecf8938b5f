"""Files before the committee that wait for no vote in writing now, and in whose hands they are: of a sitting, of a
consultation that is not convened yet, of one person who decides by delegation, of whoever signs, or put off until a
day.

For lists of any length: what `modes` and `permissions` answer about one file, as a part of the query. The pages of a
file and the acts ask those again.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from aid_requests import sealed
from aid_requests.committee import agendas, modes, put_off, rules, seats
from aid_requests.committee.rules import Matter, Mode, Rules
from aid_requests.models import EnrolmentCertificate, Recusal, RulesVersion, SchemeVersion, Vote
from aid_requests.schemes.grammar import OwnSchool
from fund import clock
from fund.models import User
from fund.once_a_page import once_a_page

NOBODY = Q(pk__in=[])


def with_hands(files: QuerySet[Any], member: User) -> QuerySet[Any]:
    """The files with `in_sitting`, `to_convene` (votes are counted at an end date, and no consultation has it),
    `to_sign`, `delegated` (to somebody else than this member) and what `put_off.with_put_off` says. They have
    `has_votes` and `rules_of_first_vote` already."""
    given_to = _by_the_rules(member)
    return put_off.with_put_off(files).annotate(
        in_sitting=_flag(Exists(agendas.in_a_sitting()) | given_to.sitting),
        to_convene=_flag(given_to.end_date & ~Exists(agendas.on_an_agenda())),
        to_sign=_flag(modes.given_opinion() & ~Exists(_fallen_opinion_votes())),
        delegated=_flag(given_to.delegate),
    )


def without_hands(files: QuerySet[Any]) -> QuerySet[Any]:
    """Of files `with_hands`, those that wait for votes in writing."""
    return files.filter(in_sitting=0, to_convene=0, to_sign=0, delegated=0, is_put_off=0)


def _flag(condition: Q | Combinable) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _fallen_opinion_votes() -> QuerySet[Vote]:
    """Votes of the present turn that are not heard any more: with one of them no opinion stands."""
    here = {name: OuterRef(name) for name in ("revision", "round", "turn")}
    return seats.unheard(Vote.objects.filter(agendas.STANDING, request=OuterRef("pk"), **here))


@dataclass(frozen=True)
class _GivenTo:
    """Which files the open rules give to one person who is somebody else, and which they have decided in a sitting, or
    counted at an end date."""

    delegate: Q = NOBODY
    sitting: Q = NOBODY
    end_date: Q = NOBODY


@once_a_page
def _by_the_rules(member: User) -> _GivenTo:
    found = _GivenTo()
    opened = seats.open_versions()
    seated = {seat.person for seat in seats.members().seats}
    for version in SchemeVersion.objects.exclude(opened_at=None).select_related("scheme"):
        kept = opened.get(version.scheme.committee_id)
        if kept is None:
            continue
        book = seats.read(kept)
        mode, covered = book.mode_for(version.scheme.slug), NOBODY
        if mode is Mode.DELEGATION:
            covered = _covered(book, version, seated) & _under(kept)
            if book.delegation is not None and book.delegation.person != member.pk:
                found = replace(found, delegate=found.delegate | covered)
            mode = book.mode
        form, own = _form(book, mode), Q(scheme_version=version.pk) & _under(kept) & ~covered
        if form is Mode.SITTING:
            found = replace(found, sitting=found.sitting | own)
        elif form is Mode.CONSULTATION and not rules.ends_by_number(book):
            found = replace(found, end_date=found.end_date | own)
    return found


def _form(book: Rules, mode: Mode) -> Mode:
    return book.opinion.given_in if mode is Mode.OPINION and book.opinion else mode


def _under(version: RulesVersion) -> Q:
    """Files without a vote, or whose first vote was cast under this version."""
    return Q(has_votes=False) | Q(rules_of_first_vote=version.pk)


def _covered(book: Rules, version: SchemeVersion, seated: set[int]) -> Q:
    """The files of a version that the delegation covers today, as the engine says of one file."""
    delegation, slug = book.delegation, version.scheme.slug
    if delegation is None or delegation.person not in seated or slug in book.unanimity:
        return NOBODY
    if not delegation.starts_on <= clock.today() <= delegation.ends_on:
        return NOBODY
    covered = Q(scheme_version=version.pk) & ~_barred(book, version, delegation.person)
    if delegation.cap_cents is not None:
        covered &= Q(amount_cents__lte=delegation.cap_cents)
    unanimous = [one.partition("/")[2] for one in book.unanimity if one.startswith(f"{slug}/")]
    return covered & ~Q(case_code__in=unanimous)


def _barred(book: Rules, version: SchemeVersion, person: int) -> Q:
    """What keeps the delegate out of a file: the engine's bars, and the own school where the rules say so."""
    delegate = User.objects.get(pk=person)
    certified = EnrolmentCertificate.objects.filter(request=OuterRef("pk"), certified_by=person)
    stepped_back = Recusal.objects.filter(request=OuterRef("pk"), member=person)
    barred = Q(typed_by=person) | Q(applicant__user=person) | Q(Exists(certified)) | Q(Exists(stepped_back))
    barred |= seats.kept_out(delegate)
    scheme_excludes = sealed.scheme_of(version).decision.own_school == OwnSchool.EXCLUDED
    matter = Matter(version.scheme.slug, own_school_excluded=scheme_excludes)
    school = next((seat.school for seat in seats.members().seats if seat.person == person), None)
    if school is not None and rules.excludes_own_school(book, matter):
        barred |= Q(school=school) | Q(applicant__school=school)
    return barred
