"""A weighing in words: votes to put a file off are told as what they ask for, not as a refusal."""

import pytest
from django.utils import translation

from aid_requests.committee import rules
from aid_requests.committee.rules import Ballot, Choice, Matter, Outcome, Presence, Roll, Seat
from tests.aid_requests.committee.rules.test_reading import SITTING, WRITING

OPINION = (
    "modes:\n  - scheme: emergency-aid\n    mode: opinion\nopinion:\n  given_in: sitting\n  signed_by: 9\n"
)
BALLOTS = {
    "+": rules.GRANT,
    "-": rules.REFUSE,
    "=": rules.ABSTAIN,
    "a": Ballot(Choice.AGAINST, Outcome.ADJOURNED),
}
QUORUM = " présents ou représentés sur 5, quorum 3\u00a0: atteint\u202f; "


def weighed(said: str, text: str = SITTING) -> rules.Weighing:
    """Five in the room, each with one sign of `said`; the vote is closed."""
    roll = Roll(tuple(Seat(number, presence=Presence.ROOM) for number in range(1, 6)), chair=1)
    votes = {number: BALLOTS[sign] for number, sign in enumerate(said, 1)}
    return rules.weigh(rules.load(text), Matter("emergency-aid", is_closed=True), roll, votes)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("aaaaa", "5 pour ajourner\u00a0: ajournée."),
        ("aaa==", "3 pour ajourner, 2 abstentions\u00a0: ajournée."),
        ("+aaa=", "1 pour, 0 contre, 3 pour ajourner, 1 abstention\u00a0: ajournée."),
        (
            "++-aa",
            "2 pour, 1 contre, 2 pour ajourner\u00a0: ajournée, la majorité des suffrages exprimés n’est pas atteinte.",
        ),
        (
            "+++-a",
            "3 pour, 1 contre, 1 pour ajourner\u00a0: accordée à la majorité des suffrages exprimés.",
        ),
        ("++---", "2 pour, 3 contre\u00a0: refusée, la majorité des suffrages exprimés n’est pas atteinte."),
    ],
)
def test_votes_to_put_a_file_off_are_told_apart(said, told):
    with translation.override("fr"):
        assert rules.headline(weighed(said)).endswith(f"{QUORUM}{told}")


def test_only_votes_put_a_file_off_not_the_want_of_them():
    assert weighed("aaa==").is_put_off_by_vote and weighed("++-aa").is_put_off_by_vote
    assert not weighed("++---").is_put_off_by_vote and not weighed("++--=").is_put_off_by_vote
    alone = weighed("+", WRITING)
    assert alone.outcome is Outcome.ADJOURNED and not alone.is_put_off_by_vote


def test_an_opinion_to_put_off_waits_for_no_signature():
    weighing = weighed("aaaaa", SITTING + OPINION)
    assert weighing.is_put_off_by_vote
    with translation.override("fr"):
        assert rules.headline(weighing).endswith("5 pour ajourner\u00a0: ajournée.")
