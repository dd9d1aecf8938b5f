"""Whether there is money for one aid, and in which pocket: asked under lock, in the one order of the waiting list.

Locks, in one order everywhere: the request, the scheme (its own cap), the person (caps), the pockets by pk. What was
read before the locks is read again after them.
"""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aid_requests import advances, caps, sealed
from aid_requests.committee import waiting_list
from aid_requests.models import AdvanceRules, AidRequest, Applicant, Decision
from aid_requests.progress import award_of
from fund import balances, ledger, workflow
from fund.models import Pocket
from fund.money import format_euros
from fund.roles import Refusal, Refused

# Refusals that mean « not yet »: the aid may wait on the list.
NO_MONEY = ("over_budget", "list_first")


def reserve(request: AidRequest, *, place: Decision | None = None) -> Pocket:
    """The pocket that pays, under lock: the scheme's own when it holds the whole amount, else the general one.

    The amount is never split over two pockets, nothing is granted while the fund as a whole could not cover it (a loss
    imposed by a card or a bank stops approvals until it is made good, invariant 3), and nothing passes before a request
    that waits for the same pocket. `place` is the request's own on the waiting list; without it all others are ahead.
    What an advance has paid already is not asked for again: where it paid all, nothing is left to wait for.
    Raises Refused; with a code of NO_MONEY the locks are held and everything else was in order.
    """
    locked = _lock_grantable(request)
    rest = advances.rest_cents(request)
    if not rest:
        return request.advance.pocket
    wanted = waiting_list.pockets_of(request.scheme_version)
    held = waiting_list.held_pockets(wanted, before=place)
    candidates = [locked[pk] for pk in wanted if pk not in held]
    if not candidates:
        sentence = _(
            "D’autres dossiers favorables attendent déjà l’argent de cette enveloppe : ils passent avant."
        )
        raise Refused(Refusal("list_first", sentence))
    return _first_that_holds(candidates, rest)


def reserve_advance(request: AidRequest, amount_cents: int) -> AdvanceRules:
    """The rules under which this advance is given, with the locks of a grant: pocket and caps hold it.

    It passes before the waiting list, which its caps bound, and never takes what is not there. Raises Refused.
    """
    locked = _lock_grantable(request)
    rules = advances.rules_in_force()
    refusal = advances.amount_refusal(request, rules, amount_cents)
    if rules is None or refusal is not None:
        raise Refused(refusal or advances.no_rules())
    _first_that_holds([locked[rules.pocket_id]], amount_cents)
    return rules


def _lock_grantable(request: AidRequest) -> dict[int, Pocket]:
    """Everything a grant locks, the pockets by pk last. Raises Refused where the schedule or a cap forbids it."""
    scheme = sealed.scheme_of(request.scheme_version)
    caps.lock_total(request, scheme)
    request.applicant = workflow.lock(Applicant, request.applicant_id)
    demand_award(request)
    over = caps.cap_refusal(
        request, scheme, amount_cents=request.amount_cents or 0, states=caps.GRANTED_STATES
    )
    if over is not None:
        raise Refused(Refusal(over.code, caps.committee_sentence(over)))
    return {pocket.pk: pocket for pocket in ledger.lock_pockets(Pocket.objects.all())}


def demand_award(request: AidRequest) -> None:
    """Raises Refused when the schedule does not give this case and this amount any more."""
    award = award_of(request)
    if award is None or (award.case_code, award.amount_cents) != (
        request.case_code,
        request.amount_cents or 0,
    ):
        raise Refused(
            Refusal(
                "schedule",
                _("Le barème ne donne plus ce montant à ce dossier : prévenez l’administration."),
            )
        )


def _first_that_holds(candidates: list[Pocket], amount: int) -> Pocket:
    lefts = {pocket.pk: balances.left_cents(pocket) for pocket in candidates}
    in_all = balances.left_cents()
    for pocket in candidates:
        if min(lefts[pocket.pk], in_all) >= amount:
            return pocket
    raise Refused(_over_budget(min(max(lefts.values()), in_all), amount))


def _over_budget(left_cents: int, amount_cents: int) -> Refusal:
    language = get_language() or "fr"
    left = format_euros(abs(left_cents), language, cents_shown=False)
    amount = format_euros(amount_cents, language, cents_shown=False)
    if left_cents < 0:
        sentence = _(
            "Il manque %(left)s : des dons utilisés ont été repris. "
            "L’aide de %(amount)s attendra que d’autres les couvrent."
        )
        return Refusal("over_budget", sentence % {"left": left, "amount": amount})
    sentence = _("Il reste %(left)s dans cette enveloppe. L’aide de %(amount)s attendra le prochain don.")
    return Refusal("over_budget", sentence % {"left": left, "amount": amount})
