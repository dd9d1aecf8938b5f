"""The one engine that applies a committee's rules to votes: the same values always give the same weighing.

Pure and total. The order of votes never matters, nobody is heard twice, whoever stepped back or was removed is not
heard, and one more vote in favour never turns what was granted into something else.
"""

from __future__ import annotations

from dataclasses import replace

from aid_requests.committee.rules.counting import collective, is_unanimous
from aid_requests.committee.rules.grammar import Mode, Rules
from aid_requests.committee.rules.matters import Choice, Matter, Roll, Votes
from aid_requests.committee.rules.seating import Unheard, bar_of, for_file, seating, signer_of
from aid_requests.committee.rules.weighing import How, NotDelegated, Tally, Voice, Weighing


def weigh(rules: Rules, matter: Matter, roll: Roll, votes: Votes) -> Weighing:
    """What the votes are worth under the rules, as they stand."""
    mode, not_delegated = mode_of(rules, matter, roll)
    if mode is Mode.DELEGATION:
        return _delegated(rules, matter, roll, votes)
    if mode is not Mode.OPINION:
        weighing = collective(rules, matter, roll, votes, mode)
    else:
        given_in = rules.opinion.given_in if rules.opinion else Mode.SITTING
        signer = signer_of(rules, matter, roll, voted=votes)
        advised = collective(rules, matter, roll, votes, given_in, signer=signer)
        weighing = _signed(advised, matter, roll)
    return replace(weighing, not_delegated=not_delegated)


def mode_of(rules: Rules, matter: Matter, roll: Roll) -> tuple[Mode, NotDelegated | None]:
    """How this file is decided: the scheme's mode, or the default one where the delegation does not cover it."""
    mode = rules.mode_for(matter.scheme)
    why = _not_delegated(rules, matter, roll) if mode is Mode.DELEGATION else None
    if why is None:
        return mode, None
    # Rules that were read have another default; rules made by hand may not, and are answered all the same.
    return (Mode.CONSULTATION if rules.mode is Mode.DELEGATION else rules.mode), why


def _not_delegated(rules: Rules, matter: Matter, roll: Roll) -> NotDelegated | None:
    delegation = rules.delegation
    seat = roll.seat_of(delegation.person) if delegation else None
    if delegation is None or seat is None or seat.is_removed or bar_of(rules, matter, seat) is not None:
        return NotDelegated.PERSON
    if not delegation.starts_on <= matter.on <= delegation.ends_on:
        return NotDelegated.DATES
    if delegation.cap_cents is not None and matter.amount_cents > delegation.cap_cents:
        return NotDelegated.CAP
    return NotDelegated.UNANIMITY if is_unanimous(rules, matter) else None


def _delegated(rules: Rules, matter: Matter, roll: Roll, votes: Votes) -> Weighing:
    """The delegate decides alone, wherever the others are; an abstention decides nothing."""
    delegate = rules.delegation.person if rules.delegation else 0
    ballot = votes.get(delegate)
    unheard = {
        person: Unheard.UNKNOWN if roll.seat_of(person) is None else Unheard.NOT_DELEGATE
        for person in sorted(votes)
        if person != delegate
    }
    outcome = ballot.outcome if ballot else None
    return Weighing(
        rules=rules,
        mode=Mode.DELEGATION,
        how=How.WAITS_FOR_DELEGATE if outcome is None else How.DELEGATE,
        outcome=outcome,
        tally=Tally(
            in_favour=int(ballot is not None and ballot.choice is Choice.FOR),
            against=int(ballot is not None and ballot.choice is Choice.AGAINST),
            abstained=int(ballot is not None and ballot.choice is Choice.ABSTAIN),
            silent=int(ballot is None),
        ),
        voices=(Voice(delegate, ballot),) if ballot else (),
        unheard=unheard,
        seating=for_file(rules, roll, matter, seating(rules, roll, Mode.CONSULTATION)),
        base_count=1,
        votes_needed=1,
        call=matter.call,
    )


def _signed(advised: Weighing, matter: Matter, roll: Roll) -> Weighing:
    """The opinion, and what the signature makes of it: none counts before the opinion, nor anybody else's."""
    weighing = replace(advised, mode=Mode.OPINION, opinion=advised.outcome, opinion_how=advised.how)
    if advised.outcome is None:
        return weighing
    signature = matter.signature
    signer = signer_of(weighing.rules, matter, roll)
    if signature is None or signer is None or signature.by != signer:
        return replace(weighing, outcome=None, how=How.WAITS_FOR_SIGNATURE)
    return replace(weighing, outcome=signature.outcome, how=How.SIGNED)
