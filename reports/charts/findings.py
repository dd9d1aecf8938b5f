"""The sentence a chart is read under: what it shows, true for these figures and no others."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fund.templatetags.fund_format import day, round_euros
from reports.charts.periods import periods, unit_of
from reports.snapshot import Snapshot


def rule_finding(snapshot: Snapshot) -> str:
    """What came in and what became of it, of the one evening the rule is drawn for."""
    aid = snapshot.aid
    if aid is None:
        return _received(snapshot.raised_cents)
    told = {"raised": round_euros(aid.raised_cents), "given": round_euros(aid.given_cents)}
    if aid.given_cents <= 0:
        if not aid.promised_cents:
            return _("%(raised)s reçus, rien encore de versé") % told
        return _("%(raised)s reçus, %(promised)s en virement") % {
            **told,
            "promised": round_euros(aid.promised_cents),
        }
    sentence = ngettext(
        "%(raised)s reçus, %(given)s versés à %(n)s élève",
        "%(raised)s reçus, %(given)s versés à %(n)s élèves",
        aid.students_helped,
    )
    return sentence % {**told, "n": aid.students_helped}


def gifts_finding(snapshot: Snapshot) -> str:
    """The goal when it is reached, else the last two whole periods compared, else the total."""
    raised, goal = snapshot.raised_cents, snapshot.goal_cents
    if raised <= 0:
        return _received(raised)
    if 0 < goal <= raised:
        return _("L’objectif de %(goal)s est atteint") % {"goal": round_euros(goal)}
    whole = [row.raised_cents for row in periods(snapshot) if row.whole]
    if len(whole) < 2:
        return _received(raised)
    before, last = whole[-2:]
    if unit_of(snapshot) == "week":
        return _weeks(before, last)
    return _months(before, last)


def aid_finding(snapshot: Snapshot) -> str:
    """What the latest figures about aid added to those before."""
    steps = snapshot.aid_steps
    if not steps:
        return _("Aucun chiffre d’aide n’est encore publié")
    last = steps[-1]
    if len(steps) == 1 or last.given_cents <= 0:
        return _given(last.given_cents, day(last.as_of))
    before = steps[-2]
    added = last.given_cents - before.given_cents
    told = {"amount": round_euros(abs(added)), "number": before.number}
    if added > 0:
        return _("Les aides avancent : %(amount)s de plus que dans la publication nº %(number)s") % told
    if added < 0:
        return _("Des aides sont revenues : %(amount)s de moins que dans la publication nº %(number)s") % told
    return _("Les aides n’ont pas changé depuis la publication nº %(number)s") % told


def _received(cents: int) -> str:
    if cents > 0:
        return _("%(raised)s reçus depuis l’ouverture") % {"raised": round_euros(cents)}
    if cents == 0:
        return _("Rien n’est encore reçu")
    return _("Plus d’argent est reparti qu’il n’en est arrivé")


def _given(cents: int, when: str) -> str:
    if cents <= 0:
        return _("Aucune aide n’est encore versée au %(day)s") % {"day": when}
    return _("%(given)s versés au %(day)s") % {"given": round_euros(cents), "day": when}


def _weeks(before: int, last: int) -> str:
    told = {"last": round_euros(last), "before": round_euros(before)}
    if last < before:
        return (
            _("Les dons ralentissent : %(last)s la dernière semaine entière, %(before)s celle d’avant") % told
        )
    if last > before:
        return (
            _("Les dons accélèrent : %(last)s la dernière semaine entière, %(before)s celle d’avant") % told
        )
    return _("Les dons ne varient pas : %(last)s la dernière semaine entière, autant celle d’avant") % told


def _months(before: int, last: int) -> str:
    told = {"last": round_euros(last), "before": round_euros(before)}
    if last < before:
        return _("Les dons ralentissent : %(last)s le dernier mois entier, %(before)s celui d’avant") % told
    if last > before:
        return _("Les dons accélèrent : %(last)s le dernier mois entier, %(before)s celui d’avant") % told
    return _("Les dons ne varient pas : %(last)s le dernier mois entier, autant celui d’avant") % told
