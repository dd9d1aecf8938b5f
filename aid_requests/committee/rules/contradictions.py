"""Rules that say one thing and its contrary: each with its place, and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from aid_requests.committee.rules.grammar import (
    EXCEPTIONS,
    Alternates,
    Base,
    Count,
    Mode,
    Proxies,
    Rules,
    Tie,
)

# A place in the file, and what is wrong there.
Found = tuple[str, str]


def contradictions(rules: Rules) -> Iterator[Found]:
    """Everything that cannot hold together in rules whose every value is good by itself."""
    yield from _modes(rules)
    yield from _presence(rules)
    yield from _count(rules)
    yield from _delegation(rules)


def _modes(rules: Rules) -> Iterator[Found]:
    if rules.mode is Mode.DELEGATION:
        yield (
            "mode",
            (
                "La délégation ne peut pas être le mode par défaut : elle a une fin, et il faut alors un autre mode. "
                "Donnez-la aux dispositifs, dans « modes »."
            ),
        )
    needed = {
        Mode.SITTING: ("notice", rules.notice),
        Mode.CONSULTATION: ("consultation", rules.consultation),
        Mode.DELEGATION: ("delegation", rules.delegation),
        Mode.OPINION: ("opinion", rules.opinion),
    }
    for mode, (key, block) in needed.items():
        if mode in rules.modes_used and block is None:
            yield "", f"Le mode « {mode} » est employé : écrivez « {key} »."
        if mode not in rules.modes_used and block is not None:
            yield key, f"Aucun dispositif n’emploie le mode « {mode} » : retirez « {key} », ou employez-le."
    if rules.opinion is not None and rules.opinion.given_in in (Mode.DELEGATION, Mode.OPINION):
        yield "opinion.given_in", "Un avis se donne en séance (sitting) ou par consultation (consultation)."
    for number, one in enumerate(rules.modes, 1):
        if one.mode is rules.mode:
            yield f"modes[{number}]", "C’est déjà le mode par défaut : retirez cette ligne."


def _presence(rules: Rules) -> Iterator[Found]:
    quorum, second = rules.quorum, rules.second_call
    if rules.proxies == 0 and quorum.proxies is Proxies.COUNTED and quorum.needed is not None:
        yield (
            "quorum.proxies",
            (
                "Les procurations comptent pour le quorum, mais « proxies: 0 » n’en admet aucune : "
                "écrivez not_counted, ou admettez-en."
            ),
        )
    if Mode.SITTING not in rules.modes_used:
        if second is not None:
            yield "second_call", "Une seconde convocation n’a de sens qu’avec des séances : retirez-la."
        if rules.alternates is not Alternates.NONE:
            yield "alternates", "Les suppléants siègent en séance, et il n’y en a pas ici : écrivez none."
    elif second is not None:
        yield from _second_call(rules)
    if rules.notice is not None and rules.notice.urgent_days > rules.notice.days:
        yield "notice.urgent_days", "L’urgence demande plus de jours que le délai ordinaire : inversez-les."


def _second_call(rules: Rules) -> Iterator[Found]:
    first, second = rules.quorum.needed, rules.second_call.needed if rules.second_call else None
    if first is None:
        yield "second_call", "Sans quorum, il n’y a pas de seconde convocation : retirez-la."
    elif (
        second is not None and isinstance(first, Fraction) is isinstance(second, Fraction) and second >= first
    ):
        yield (
            "second_call.needed",
            "La seconde convocation doit demander moins de monde que la première : baissez-la.",
        )


def _count(rules: Rules) -> Iterator[Found]:
    if rules.tie is not Tie.REFUSED and not rules.majority.is_simple:
        yield (
            "tie",
            (
                "Avec une majorité plus forte que la moitié, il n’y a pas de partage des voix : "
                "retirez « tie », ou écrivez share: simple."
            ),
        )
    consultation = rules.consultation
    if consultation is not None and consultation.count is Count.AT_END:
        if consultation.days is None:
            yield "consultation", "Les votes sont comptés à la fin : écrivez en combien de jours, « days »."
        if consultation.votes is not None:
            yield (
                "consultation.votes",
                ("Tous les votes sont comptés à la fin : retirez « votes », ou écrivez count: concordant."),
            )
    if rules.modes_used <= {Mode.CONSULTATION} and rules.majority.base is Base.PRESENT:
        yield "majority.base", "Personne n’est présent dans une consultation écrite : écrivez votes_cast."
    for number, code in enumerate(rules.unanimity, 1):
        scheme, _slash, case = code.partition("/")
        if case and scheme in rules.unanimity:
            yield (
                f"unanimity[{number}]",
                f"« {scheme} » demande déjà l’unanimité pour tous ses cas : retirez ce cas.",
            )
        if case and scheme == EXCEPTIONS:
            yield f"unanimity[{number}]", "« exceptions » n’a pas de cas : écrivez le nom du dispositif."


def _delegation(rules: Rules) -> Iterator[Found]:
    delegation = rules.delegation
    if delegation is not None and delegation.ends_on < delegation.starts_on:
        yield "delegation.until", "La délégation finit avant de commencer."
