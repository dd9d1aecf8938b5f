"""The rules of three real commissions are data: read from their files, and applied to their evenings."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from aid_requests.committee import rules
from aid_requests.committee.rules import (
    ABSTAIN,
    GRANT,
    REFUSE,
    Bar,
    How,
    Kind,
    Matter,
    Mode,
    NotDelegated,
    Outcome,
    Presence,
    Proxy,
    Roll,
    Seat,
    Signature,
)

FOLDER = Path(__file__).parent / "rules"
SPRING = date(2020, 5, 15)
ROOM, REMOTE, ABSENT = Presence.ROOM, Presence.REMOTE, Presence.ABSENT


def read(name: str) -> rules.Rules:
    return rules.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def table(*presences: Presence, chair: int = 1, proxies: tuple[Proxy, ...] = ()) -> Roll:
    """Members 1, 2, 3… as they are present."""
    return Roll(tuple(Seat(n, presence=one) for n, one in enumerate(presences, 1)), proxies, chair)


def votes(**said: str) -> dict[int, rules.Ballot]:
    """`votes(grant="123", refuse="4")`: members by their figure."""
    ballots = {"grant": GRANT, "refuse": REFUSE, "abstain": ABSTAIN}
    return {int(member): ballots[choice] for choice, members in said.items() for member in members}


def closed(scheme: str = "emergency-aid", **more: object) -> Matter:
    return Matter(scheme, on=SPRING, is_closed=True, **more)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_commissions_file_comes_back_as_it_was_read(path):
    once = rules.load(path.read_text(encoding="utf-8"))
    assert rules.load(rules.dump(once)) == once
    assert once != rules.DEFAULT


# Half, then none at the second call -------------------------------------------------------------------------------

EIGHT = (ROOM, ROOM, ROOM, REMOTE, ABSENT, ABSENT, ABSENT, ABSENT)


def test_half_of_the_seats_from_afar_and_by_proxy_is_enough():
    roll = table(*EIGHT, proxies=(Proxy(5, 2),))
    weighing = rules.weigh(read("half-then-none"), closed(), roll, votes(grant="12", refuse="3", abstain="4"))
    assert weighing.outcome is Outcome.GRANTED
    with translation.override("fr"):
        assert rules.explain(weighing) == [
            "5 présents ou représentés sur 8, quorum 4\u00a0: atteint\u202f; 3 pour, 1 contre, 1 abstention\u00a0: "
            "accordée à la majorité des suffrages exprimés.",
            "Dont 1 par procuration.",
        ]


def test_below_half_nothing_is_decided_and_the_second_call_decides_with_whoever_is_there():
    few = table(ROOM, ROOM, REMOTE, *[ABSENT] * 5)
    first = rules.weigh(read("half-then-none"), closed(), few, votes(grant="12", refuse="3"))
    assert (first.outcome, first.how) == (None, How.NO_QUORUM)
    assert (first.quorum.counted, first.quorum.needed) == (3, 4)
    with translation.override("fr"):
        assert rules.explain(first)[-1] == "Une seconde convocation pourra décider sans quorum."
    second = rules.weigh(read("half-then-none"), closed(call=2), few, votes(grant="12", refuse="3"))
    assert second.outcome is Outcome.GRANTED
    with translation.override("fr"):
        assert rules.headline(second).startswith("3 présents ou représentés sur 8, sans quorum")


def test_the_chair_breaks_the_tie_only_by_the_own_voice():
    roll = table(ROOM, ROOM, ROOM, ROOM, *[ABSENT] * 4)
    for chair, expected in ((1, Outcome.GRANTED), (4, Outcome.REFUSED)):
        weighing = rules.weigh(
            read("half-then-none"),
            closed(),
            Roll(roll.seats, chair=chair),
            votes(grant="12", refuse="34"),
        )
        assert (weighing.outcome, weighing.how) == (expected, How.CASTING_VOTE)
    away = table(ABSENT, ROOM, ROOM, ROOM, ROOM, ROOM, ABSENT, ABSENT, proxies=(Proxy(1, 2),))
    tied = rules.weigh(read("half-then-none"), closed(), away, votes(grant="23", refuse="456"))
    assert (tied.tally.in_favour, tied.tally.against) == (3, 3)
    assert (tied.outcome, tied.how) == (Outcome.ADJOURNED, How.TIE_WITHOUT_CHAIR)


def test_an_alternate_sits_for_the_absent_titular_whose_proxy_then_falls():
    seats = (
        Seat(1, presence=ROOM),
        Seat(2, presence=ROOM),
        Seat(3, presence=ABSENT),
        Seat(4, presence=ROOM),
        Seat(13, Kind.ALTERNATE, ROOM, replaces=3),
        Seat(14, Kind.ALTERNATE, ROOM, replaces=4),
    )
    said = {1: GRANT, 2: REFUSE, 4: ABSTAIN, 13: GRANT, 14: REFUSE}
    weighing = rules.weigh(
        read("half-then-none"), closed(), Roll(seats, (Proxy(3, 2),), chair=1), {**said, 3: REFUSE}
    )
    assert [voice.person for voice in weighing.voices] == [1, 2, 4, 13]
    assert weighing.outcome is Outcome.GRANTED
    assert weighing.unheard == {
        3: rules.Unheard.PROXY_OF_REPLACED,
        14: rules.Unheard.TITULAR_SITS,
    }


# Majority of present or represented -------------------------------------------------------------------------------


def test_an_abstention_weighs_against():
    roll = table(ROOM, ROOM, ROOM, ROOM, ROOM)
    book = read("present-or-represented")
    matter = closed(amount_cents=50_000)
    three = rules.weigh(book, matter, roll, votes(grant="123", abstain="45"))
    two = rules.weigh(book, matter, roll, votes(grant="12", abstain="345"))
    assert (three.outcome, three.base_count) == (Outcome.GRANTED, 5)
    assert two.outcome is Outcome.REFUSED
    with translation.override("fr"):
        assert rules.headline(two).endswith(
            "refusée, la majorité des présents ou représentés n’est pas atteinte."
        )


def test_the_quorum_of_a_file_leaves_out_who_steps_back_and_who_is_of_the_school():
    seats = (*(Seat(n, presence=ROOM) for n in (1, 2, 3)), Seat(4, presence=ROOM, school=7))
    book = read("present-or-represented")
    said = votes(grant="1234")
    elsewhere = closed(amount_cents=50_000, schools=frozenset({8}))
    own = closed(amount_cents=50_000, schools=frozenset({7}))
    assert rules.weigh(book, elsewhere, Roll(seats, chair=1), said).outcome is Outcome.GRANTED
    left_out = rules.weigh(book, own, Roll(seats, chair=1), said)
    assert (left_out.outcome, left_out.quorum.counted) == (None, 3)
    assert left_out.unheard[4] is rules.Unheard.OWN_SCHOOL


def test_the_delegate_decides_small_aids_alone_until_the_end_of_july():
    book, roll = read("present-or-represented"), table(ROOM, ROOM, ROOM, ROOM, ROOM)
    small = Matter("emergency-aid", amount_cents=30_000, on=date(2020, 7, 31))
    alone = rules.weigh(book, small, roll, votes(grant="2", refuse="1345"))
    assert (alone.mode, alone.outcome) == (Mode.DELEGATION, Outcome.GRANTED)
    with translation.override("fr"):
        assert "Délégation Délibération 2020-03 du 12 mars 2020." in rules.explain(alone)
    for matter, why in (
        (Matter("emergency-aid", amount_cents=30_001, on=SPRING), NotDelegated.CAP),
        (Matter("emergency-aid", amount_cents=1, on=date(2020, 8, 1)), NotDelegated.DATES),
    ):
        together = rules.weigh(book, matter, roll, votes(grant="2", refuse="1345"))
        assert (together.mode, together.not_delegated) == (Mode.SITTING, why)
        assert together.outcome is Outcome.REFUSED
    barred = Roll((*roll.seats[:1], Seat(2, presence=ROOM, bar=Bar.SUPPORTED), *roll.seats[2:]), chair=1)
    assert rules.weigh(book, small, barred, votes(grant="2")).not_delegated is NotDelegated.PERSON


def test_half_in_favour_is_adjourned():
    weighing = rules.weigh(
        read("present-or-represented"),
        closed(amount_cents=50_000),
        table(ROOM, ROOM, ROOM, ROOM),
        votes(grant="12", abstain="34"),
    )
    assert (weighing.outcome, weighing.how) == (Outcome.ADJOURNED, How.TIE)


# Votes cast, unanimity for exceptions -----------------------------------------------------------------------------


def test_in_writing_all_are_counted_at_the_end_or_when_all_have_answered():
    book, roll = read("votes-cast-unanimity"), table(*[REMOTE] * 6)
    under_way = Matter("emergency-aid", on=SPRING)
    assert rules.weigh(book, under_way, roll, votes(grant="12345")).outcome is None
    assert rules.weigh(book, under_way, roll, votes(grant="123", refuse="456")).outcome is Outcome.REFUSED
    assert rules.weigh(book, closed(), roll, votes(grant="1", abstain="2")).outcome is Outcome.GRANTED
    short = rules.weigh(book, closed(), roll, votes(grant="1"))
    assert (short.outcome, short.how, short.quorum.needed) == (None, How.NO_QUORUM, 2)


@pytest.mark.parametrize(
    "matter",
    [closed(is_exception=True), closed(case="equipment"), closed("mobility-aid", is_exception=True)],
    ids=["an exception", "a case", "an exception in another scheme"],
)
def test_an_exception_needs_everybody(matter):
    book, roll = read("votes-cast-unanimity"), table(*[REMOTE] * 6)
    whole = rules.weigh(book, matter, roll, votes(grant="1234", abstain="5"))
    split = rules.weigh(book, matter, roll, votes(grant="12345", refuse="6"))
    assert (whole.opinion or whole.outcome) is Outcome.GRANTED
    assert (split.opinion or split.outcome) is Outcome.REFUSED
    assert How.NO_UNANIMITY in (split.how, split.opinion_how)


def test_after_an_opinion_one_person_signs_and_may_depart_from_it():
    book = read("votes-cast-unanimity")
    roll = Roll((*table(*[REMOTE] * 3).seats, Seat(40)), chair=1)  # who signs has a seat
    said = votes(grant="12", refuse="3")
    advised = rules.weigh(book, closed("mobility-aid"), roll, said)
    assert (advised.opinion, advised.outcome) == (Outcome.GRANTED, None)
    assert advised.how is How.WAITS_FOR_SIGNATURE
    stranger = closed("mobility-aid", signature=Signature(41, Outcome.GRANTED))
    assert rules.weigh(book, stranger, roll, said).outcome is None
    signed = rules.weigh(
        book, closed("mobility-aid", signature=Signature(40, Outcome.NOT_FUNDED)), roll, said
    )
    assert (signed.opinion, signed.outcome) == (Outcome.GRANTED, Outcome.NOT_FUNDED)
    with translation.override("fr"):
        assert "La décision signée s’écarte de l’avis." in rules.explain(signed)
    too_soon = Matter("mobility-aid", on=SPRING, signature=Signature(40, Outcome.GRANTED))
    assert rules.weigh(book, too_soon, roll, votes(grant="1")).outcome is None
