"""The same rules applied the slow way: one flat account of who counts, seat by seat, from the regulation's own text.

Written apart from the engine and in another style (loops over seats, cross-multiplied integers, no shared function), so
that one's mistake is not the other's.
"""

from typing import Any

from aid_requests.committee.rules import Ballot, Matter, Roll, Rules


def heard(rules: Rules, matter: Matter, roll: Roll, votes: dict[int, Ballot], mode: str) -> dict[str, Any]:
    """Who is at the table, who is represented, and the ballots that count."""
    barred = set()
    keeps_school_out = rules.own_school == "excluded" or (
        rules.own_school == "as_scheme" and matter.own_school_excluded
    )
    for seat in roll.seats:
        if seat.bar or (keeps_school_out and seat.school in matter.schools):
            barred.add(seat.person)
    table, taken, titulars = at_table(rules, roll)
    represented = proxies(rules, roll, table, taken) if mode != "consultation" else {}
    ballots = []
    for person in table:
        if person not in barred and person in votes:
            ballots.append((person, votes[person]))
    still = [giver for giver, holder in represented.items() if giver not in barred and holder not in barred]
    for giver in still:
        if giver in votes:
            ballots.append((giver, votes[giver]))
        elif represented[giver] in votes:
            ballots.append((giver, votes[represented[giver]]))
    return {
        "titulars": titulars,
        "table": table,
        "represented": list(represented),
        "taking_part": [person for person in table if person not in barred],
        "represented_here": still,
        "ballots": sorted(ballots, key=lambda pair: pair[0]),
    }


def at_table(rules: Rules, roll: Roll) -> tuple[list[int], set[int], int]:
    """Whoever sits, the absent ones who are replaced, and how many titular seats there are."""
    table, taken, titulars = [], set(), 0
    by_person = {seat.person: seat for seat in roll.seats}
    for seat in roll.seats:
        if seat.is_removed:
            continue
        if seat.kind == "titular":
            titulars += 1
            if seat.presence != "absent":
                table.append(seat.person)
            continue
        if rules.alternates == "none" or seat.presence == "absent":
            continue
        titular = by_person.get(seat.replaces)
        if not titular or titular.kind != "titular" or titular.is_removed or titular.presence != "absent":
            continue
        if titular.person not in taken:
            taken.add(titular.person)
            table.append(seat.person)
    return table, taken, titulars


def proxies(rules: Rules, roll: Roll, table: list[int], taken: set[int]) -> dict[int, int]:
    """Giver → holder, so many a holder, in the order in which they were handed in."""
    represented = {}
    by_person = {seat.person: seat for seat in roll.seats}
    for holder in table:
        good = []
        for proxy in roll.proxies:
            away = by_person.get(proxy.giver)
            if proxy.holder != holder or not away or away.kind != "titular" or away.is_removed:
                continue
            if away.presence == "absent" and away.person not in taken:
                good.append((proxy.number, proxy.giver))
        for _number, giver in sorted(good)[: rules.proxies]:
            represented[giver] = holder
    return represented


def favourable(rules: Rules, matter: Matter, roll: Roll, votes: dict[int, Ballot], mode: str) -> str:
    """`yes`, `no`, `tie` or `wait`: the answer of a sitting or a consultation before the tie rule."""
    told = heard(rules, matter, roll, votes, mode)
    said = [ballot.choice for _person, ballot in told["ballots"]]
    yes, no = said.count("for"), said.count("against")
    everybody = len(told["taking_part"]) + len(told["represented_here"])
    unanimous = (
        matter.scheme in rules.unanimity
        or f"{matter.scheme}/{matter.case}" in rules.unanimity
        or (matter.is_exception and "exceptions" in rules.unanimity)
    )
    number = 0
    if mode == "consultation" and rules.consultation.count == "concordant":
        number = rules.consultation.votes or matter.scheme_votes
    if number and not unanimous:
        if max(yes, no) >= number and yes != no:
            return "yes" if yes > no else "no"
        return "closed without" if matter.is_closed else "wait"
    over = matter.is_closed or (said and len(said) == everybody)
    if mode == "consultation" and not over:
        return "wait"
    if not enough(rules, matter, told, mode) or not over or not said or not told["taking_part"]:
        return "wait"
    of = everybody if mode != "consultation" else len(said)
    if rules.majority.base == "votes_cast":
        of = yes + no
    if unanimous:
        return "yes" if yes and yes == of and yes >= number else "no"
    top, bottom = rules.majority.share.numerator, rules.majority.share.denominator
    if (top, bottom) == (1, 2):
        return "yes" if 2 * yes > of else "tie" if 2 * yes == of else "no"
    return "yes" if yes and yes * bottom >= top * of else "no"


def enough(rules: Rules, matter: Matter, told: dict[str, Any], mode: str) -> bool:
    """Whether the quorum is there: the share by cross-multiplied integers."""
    asked = rules.quorum.needed
    if mode != "consultation" and matter.call == 2 and rules.second_call:
        asked = rules.second_call.needed
    if asked is None:
        return True
    if mode == "consultation":
        there = len(told["ballots"])
    else:
        whole = rules.quorum.per == "sitting"
        there = len(told["table"] if whole else told["taking_part"])
        if rules.quorum.proxies == "counted" and rules.proxies:
            there += len(told["represented"] if whole else told["represented_here"])
    if isinstance(asked, int):
        return there >= asked
    return there * asked.denominator >= asked.numerator * told["titulars"]
