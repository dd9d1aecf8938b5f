"""Reading rules: what is unknown or contradicts itself is refused with its place; what is good comes back as it was."""

from datetime import date
from fractions import Fraction

import pytest

from aid_requests.committee import rules
from aid_requests.committee.rules.grammar import Alternates, Base, Delegation, Opinion, SchemeMode, Tie
from aid_requests.committee.rules.reading import load_plain
from aid_requests.committee.rules.writing import to_plain

SITTING = """\
grammar: 1
mode: sitting
majority:
  base: votes_cast
quorum:
  needed: 1/2
tie: casting_vote
own_school: excluded
notice:
  days: 5
  urgent_days: 2
"""
WRITING = """\
grammar: 1
mode: consultation
majority:
  base: votes_cast
quorum:
  needed: none
own_school: as_scheme
consultation:
  count: concordant
  votes: 2
"""
DELEGATED = (
    SITTING
    + """\
modes:
  - scheme: emergency-aid
    mode: delegation
delegation:
  person: 12
  reference: Délibération 3
  from: 2020-03-16
  until: 2020-07-31
  cap: 300.00
"""
)


def faults(text: str) -> list[str]:
    with pytest.raises(rules.RulesError) as caught:
        rules.load(text)
    return [str(problem) for problem in caught.value.problems]


def test_what_is_left_out_has_its_default():
    read = rules.load(SITTING)
    assert (read.proxies, read.alternates, read.tie) == (1, Alternates.NONE, Tie.CASTING_VOTE)
    assert read.majority.is_simple and read.quorum.needed == Fraction(1, 2)
    assert rules.load(DELEGATED).delegation == Delegation(
        12, "Délibération 3", date(2020, 3, 16), date(2020, 7, 31), 30_000
    )


@pytest.mark.parametrize("text", [SITTING, WRITING, DELEGATED], ids=["sitting", "writing", "delegated"])
def test_rules_come_back_as_they_were_read(text):
    read = rules.load(text)
    assert rules.load(rules.dump(read)) == read
    assert load_plain(to_plain(read)) == read
    assert rules.rules_hash(rules.load(rules.dump(read))) == rules.rules_hash(read)


def test_the_hash_tells_every_change_and_no_comment():
    once = rules.rules_hash(rules.load(SITTING))
    assert rules.rules_hash(rules.load("# A comment\n" + SITTING)) == once
    assert rules.rules_hash(rules.load(SITTING.replace("1/2", "1/3"))) != once


def test_the_default_rules_are_rules_like_others():
    assert rules.load(rules.dump(rules.DEFAULT)) == rules.DEFAULT


CONTRADICTIONS = [
    ("mode: sitting", "mode: delegation", "mode", "ne peut pas être le mode par défaut"),
    ("notice:\n  days: 5\n  urgent_days: 2\n", "", "", "écrivez «\u00a0notice\u00a0»"),
    ("  urgent_days: 2", "  urgent_days: 6", "notice.urgent_days", "L’urgence demande plus de jours"),
    ("  needed: 1/2", "  needed: none\nsecond_call:\n  needed: 2", "second_call", "Sans quorum"),
    ("  needed: 1/2", "  needed: 1/2\nsecond_call:\n  needed: 2/3", "second_call.needed", "moins de monde"),
    ("  needed: 1/2", "  needed: 4\nsecond_call:\n  needed: 4", "second_call.needed", "moins de monde"),
    ("tie: casting_vote", "tie: casting_vote\nproxies: 0", "quorum.proxies", "n’en admet aucune"),
    ("  base: votes_cast", "  base: votes_cast\n  share: 2/3", "tie", "il n’y a pas de partage"),
    (
        "own_school: excluded",
        "own_school: excluded\nconsultation:\n  count: concordant",
        "consultation",
        "Aucun dispositif n’emploie",
    ),
    (
        "own_school: excluded",
        "own_school: excluded\nmodes:\n  - scheme: a\n    mode: sitting",
        "modes[1]",
        "déjà le mode par défaut",
    ),
    (
        "own_school: excluded",
        "own_school: excluded\nunanimity:\n  - a\n  - a/b",
        "unanimity[2]",
        "déjà l’unanimité pour tous ses cas",
    ),
    (
        "own_school: excluded",
        "own_school: excluded\nunanimity:\n  - exceptions/b",
        "unanimity[1]",
        "n’a pas de cas",
    ),
    (
        "mode: sitting",
        "mode: opinion\nopinion:\n  given_in: delegation\n  signed_by: chair",
        "opinion.given_in",
        "se donne en séance",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "words"), CONTRADICTIONS)
def test_a_contradiction_is_told_where_it_stands(old, new, place, words):
    assert old in SITTING
    with pytest.raises(rules.RulesError) as caught:
        rules.load(SITTING.replace(old, new))
    found = [one for one in caught.value.problems if words in one.message_fr]
    assert [one.path for one in found] == [place]
    assert all(one.line > 0 for one in found)


IN_WRITING = [
    ("count: concordant\n  votes: 2", "count: at_end", "consultation", "en combien de jours"),
    ("count: concordant", "count: at_end\n  days: 7", "consultation.votes", "Tous les votes sont comptés"),
    ("votes_cast", "present_or_represented", "majority.base", "Personne n’est présent"),
    ("own_school:", "alternates: absent_titular\nown_school:", "alternates", "siègent en séance"),
    (
        "  needed: none",
        "  needed: 2\n  proxies: not_counted\nsecond_call:\n  needed: none",
        "second_call",
        "qu’avec des séances",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "words"), IN_WRITING)
def test_what_means_nothing_in_writing_is_told(old, new, place, words):
    assert old in WRITING
    told = faults(WRITING.replace(old, new))
    assert [line for line in told if place in line and words in line], told


def test_a_delegation_ends_after_it_begins():
    told = faults(DELEGATED.replace("2020-07-31", "2020-03-15"))
    assert told == ["ligne 19, delegation.until\u00a0: La délégation finit avant de commencer."]


UNREADABLE = [
    ("mode: sitting", "mode: vote", "Valeurs possibles"),
    ("  needed: 1/2", "  needed: 3/2", "none, un nombre"),
    ("  needed: 1/2", "  needed: 0", "none, un nombre"),
    ("  needed: 1/2", "  needed: 50%", "none, un nombre"),
    ("  base: votes_cast", "  base: votes_cast\n  share: 1/2", "au-dessus de la moitié"),
    ("tie: casting_vote", "tie: casting_vote\nveto: chair", "Personne n’a de veto"),
    ("tie: casting_vote", "tie: casting_vote\nquorums: 4", "Clé inconnue"),
    ("tie: casting_vote", "tie: casting_vote\ntie: refused", "écrite deux fois"),
    ("tie: casting_vote", "tie: casting_vote\nunanimity:\n  - Rent", "exceptions"),
    ("tie: casting_vote", "tie: casting_vote\nunanimity:\n  - rent\n  - rent", "déjà pris"),
    ("grammar: 1", "grammar: 2", "grammaire"),
    ("own_school: excluded\n", "", "Il manque la clé «\u00a0own_school\u00a0»"),
    ("days: 5", "days: five", "nombre entier"),
]


@pytest.mark.parametrize(("old", "new", "words"), UNREADABLE)
def test_what_nobody_knows_is_refused_with_its_line(old, new, words):
    assert old in SITTING
    told = faults(SITTING.replace(old, new))
    assert [line for line in told if words in line and line.startswith("ligne ")], told


@pytest.mark.parametrize("text", ["", "a: 1", "- a", "a: &b 1", "x" * 20_001, "mode: [", "a: 1\n---\nb: 2"])
def test_a_file_that_is_no_rules_is_refused_whole(text):
    assert faults(text)


def test_several_faults_are_told_together():
    assert len(faults(SITTING.replace("days: 5", "days: x").replace("1/2", "x"))) == 2


def test_every_part_of_the_rules_is_read():
    text = DELEGATED.replace(
        "- scheme: emergency-aid", "- scheme: mobility-aid\n    mode: opinion\n  - scheme: emergency-aid"
    )
    text += "opinion:\n  given_in: sitting\n  signed_by: 40\nalternates: absent_titular\nproxies: 2\n"
    read = rules.load(text.replace("votes_cast", "present_or_represented"))
    assert read.opinion == Opinion(rules.Mode.SITTING, 40)
    assert read.modes == (
        SchemeMode("mobility-aid", rules.Mode.OPINION),
        SchemeMode("emergency-aid", rules.Mode.DELEGATION),
    )
    assert (read.majority.base, read.proxies) == (Base.PRESENT, 2)
    assert read.mode_for("emergency-aid") is rules.Mode.DELEGATION
    assert read.mode_for("another") is rules.Mode.SITTING
