"""What answers may be worth before the school's register is asked."""

from aid_requests.schemes import Award, Incomplete, NotEligible, load, possible_outcomes
from tests.aid_requests.schemes.examples import SMALL, small

_LAB = {"kind": "lab", "weeks": 8, "abroad": False}
_FIRM = {"kind": "firm", "weeks": 8, "abroad": False}
_BY_LEVEL = load(
    SMALL.replace(
        "{answer: kind, eq: firm}", "{all: [{answer: kind, eq: firm}, {register: level, in: [M1, M2]}]}"
    ).replace('when: {answer: country, in: [JP, CA, "NO"]}', "when: {register: year_of_study, ge: 4}")
)


def _amounts(outcomes):
    return sorted(one.amount_cents if isinstance(one, Award) else 0 for one in outcomes)


def test_what_hangs_on_nothing_has_one_outcome():
    assert _amounts(possible_outcomes(small(), _LAB)) == [15000]
    (outcome,) = possible_outcomes(small(), {"kind": "lab"})
    assert outcome == Incomplete(("weeks", "abroad"))


def test_each_word_of_the_register_that_matters_is_tried():
    outcomes = possible_outcomes(_BY_LEVEL, _FIRM)
    assert _amounts(outcomes) == [0, 45000, 70000]
    assert any(isinstance(one, NotEligible) for one in outcomes)
    assert _amounts(possible_outcomes(_BY_LEVEL, _FIRM, {"register.level": "M2"})) == [45000, 70000]
    known = {"register.level": "L1", "register.year_of_study": 5}
    assert _amounts(possible_outcomes(_BY_LEVEL, _FIRM, known)) == [0]
