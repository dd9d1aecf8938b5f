"""What nobody could decide or sign under some rules, told in advance: before they open, and whenever people change.

It looks at the people, not at one file: for each scheme and each school whose files may come, who is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid_requests.committee.rules.counting import concordant_votes, ends_by_number
from aid_requests.committee.rules.engine import mode_of
from aid_requests.committee.rules.grammar import Mode, Per, Rules, Tie
from aid_requests.committee.rules.matters import Kind, Matter, Roll, Seat
from aid_requests.committee.rules.seating import bar_of, quorum_needed, signer_of


@dataclass(frozen=True, slots=True)
class StaffedScheme:
    """A scheme whose files come to the committee: what its schedule says of votes and of the own school."""

    slug: str
    title: str
    votes: int = 2
    own_school_excluded: bool = True


@dataclass(frozen=True, slots=True)
class Shortfall:
    """`code` is for tests; `sentence` says what cannot be decided, and what would mend it."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Files of one scheme and one school; `name` is how a sentence calls them."""

    matter: Matter
    name: str
    mode: Mode


def shortfalls(
    rules: Rules, roll: Roll, *, schemes: Iterable[StaffedScheme], schools: Mapping[int, str], on: date
) -> list[Shortfall]:
    """Everything that would stay undecided with these people on that day; none when every file has its deciders.

    `schools`: number → name. Presence in the roll does not count: whoever has a seat may come. A sentence that holds
    for every school of a scheme is said once.
    """
    found = [*_committee(rules, roll), *_delegate(rules, roll, on), *_named_signer(rules, roll)]
    for scheme in schemes:
        places = [_place(rules, roll, scheme, school, name, on) for school, name in sorted(schools.items())]
        found += _of_scheme(rules, roll, scheme, places)
    return list(dict.fromkeys(found))


def _place(rules: Rules, roll: Roll, scheme: StaffedScheme, school: int, name: str, on: date) -> _Place:
    matter = Matter(
        scheme.slug,
        schools=frozenset({school}),
        on=on,
        scheme_votes=scheme.votes,
        own_school_excluded=scheme.own_school_excluded,
    )
    mode, _why = mode_of(rules, matter, roll)
    values = {"scheme": scheme.title, "school": name}
    return _Place(matter, _("« %(scheme)s », dossiers de %(school)s") % values, mode)


def _of_scheme(rules: Rules, roll: Roll, scheme: StaffedScheme, places: list[_Place]) -> Iterator[Shortfall]:
    """What every school lacks is said once, under the scheme's name alone."""
    everywhere = _("« %(scheme)s »") % {"scheme": scheme.title}
    shared: set[Shortfall] | None = None
    for place in places:
        plain = set(_of_place(rules, roll, _Place(place.matter, everywhere, place.mode)))
        shared = plain if shared is None else shared & plain
    yield from sorted(shared or set(), key=lambda one: one.code)
    told = {(one.code, one.sentence) for one in shared or set()}
    for place in places:
        general = _Place(place.matter, everywhere, place.mode)
        pairs = zip(_of_place(rules, roll, place), _of_place(rules, roll, general), strict=True)
        yield from (own for own, plain in pairs if (plain.code, plain.sentence) not in told)


def _of_place(rules: Rules, roll: Roll, place: _Place) -> Iterator[Shortfall]:
    yield from _deciders(rules, roll, place)
    yield from _presiding(rules, roll, place)


def _committee(rules: Rules, roll: Roll) -> Iterator[Shortfall]:
    """What holds whatever the file: a quorum that the seats cannot reach, a table without a chair."""
    seats = len(_titulars(roll))
    needed = quorum_needed(rules, seats)
    counts = _forms(rules)
    if counts - {Mode.DELEGATION} and needed is not None and needed > seats:
        sentence = ngettext(
            "Le quorum est de %(needed)s et le comité a %(seats)s siège : il ne sera jamais atteint.",
            "Le quorum est de %(needed)s et le comité a %(seats)s sièges : il ne sera jamais atteint.",
            seats,
        )
        yield Shortfall("quorum", sentence % {"needed": needed, "seats": seats})
    if rules.tie is Tie.CASTING_VOTE and roll.chair is None:
        yield Shortfall("no_chair", _("Personne ne préside : un partage des voix ne serait pas tranché."))


def _delegate(rules: Rules, roll: Roll, on: date) -> Iterator[Shortfall]:
    """A delegation that decides nothing: its person has no seat, or it is over."""
    delegation = rules.delegation
    if delegation is None:
        return
    seat = roll.seat_of(delegation.person)
    if seat is None or seat.is_removed:
        yield Shortfall(
            "delegate", _("La personne déléguée ne siège pas au comité : le comité décide à sa place.")
        )
    if on > delegation.ends_on:
        yield Shortfall("delegation_over", _("La délégation est finie : le comité décide à sa place."))


def _named_signer(rules: Rules, roll: Roll) -> Iterator[Shortfall]:
    """A signer by name who signs nothing: without a seat the chair signs, and without a chair the committee decides."""
    person = rules.opinion.signed_by if rules.opinion else None
    seat = roll.seat_of(person)
    if person is None or (seat is not None and not seat.is_removed):
        return
    sentence = _(
        "La personne qui signe après l’avis ne siège pas au comité : la présidence signe à sa place."
    )
    if roll.chair is None:
        sentence = _(
            "La personne qui signe après l’avis ne siège pas au comité : le comité décide à sa place."
        )
    yield Shortfall("named_signer", sentence)


def _forms(rules: Rules) -> frozenset[Mode]:
    """The modes in which a quorum is looked at."""
    if ends_by_number(rules):
        return rules.modes_used - {Mode.CONSULTATION, Mode.OPINION}
    return rules.modes_used - {Mode.OPINION}


def _deciders(rules: Rules, roll: Roll, place: _Place) -> Iterator[Shortfall]:
    """Whether enough people may vote, and enough others may read a refusal again."""
    if place.mode is Mode.DELEGATION:
        return
    # Whoever signs does not vote what the committee advises.
    signer = signer_of(rules, place.matter, roll) if place.mode is Mode.OPINION else None
    free = [seat for seat in _titulars(roll) if seat.person != signer]
    may = [seat for seat in free if bar_of(rules, place.matter, seat) is None]
    needed, present = _needed(rules, roll, place)
    values = {"place": place.name, "left": len(may), "needed": needed}
    if len(may) < needed:
        sentence = ngettext(
            "%(place)s : %(left)s membre peut voter, il en faut %(needed)s.",
            "%(place)s : %(left)s membres peuvent voter, il en faut %(needed)s.",
            len(may),
        )
        yield Shortfall("deciders", sentence % values)
    elif len(may) - present < needed:
        sentence = ngettext(
            "%(place)s : après un refus, il resterait %(others)s autre membre pour un réexamen, il en faut %(needed)s.",
            "%(place)s : après un refus, il resterait %(others)s autres membres pour un réexamen, il en faut "
            "%(needed)s.",
            len(may) - present,
        )
        yield Shortfall("reexamination", sentence % {**values, "others": len(may) - present})


def _needed(rules: Rules, roll: Roll, place: _Place) -> tuple[int, int]:
    """How few voters can decide a file, and how few have then voted: they are not asked again.

    A quorum looked at for the whole sitting counts whoever steps back, so that one voter may do.
    """
    form = place.mode
    if form is Mode.OPINION:
        form = rules.opinion.given_in if rules.opinion else Mode.SITTING
    if form is Mode.CONSULTATION:
        concordant = concordant_votes(rules, place.matter.scheme_votes)
        if concordant is not None:
            return concordant, concordant
    quorum = quorum_needed(rules, len(_titulars(roll))) or 1
    by_file = form is Mode.CONSULTATION or rules.quorum.per is Per.FILE
    return (quorum, quorum) if by_file else (1, 1)


def _presiding(rules: Rules, roll: Roll, place: _Place) -> Iterator[Shortfall]:
    """Whether the chair may break a tie on these files, and somebody sign them."""
    values = {"place": place.name}
    chair = roll.seat_of(roll.chair)
    if place.mode is Mode.OPINION and signer_of(rules, place.matter, roll) is None:
        yield Shortfall(
            "signer", _("%(place)s : personne ne pourrait signer la décision après l’avis.") % values
        )
    collective = place.mode is not Mode.DELEGATION and not _is_concordant(rules, place.mode)
    breaks_ties = rules.tie is Tie.CASTING_VOTE and collective
    if breaks_ties and chair is not None and bar_of(rules, place.matter, chair) is not None:
        sentence = _("%(place)s : la présidence ne pourrait pas départager les voix.")
        yield Shortfall("tie", sentence % values)


def _is_concordant(rules: Rules, mode: Mode) -> bool:
    return mode is Mode.CONSULTATION and ends_by_number(rules)


def _titulars(roll: Roll) -> list[Seat]:
    return [seat for seat in roll.seats if seat.kind is Kind.TITULAR and not seat.is_removed]
