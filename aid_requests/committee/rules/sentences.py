"""A weighing in words: « 5 présents ou représentés sur 8, quorum 4 : atteint ; 3 pour, 1 contre, 1 abstention :
accordée à la majorité des suffrages exprimés. »

Numbers alone: nobody is named. How many take no part in a file is for the minutes and the chair; a member's page
shows the `headline` only.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid_requests.committee.rules.grammar import Base, Mode, Rules
from aid_requests.committee.rules.matters import Outcome
from aid_requests.committee.rules.seating import QuorumCount, Unheard
from aid_requests.committee.rules.weighing import How, NotDelegated, Weighing
from aid_requests.committee.rules.writing import measure

_NO_PART = (Unheard.BARRED, Unheard.OWN_SCHOOL)
_LOST_PROXIES = (
    Unheard.PROXY_NOT_ADMITTED,
    Unheard.PROXY_OF_REPLACED,
    Unheard.PROXY_HOLDER_AWAY,
    Unheard.PROXY_TOO_MANY,
)


def explain(weighing: Weighing) -> list[str]:
    """The sentence that says it all, then what it leaves unsaid; in the language of the moment."""
    told = [
        headline(weighing),
        _delegation(weighing),
        *_opinion(weighing),
        *_people(weighing),
        *_next(weighing),
    ]
    return [sentence for sentence in told if sentence]


def headline(weighing: Weighing) -> str:
    """Quorum, votes and what becomes of the file, in one sentence."""
    values = {"votes": _votes(weighing), "result": _result(weighing)}
    if weighing.quorum is None:
        return _("%(votes)s : %(result)s.") % values
    return _("%(quorum)s ; %(votes)s : %(result)s.") % {**values, "quorum": quorum_words(weighing.quorum)}


def outcome_words(outcome: Outcome) -> str:
    """« accordée », « refusée »… as they follow a count."""
    return {
        Outcome.GRANTED: _("accordée"),
        Outcome.SUBJECT_TO: _("accordée sous réserve d’une pièce"),
        Outcome.NOT_FUNDED: _("favorable, en attente de financement"),
        Outcome.REFUSED: _("refusée"),
        Outcome.ADJOURNED: _("ajournée"),
        Outcome.REDIRECTED: _("réorientée"),
    }[outcome]


def unheard_words(why: Unheard) -> str:
    """Why one person's voice does not count; for the committee's full minutes only."""
    return {
        Unheard.UNKNOWN: _("ne siège pas au comité"),
        Unheard.REMOVED: _("ne siège plus au comité"),
        Unheard.BARRED: _("s’est déporté·e ou a un lien avec le dossier"),
        Unheard.OWN_SCHOOL: _("est de la même école"),
        Unheard.ABSENT: _("absent·e"),
        Unheard.TITULAR_SITS: _("suppléant·e dont le titulaire siège"),
        Unheard.NOT_DELEGATE: _("le dossier est délégué à une autre personne"),
        Unheard.SILENT: _("n’a pas voté"),
        Unheard.PROXY_NOT_ADMITTED: _("ne peut pas donner procuration"),
        Unheard.PROXY_OF_REPLACED: _("a donné procuration, mais son suppléant siège"),
        Unheard.PROXY_HOLDER_AWAY: _("a donné procuration à une personne qui ne prend pas part au vote"),
        Unheard.PROXY_TOO_MANY: _("a donné procuration à une personne qui en a déjà assez"),
    }[why]


def quorum_words(quorum: QuorumCount) -> str:
    """« 5 présents ou représentés sur 8, quorum 4 : atteint », or without the quorum where none is asked."""
    number = quorum.counted if quorum.needed is not None else quorum.present + quorum.represented
    if quorum.needed is None:
        sentence = ngettext(
            "%(n)s présent ou représenté sur %(seats)s, sans quorum",
            "%(n)s présents ou représentés sur %(seats)s, sans quorum",
            number,
        )
    elif quorum.counts_proxies and quorum.is_met:
        sentence = ngettext(
            "%(n)s présent ou représenté sur %(seats)s, quorum %(needed)s : atteint",
            "%(n)s présents ou représentés sur %(seats)s, quorum %(needed)s : atteint",
            quorum.counted,
        )
    elif quorum.counts_proxies:
        sentence = ngettext(
            "%(n)s présent ou représenté sur %(seats)s, quorum %(needed)s : non atteint",
            "%(n)s présents ou représentés sur %(seats)s, quorum %(needed)s : non atteint",
            quorum.counted,
        )
    elif quorum.is_met:
        sentence = ngettext(
            "%(n)s présent sur %(seats)s, quorum %(needed)s : atteint",
            "%(n)s présents sur %(seats)s, quorum %(needed)s : atteint",
            quorum.counted,
        )
    else:
        sentence = ngettext(
            "%(n)s présent sur %(seats)s, quorum %(needed)s : non atteint",
            "%(n)s présents sur %(seats)s, quorum %(needed)s : non atteint",
            quorum.counted,
        )
    return sentence % {"n": number, "seats": quorum.seats, "needed": quorum.needed}


def _votes(weighing: Weighing) -> str:
    tally = weighing.tally
    if not weighing.voices:
        return _("aucun vote")
    if weighing.adjourning:
        return ", ".join(_with_adjourning(weighing))
    if not tally.abstained:
        sides = {"in_favour": tally.in_favour, "against": tally.against}
        return _("%(in_favour)s pour, %(against)s contre") % sides
    abstained = ngettext("%(n)s abstention", "%(n)s abstentions", tally.abstained) % {"n": tally.abstained}
    counted = {"in_favour": tally.in_favour, "against": tally.against, "abstained": abstained}
    return _("%(in_favour)s pour, %(against)s contre, %(abstained)s") % counted


def _with_adjourning(weighing: Weighing) -> list[str]:
    """Who would put a file off is counted against, and refuses nobody: such votes are told apart."""
    tally, adjourning = weighing.tally, weighing.adjourning
    told = []
    if tally.cast > adjourning:
        sides = {"in_favour": tally.in_favour, "against": tally.against - adjourning}
        told.append(_("%(in_favour)s pour, %(against)s contre") % sides)
    told.append(_("%(n)s pour ajourner") % {"n": adjourning})
    if tally.abstained:
        told.append(
            ngettext("%(n)s abstention", "%(n)s abstentions", tally.abstained) % {"n": tally.abstained}
        )
    return told


def _result(weighing: Weighing) -> str:
    """What follows the colon: the outcome and what made it, or what is still missing."""
    made = _MADE_BY.get(weighing.how)
    if made is None or weighing.outcome is None:
        return _missing(weighing)
    outcome = outcome_words(weighing.outcome)
    short = weighing.how in (How.NO_MAJORITY, How.NO_UNANIMITY)
    if short and weighing.is_put_off_by_vote and 2 * weighing.adjourning > weighing.tally.cast:
        return outcome
    if weighing.how in (How.MAJORITY, How.NO_MAJORITY):
        return majority_words(weighing.rules, is_reached=weighing.how is How.MAJORITY) % {"outcome": outcome}
    votes = weighing.votes_needed or weighing.tally.in_favour
    if weighing.how is How.NOT_CONCORDANT and not _has_end_date(weighing.rules):
        made = _too_few
    return made(votes) % {"outcome": outcome, "votes": votes}


def _has_end_date(rules: Rules) -> bool:
    return rules.consultation is not None and rules.consultation.days is not None


def _too_few(needed: int) -> str:
    """Where the rules have no end date, none is told."""
    return ngettext(
        "%(outcome)s, faute de %(votes)s vote", "%(outcome)s, faute de %(votes)s votes concordants", needed
    )


def _missing(weighing: Weighing) -> str:
    tally = weighing.tally
    if weighing.opinion is Outcome.ADJOURNED and weighing.how is How.WAITS_FOR_SIGNATURE:
        # It decides nothing, and waits for no signature.
        return outcome_words(weighing.opinion)
    if weighing.how is How.WAITS_FOR_VOTES and weighing.votes_needed is not None:
        return ngettext(
            "pas encore de décision, il faut %(n)s vote",
            "pas encore de décision, il faut %(n)s votes qui disent la même chose",
            weighing.votes_needed,
        ) % {"n": weighing.votes_needed}
    if weighing.how is How.WAITS_FOR_VOTES:
        return ngettext(
            "pas encore de décision, %(n)s personne n’a pas voté",
            "pas encore de décision, %(n)s personnes n’ont pas voté",
            tally.silent,
        ) % {"n": tally.silent}
    return {
        How.WAITS_FOR_DELEGATE: _("pas encore de décision, la personne déléguée ne s’est pas prononcée"),
        How.WAITS_FOR_SIGNATURE: _("l’avis est donné, la décision n’est pas signée"),
        How.NO_QUORUM: _("on ne peut pas décider"),
        How.NOBODY: _("personne ne peut décider"),
    }.get(weighing.how, _("pas encore de décision"))


def majority_words(rules: Rules, *, is_reached: bool) -> str:
    """« %(outcome)s à la majorité des suffrages exprimés », and its other forms; `%(outcome)s` is left to fill in."""
    share = measure(rules.majority.share)
    cast = rules.majority.base is Base.VOTES_CAST
    if rules.majority.is_simple and is_reached:
        return (
            _("%(outcome)s à la majorité des suffrages exprimés")
            if cast
            else _("%(outcome)s à la majorité des présents ou représentés")
        )
    if rules.majority.is_simple:
        return (
            _("%(outcome)s, la majorité des suffrages exprimés n’est pas atteinte")
            if cast
            else _("%(outcome)s, la majorité des présents ou représentés n’est pas atteinte")
        )
    if is_reached:
        text = (
            _("%(outcome)s par au moins %(share)s des suffrages exprimés")
            if cast
            else _("%(outcome)s par au moins %(share)s des présents ou représentés")
        )
    else:
        text = (
            _("%(outcome)s, les %(share)s des suffrages exprimés ne sont pas atteints")
            if cast
            else _("%(outcome)s, les %(share)s des présents ou représentés ne sont pas atteints")
        )
    return text.replace("%(share)s", share)


_MADE_BY = {
    How.MAJORITY: lambda _n: "",
    How.NO_MAJORITY: lambda _n: "",
    How.UNANIMITY: lambda _n: _("%(outcome)s à l’unanimité"),
    How.NO_UNANIMITY: lambda _n: _("%(outcome)s, l’unanimité demandée n’est pas atteinte"),
    How.CONCORDANT: lambda n: ngettext(
        "%(outcome)s par %(votes)s vote", "%(outcome)s par %(votes)s votes concordants", n
    ),
    How.NOT_CONCORDANT: lambda n: ngettext(
        "%(outcome)s, faute de %(votes)s vote à la date de fin",
        "%(outcome)s, faute de %(votes)s votes concordants à la date de fin",
        n,
    ),
    How.CASTING_VOTE: lambda _n: _(
        "partage des voix, %(outcome)s par la voix prépondérante de la présidence"
    ),
    How.TIE: lambda _n: _("partage des voix, %(outcome)s"),
    How.TIE_WITHOUT_CHAIR: lambda _n: _("partage des voix, %(outcome)s : la présidence n’a pas départagé"),
    How.DELEGATE: lambda _n: _("%(outcome)s par délégation"),
    How.SIGNED: lambda _n: _("%(outcome)s par décision signée après avis"),
}


def _delegation(weighing: Weighing) -> str:
    if weighing.not_delegated is None:
        delegation = weighing.rules.delegation if weighing.mode is Mode.DELEGATION else None
        return _("Délégation %(reference)s.") % {"reference": delegation.reference} if delegation else ""
    return {
        NotDelegated.DATES: _("La délégation ne court pas ce jour-là : le comité décide."),
        NotDelegated.CAP: _("Le montant dépasse le plafond de la délégation : le comité décide."),
        NotDelegated.PERSON: _("La personne déléguée ne peut pas décider de ce dossier : le comité décide."),
        NotDelegated.UNANIMITY: _(
            "L’unanimité est demandée ici, personne ne décide seul : le comité décide."
        ),
    }[weighing.not_delegated]


def _opinion(weighing: Weighing) -> list[str]:
    if weighing.opinion is None:
        return []
    told = [_("Avis du comité : %(outcome)s.") % {"outcome": outcome_words(weighing.opinion)}]
    if weighing.outcome is not None and weighing.outcome is not weighing.opinion:
        told.append(_("La décision signée s’écarte de l’avis."))
    return told


def _people(weighing: Weighing) -> list[str]:
    """Who is heard through whom, and how many are not: numbers only."""
    told = []
    if number := len(weighing.seating.represented):
        told.append(_("Dont %(n)s par procuration.") % {"n": number})
    reasons = list(weighing.unheard.values())
    if number := sum(why in _NO_PART for why in reasons):
        sentence = ngettext(
            "%(n)s membre ne prend pas part à ce dossier.",
            "%(n)s membres ne prennent pas part à ce dossier.",
            number,
        )
        told.append(sentence % {"n": number})
    if number := sum(why in _LOST_PROXIES for why in reasons):
        sentence = ngettext("%(n)s procuration ne compte pas.", "%(n)s procurations ne comptent pas.", number)
        told.append(sentence % {"n": number})
    return told


def _next(weighing: Weighing) -> list[str]:
    second = weighing.rules.second_call
    if weighing.how is not How.NO_QUORUM or weighing.call > 1 or second is None:
        return []
    if weighing.mode is Mode.CONSULTATION:
        return []
    needed = measure(second.needed)
    if second.needed is None:
        return [_("Une seconde convocation pourra décider sans quorum.")]
    return [_("Une seconde convocation pourra décider avec un quorum de %(needed)s.") % {"needed": needed}]
