"""Counting a collective vote: voices, quorum, majority, unanimity, ties. Called by `engine` alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from aid_requests.committee.rules.grammar import EXCEPTIONS, Base, Consultation, Count, Mode, Rules, Tie
from aid_requests.committee.rules.matters import ASKED_BY, Choice, Matter, Outcome, Roll, Votes
from aid_requests.committee.rules.seating import (
    QuorumCount,
    Seating,
    Unheard,
    for_file,
    quorum_needed,
    quorum_of,
    seating,
)
from aid_requests.committee.rules.weighing import How, Tally, Voice, Weighing

_AS_MANY_AS_THE_SCHEME = Consultation(Count.CONCORDANT)


def is_unanimous(rules: Rules, matter: Matter) -> bool:
    """Whether this file asks for unanimity."""
    excepted = matter.is_exception and EXCEPTIONS in rules.unanimity
    return excepted or rules.asks_unanimity(matter.scheme, matter.case)


def concordant_votes(rules: Rules, scheme_votes: int) -> int | None:
    """How many must say the same in a consultation, as the rules say, else as the scheme does; None: all are counted
    at the end."""
    consultation = rules.consultation or _AS_MANY_AS_THE_SCHEME
    if consultation.count is Count.AT_END:
        return None
    return consultation.votes or scheme_votes


def ends_by_number(rules: Rules) -> bool:
    """Whether so many votes that say the same end a consultation; else all are counted at its end date."""
    return concordant_votes(rules, 1) is not None


def collective(
    rules: Rules, matter: Matter, roll: Roll, votes: Votes, mode: Mode, *, signer: int | None = None
) -> Weighing:
    """A sitting or a written consultation, as its votes stand. `signer` signs what it advises, and is asked no vote."""
    whole = seating(rules, roll, mode)
    file = for_file(rules, roll, matter, whole)
    voices = _voices(file, votes)
    asked = _without(file, signer)
    tally = _tally(asked, voices)
    in_writing = mode is Mode.CONSULTATION
    needed = concordant_votes(rules, matter.scheme_votes) if in_writing else None
    weighing = Weighing(
        rules=rules,
        mode=mode,
        how=How.WAITS_FOR_VOTES,
        outcome=None,
        tally=tally,
        voices=voices,
        unheard=_unheard(roll, file, voices, votes),
        seating=file,
        votes_needed=needed,
        call=matter.call,
    )
    if needed is not None and not is_unanimous(rules, matter):
        return _concordant(weighing, matter, needed)
    if in_writing:
        quorum = _answering(rules, whole, voices)
        base_count = len(voices)
    else:
        quorum = quorum_of(rules, matter, whole, file)
        base_count = len(asked.sitting) + len(asked.represented)
    if rules.majority.base is Base.VOTES_CAST:
        base_count = tally.cast
    return _counted(replace(weighing, quorum=quorum, base_count=base_count), matter, roll)


def _without(file: Seating, signer: int | None) -> Seating:
    """Those who are asked for a vote: whoever signs the decision is there for the quorum, and not waited for."""
    if signer is None:
        return file
    represented = {giver: holder for giver, holder in file.represented.items() if giver != signer}
    sitting = tuple(seat for seat in file.sitting if seat.person != signer)
    return replace(file, sitting=sitting, represented=represented)


def _voices(file: Seating, votes: Votes) -> tuple[Voice, ...]:
    """One voice a seat: the own vote of whoever sits; of whoever is represented, the vote cast in that name, else the
    holder's own."""
    own = [Voice(seat.person, votes[seat.person]) for seat in file.sitting if seat.person in votes]
    through = []
    for giver, holder in file.represented.items():
        ballot = votes.get(giver) or votes.get(holder)
        if ballot is not None:
            through.append(Voice(giver, ballot, holder))
    return tuple(sorted([*own, *through], key=lambda voice: voice.person))


def _tally(file: Seating, voices: tuple[Voice, ...]) -> Tally:
    choices = Counter(voice.ballot.choice for voice in voices)
    return Tally(
        choices[Choice.FOR],
        choices[Choice.AGAINST],
        choices[Choice.ABSTAIN],
        len(file.sitting) + len(file.represented) - len(voices),
    )


def _unheard(roll: Roll, file: Seating, voices: tuple[Voice, ...], votes: Votes) -> dict[int, Unheard]:
    heard = {voice.person for voice in voices}
    unheard = {person: Unheard.UNKNOWN for person in votes if roll.seat_of(person) is None}
    for person in (*(seat.person for seat in file.sitting), *file.represented):
        if person not in heard:
            unheard[person] = Unheard.SILENT
    unheard |= {person: why for person, why in file.reasons.items() if person not in heard}
    return dict(sorted(unheard.items()))


def _answering(rules: Rules, whole: Seating, voices: tuple[Voice, ...]) -> QuorumCount:
    """In writing, whoever answers is there; an abstention is an answer."""
    number = len(voices)
    return QuorumCount(
        whole.seats, number, 0, number, quorum_needed(rules, whole.seats), counts_proxies=False
    )


def _concordant(weighing: Weighing, matter: Matter, needed: int) -> Weighing:
    """So many that say the same decide at once; their number is the quorum. Both sides at once wait for one more."""
    in_favour, against = weighing.tally.in_favour, weighing.tally.against
    if in_favour >= needed and in_favour > against:
        return replace(weighing, how=How.CONCORDANT, outcome=_asked(weighing, Choice.FOR))
    if against >= needed and against > in_favour:
        return replace(weighing, how=How.CONCORDANT, outcome=_asked(weighing, Choice.AGAINST))
    if matter.is_closed:
        return replace(weighing, how=How.NOT_CONCORDANT, outcome=Outcome.ADJOURNED)
    return weighing


def _counted(weighing: Weighing, matter: Matter, roll: Roll) -> Weighing:
    """All votes together, once the vote is closed or everybody has voted, and where there are enough people."""
    in_writing = weighing.mode is Mode.CONSULTATION
    is_over = matter.is_closed or (weighing.tally.silent == 0 and bool(weighing.voices))
    has_quorum = weighing.quorum is None or weighing.quorum.is_met
    if not has_quorum and (is_over or not in_writing):
        return replace(weighing, how=How.NO_QUORUM)
    if not weighing.seating.sitting or (is_over and not weighing.voices):
        return replace(weighing, how=How.NOBODY)
    if not is_over:
        return weighing
    if is_unanimous(weighing.rules, matter):
        return _unanimous(weighing)
    return _majority(weighing, roll)


def _unanimous(weighing: Weighing) -> Weighing:
    """Everybody of the base is in favour, and as many as the consultation asks for, where it asks for a number."""
    in_favour = weighing.tally.in_favour
    if in_favour >= max(1, weighing.votes_needed or 0) and in_favour == weighing.base_count:
        return replace(weighing, how=How.UNANIMITY, outcome=_asked(weighing, Choice.FOR))
    return replace(weighing, how=How.NO_UNANIMITY, outcome=_asked(weighing, Choice.AGAINST))


def _majority(weighing: Weighing, roll: Roll) -> Weighing:
    majority, in_favour = weighing.rules.majority, weighing.tally.in_favour
    reached = majority.share * weighing.base_count
    if in_favour > reached or (not majority.is_simple and in_favour and in_favour == reached):
        return replace(weighing, how=How.MAJORITY, outcome=_asked(weighing, Choice.FOR))
    if majority.is_simple and in_favour == reached:
        return _tied(weighing, roll)
    return replace(weighing, how=How.NO_MAJORITY, outcome=_asked(weighing, Choice.AGAINST))


def _tied(weighing: Weighing, roll: Roll) -> Weighing:
    """Exactly half in favour. The casting vote is the chair's own, never one given by proxy."""
    if weighing.rules.tie is not Tie.CASTING_VOTE:
        outcome = Outcome.REFUSED if weighing.rules.tie is Tie.REFUSED else Outcome.ADJOURNED
        return replace(weighing, how=How.TIE, outcome=outcome)
    own = [voice for voice in weighing.voices if voice.person == roll.chair and voice.through is None]
    if not own or own[0].ballot.outcome is None:
        return replace(weighing, how=How.TIE_WITHOUT_CHAIR, outcome=Outcome.ADJOURNED)
    return replace(weighing, how=How.CASTING_VOTE, outcome=own[0].ballot.outcome)


def _asked(weighing: Weighing, choice: Choice) -> Outcome:
    """What most of this side ask for; evenly split, what leaves most open. Refused where nobody said anything."""
    asked = Counter(v.ballot.outcome for v in weighing.voices if v.ballot.choice is choice)
    most = max(asked.values(), default=0)
    return next((one for one in ASKED_BY[choice] if most and asked[one] == most), Outcome.REFUSED)
