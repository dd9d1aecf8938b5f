"""What the engine promises of any rules, any table and any votes; and the same answers as the slow way."""

from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from aid_requests.committee.rules import (
    DEFAULT,
    GRANT,
    REFUSE,
    Bar,
    Choice,
    How,
    Matter,
    Mode,
    Outcome,
    Presence,
    Proxy,
    Roll,
    Rules,
    Seat,
    explain,
    unheard_words,
    weigh,
)
from aid_requests.committee.rules.grammar import Base, Consultation, Count, Majority, Opinion
from aid_requests.committee.rules.matters import ASKED_BY, FAVOURABLE
from tests.aid_requests.committee.rules import oracle
from tests.aid_requests.committee.rules.worlds import worlds

seeds = given(st.integers(0, 2**32))
often = settings(max_examples=40, deadline=None)


@often
@seeds
def test_it_answers_as_the_slow_way_does(seed):
    for world in worlds(seed):
        given_ = (world.rules, world.matter, world.roll, world.votes)
        weighing = weigh(*given_)
        if weighing.mode not in (Mode.SITTING, Mode.CONSULTATION):
            continue
        slow = oracle.heard(*given_, weighing.mode)
        assert [(voice.person, voice.ballot) for voice in weighing.voices] == slow["ballots"]
        expected = oracle.favourable(*given_, weighing.mode)
        if expected == "yes":
            assert weighing.outcome in FAVOURABLE
        elif expected == "no":
            assert weighing.outcome in ASKED_BY[Choice.AGAINST]
        elif expected == "tie":
            assert weighing.how in (How.TIE, How.CASTING_VOTE, How.TIE_WITHOUT_CHAIR)
        elif expected == "closed without":
            assert (weighing.how, weighing.outcome) == (How.NOT_CONCORDANT, Outcome.ADJOURNED)
        else:
            assert weighing.outcome is None


def test_the_worlds_meet_every_answer():
    """Else the promises below would hold of nothing."""
    met = {weigh(w.rules, w.matter, w.roll, w.votes).how for seed in range(60) for w in worlds(seed)}
    assert met == set(How)


@often
@seeds
def test_the_order_of_votes_and_proxies_never_matters(seed):
    for world in worlds(seed):
        pairs, proxies = list(world.votes.items()), list(world.roll.proxies)
        world.chance.shuffle(pairs)
        world.chance.shuffle(proxies)
        shuffled = Roll(world.roll.seats, tuple(proxies), world.roll.chair)
        once = weigh(world.rules, world.matter, world.roll, world.votes)
        assert weigh(world.rules, world.matter, shuffled, dict(pairs)) == once


@often
@seeds
def test_one_more_vote_in_favour_never_undoes_a_grant(seed):
    for world in worlds(seed):
        before = weigh(world.rules, world.matter, world.roll, world.votes)
        if before.outcome in FAVOURABLE:
            more = {**world.votes, world.person: GRANT}
            assert weigh(world.rules, world.matter, world.roll, more).outcome in FAVOURABLE


@often
@seeds
def test_a_vote_that_turns_against_never_undoes_a_refusal(seed):
    for world in worlds(seed):
        before = weigh(world.rules, world.matter, world.roll, {**world.votes, world.person: GRANT})
        if before.outcome is not None and before.outcome not in FAVOURABLE:
            after = weigh(world.rules, world.matter, world.roll, {**world.votes, world.person: REFUSE})
            assert after.outcome is not None and after.outcome not in FAVOURABLE


@often
@seeds
def test_whoever_stepped_back_or_was_removed_is_never_heard(seed):
    for world, change in (
        (w, c) for w in worlds(seed) for c in ({"bar": Bar.SUPPORTED}, {"is_removed": True})
    ):
        seats = tuple(replace(s, **change) if s.person == world.person else s for s in world.roll.seats)
        there = Roll(seats, world.roll.proxies, world.roll.chair)
        without = {member: vote for member, vote in world.votes.items() if member != world.person}
        silent = weigh(world.rules, world.matter, there, without)
        spoken = weigh(world.rules, world.matter, there, {**without, world.person: world.ballot})
        assert (silent.outcome, silent.tally, silent.voices) == (spoken.outcome, spoken.tally, spoken.voices)
        assert world.person not in {voice.person for voice in spoken.voices}
        assert world.person not in {voice.through for voice in spoken.voices}


@often
@seeds
def test_nobody_is_heard_twice_nor_through_too_many_proxies(seed):
    for world in worlds(seed):
        weighing = weigh(world.rules, world.matter, world.roll, world.votes)
        people = [voice.person for voice in weighing.voices]
        assert len(set(people)) == len(people)
        assert not set(people) & set(weighing.unheard)
        assert len(people) <= max(weighing.seating.seats, 1)
        holders = [voice.through for voice in weighing.voices if voice.through is not None]
        assert all(holders.count(holder) <= world.rules.proxies for holder in holders)
        tally = weighing.tally
        assert tally.in_favour + tally.against + tally.abstained == len(people)


@often
@seeds
def test_every_answer_has_its_sentences_and_every_outcome_its_votes(seed):
    waiting = {
        How.WAITS_FOR_VOTES,
        How.WAITS_FOR_DELEGATE,
        How.WAITS_FOR_SIGNATURE,
        How.NO_QUORUM,
        How.NOBODY,
    }
    resting_on_votes = {How.MAJORITY, How.UNANIMITY, How.CONCORDANT, How.CASTING_VOTE, How.DELEGATE}
    for world in worlds(seed):
        weighing = weigh(world.rules, world.matter, world.roll, world.votes)
        sentences = explain(weighing)
        assert sentences and all(line.endswith(".") and "%(" not in line for line in sentences)
        assert all(unheard_words(why) for why in weighing.unheard.values())
        assert (weighing.outcome is None) == (weighing.how in waiting)
        assert set(weighing.winners) <= {voice.person for voice in weighing.voices}
        assert weighing.winners or weighing.how not in resting_on_votes


@often
@seeds
def test_the_default_rules_count_as_before_there_were_any(seed):
    """So many that say the same decide, whoever else said what; nothing else is asked."""
    roll = Roll(tuple(Seat(person) for person in range(1, 10)))
    for world in worlds(seed):
        choices, needed = [vote.choice for vote in world.votes.values()], world.matter.scheme_votes
        for_, against = choices.count(Choice.FOR), choices.count(Choice.AGAINST)
        if min(for_, against) >= needed:
            continue  # the first of the two had decided
        outcome = weigh(DEFAULT, Matter("emergency-aid", scheme_votes=needed), roll, world.votes).outcome
        assert (outcome in FAVOURABLE) == (for_ >= needed)
        assert (outcome in ASKED_BY[Choice.AGAINST]) == (against >= needed)


def test_a_proxy_counts_once_whoever_else_speaks_for_it():
    seats = (Seat(1), Seat(2, presence=Presence.ABSENT), Seat(3))
    book = replace(_sitting(), proxies=1)
    for said in ({1: GRANT, 3: REFUSE}, {1: GRANT, 2: GRANT, 3: REFUSE}):
        weighing = weigh(book, Matter("emergency-aid", is_closed=True), Roll(seats, (Proxy(2, 1),)), said)
        assert (weighing.tally.in_favour, weighing.tally.against) == (2, 1)


def _sitting() -> Rules:
    return replace(DEFAULT, mode=Mode.SITTING, consultation=None)


@pytest.mark.parametrize(("days", "is_told"), [(None, False), (7, True)])
def test_where_the_rules_have_no_end_date_none_is_told(days, is_told):
    book = replace(DEFAULT, consultation=Consultation(Count.CONCORDANT, days=days))
    weighing = weigh(book, Matter("aid", is_closed=True), Roll((Seat(1), Seat(2))), {1: GRANT})
    with translation.override("fr"):
        told = explain(weighing)[0]
    assert "faute de 2 votes concordants" in told and ("date de fin" in told) is is_told


def test_whoever_signs_is_not_waited_for_nor_counted_of_those_present():
    book = replace(
        DEFAULT,
        mode=Mode.OPINION,
        opinion=Opinion(Mode.CONSULTATION),
        consultation=Consultation(Count.AT_END, days=2),
    )
    roll, said = Roll((Seat(1), Seat(2), Seat(3)), chair=1), {2: GRANT, 3: GRANT}
    assert weigh(book, Matter("aid"), roll, said).opinion is Outcome.GRANTED
    assert weigh(book, Matter("aid"), roll, {2: GRANT}).tally.silent == 1
    at_table = replace(
        book, opinion=Opinion(Mode.SITTING), majority=Majority(Base.PRESENT), unanimity=("aid",)
    )
    assert weigh(at_table, Matter("aid", is_closed=True), roll, said).opinion is Outcome.GRANTED
