"""The slide rule: one scale, nothing wider than it, parts as long as what was received."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.slide_rule import draw_rule


def spent(given_: int, promised: int, fees: int) -> list[tuple[str, int]]:
    return [("out", given_), ("held", promised), ("fee", fees)]


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_the_case_of_the_prototype():
    rule = draw_rule(1_124_000, spent(615_000, 105_000, 16_840), 1_500_000)
    assert rule.received == "74.93%"
    assert [(part.css, part.width) for part in rule.parts] == [
        ("out", "41.00%"), ("held", "7.00%"), ("fee", "1.12%"), ("left", "25.81%"),
    ]  # fmt: skip
    assert [tick.cents for tick in rule.ticks] == [0, 500_000, 1_000_000, 1_500_000]


@given(st.integers(0, 10**8), st.integers(0, 100), st.integers(0, 100), st.integers(1, 10**8))
def test_parts_never_leave_the_rule(raised, given_share, promised_share, goal):
    given_ = raised * given_share // 300
    promised = raised * promised_share // 300
    rule = draw_rule(raised, spent(given_, promised, 0), goal)
    assert percent(rule.received) <= 100
    assert sum(percent(part.width) for part in rule.parts) <= percent(rule.received) + 0.03
    assert rule.ticks[0].cents == 0
    assert rule.ticks[-1].cents == rule.scale_cents


@pytest.mark.parametrize("goal", [0, 1_500_000])
def test_an_empty_fund_draws_an_empty_rule(goal):
    assert draw_rule(0, spent(0, 0, 0), goal).parts == ()


def test_more_spent_than_received_is_cut_at_its_end():
    """Gifts given back since the last release: what was told about aid may be longer than what is left of them."""
    rule = draw_rule(50_000, spent(40_000, 20_000, 1_000), 100_000)
    assert [(part.css, part.width) for part in rule.parts] == [("out", "40.00%"), ("held", "10.00%")]
