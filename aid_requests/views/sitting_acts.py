"""What is done on the pages of sittings: one act a POST, then back to the page with the sentence that answers it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aid_requests.committee import actions, sitting_lists, sitting_permissions
from aid_requests.committee.rules import Alternates
from aid_requests.forms.sittings import ChangeForm, ConveneForm, ItemForm, PresenceForm, ProxyForm
from aid_requests.models import AgendaItem, AidRequest, Sitting
from aid_requests.views.actor import actor
from aid_requests.views.sittings import ballot, hand_form, held_sitting, own_sitting, show_desk, show_sitting
from fund.models import User
from fund.models.people import Role
from fund.money import format_euros
from fund.roles import Refused, for_roles
from fund.workflow import AlreadyDone, WrongState

# What says nothing of a tie between the voter and the file.
_TOLD_AT_DESK = ("clerk", "not_open", "remote", "away", "choice", "reason", "door", "papers")
Act = Callable[[HttpRequest, Sitting], str]


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
def sitting_act(request: HttpRequest, token: UUID) -> HttpResponse:
    """The act that the button names; an unknown one is 404."""
    sitting = own_sitting(request, token)
    name = request.POST.get("act", "")
    act = _ACTS.get(name)
    if act is None:
        raise Http404
    try:
        sentence = act(request, sitting)
    except Refused as refused:
        messages.error(request, str(refused.refusal.sentence))
    except WrongState as wrong:
        messages.warning(request, wrong.sentence)
    else:
        messages.success(request, sentence)
    at_desk = (
        name in _AT_DESK and sitting_permissions.can_run(actor(request), own_sitting(request, token)) is None
    )
    return redirect("sitting_desk" if at_desk else "sitting_page", token)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
def sitting_vote(request: HttpRequest, token: UUID, item: UUID) -> HttpResponse:
    """The own vote, on the own device."""
    sitting = held_sitting(request, token)
    row = _item(sitting, item)
    form = ballot(row, request.POST)
    if not form.is_valid():
        return show_sitting(request, sitting, form=form, status=422)
    try:
        actions.vote_in_sitting(by=actor(request), item=row, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused.refusal.sentence))
    except WrongState as wrong:
        messages.warning(request, wrong.sentence)
    else:
        messages.success(request, _("Votre vote est enregistré. Il se découvre à la clôture du vote."))
    return redirect("sitting_page", token)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
def enter_vote(request: HttpRequest, token: UUID, item: UUID) -> HttpResponse:
    """A vote given by hand, noted at the desk."""
    sitting = held_sitting(request, token)
    row = _item(sitting, item)
    form = hand_form(sitting, row, request.POST)
    if not form.is_valid():
        return show_desk(request, sitting, form=form, status=422)
    values = {**form.cleaned_data, "voter": User.objects.get(pk=form.cleaned_data["voter"])}
    try:
        actions.vote_in_sitting(by=actor(request), item=row, **values)
    except Refused as refused:
        known = refused.refusal.code in _TOLD_AT_DESK
        messages.error(request, str(refused.refusal.sentence) if known else _not_received())
    except AlreadyDone:
        messages.error(request, _not_received())
    except WrongState as wrong:
        messages.warning(request, wrong.sentence)
    else:
        messages.success(request, _("Le vote est noté."))
    return redirect("sitting_desk", token)


def _not_received() -> str:
    """Why somebody takes no part is nobody else's to read: whoever has voted gets the same answer."""
    return _("Ce vote ne peut pas être reçu : cette personne a déjà voté, ou ne vote pas sur ce dossier.")


def _change(request: HttpRequest, sitting: Sitting) -> str:
    values = _clean(ChangeForm(request.POST))
    actions.change_sitting(by=actor(request), sitting=sitting, **values)
    return _("La date et le lieu sont gardés.")


def _add(request: HttpRequest, sitting: Sitting) -> str:
    """The files that were ticked, among those that could be put; all of them with « all »."""
    wanted = set(request.POST.getlist("file"))
    takes_all = "all" in request.POST
    found = sitting_lists.may_be_put(sitting)
    chosen: list[AidRequest] = [one for one in found if takes_all or str(one.token) in wanted]
    number = actions.add_items(by=actor(request), sitting=sitting, requests=chosen)
    words = ngettext("%(n)s dossier mis à l’ordre du jour.", "%(n)s dossiers mis à l’ordre du jour.", number)
    return words % {"n": number}


def _remove(request: HttpRequest, sitting: Sitting) -> str:
    actions.remove_item(by=actor(request), item=_posted_item(request, sitting))
    return _("Ce dossier n’est plus à l’ordre du jour.")


def _convene(request: HttpRequest, sitting: Sitting) -> str:
    by = actor(request)
    knows = sitting_lists.open_book(sitting.committee).alternates is not Alternates.NONE
    people = sitting_permissions.seated_users()
    form = ConveneForm(request.POST, people=people, chair=by, knows_alternates=knows)
    values = _clean(form)
    actions.convene_sitting(
        by=by,
        sitting=sitting,
        secretary=User.objects.get(pk=values["secretary"]),
        urgency=values["urgency"],
        alternates=form.alternates,
    )
    return _("La convocation est partie.")


def _cancel(request: HttpRequest, sitting: Sitting) -> str:
    actions.cancel_sitting(by=actor(request), sitting=sitting)
    return _("La séance est annulée ; ses dossiers sont libres.")


def _proxy(request: HttpRequest, sitting: Sitting) -> str:
    values = _clean(ProxyForm(request.POST, holders=sitting_lists.holders(actor(request), sitting)))
    actions.give_proxy(by=actor(request), sitting=sitting, holder=User.objects.get(pk=values["holder"]))
    return _("Votre procuration est donnée. Si vous venez, vous votez vous-même.")


def _open(request: HttpRequest, sitting: Sitting) -> str:
    actions.open_sitting(by=actor(request), sitting=sitting)
    return _("La séance est ouverte. Notez les présences, puis prenez le premier dossier.")


def _presence(request: HttpRequest, sitting: Sitting) -> str:
    values = _clean(PresenceForm(request.POST))
    member = get_object_or_404(User, pk=values["member"], pk__in=sitting.seats.values("member"))
    actions.note_presence(by=actor(request), sitting=sitting, member=member, presence=values["presence"])
    return _("C’est noté.")


def _take(request: HttpRequest, sitting: Sitting) -> str:
    actions.take_item(by=actor(request), item=_posted_item(request, sitting))
    return _("Le vote est ouvert.")


def _close_item(request: HttpRequest, sitting: Sitting) -> str:
    item = actions.close_item(by=actor(request), item=_posted_item(request, sitting))
    if item.decision is None:
        values = {
            "reference": item.request.reference,
            "why": sitting_lists.told_of(item),
        }
        return _("%(reference)s : pas de décision. %(why)s.") % values
    amount = format_euros(item.decision.amount_cents, get_language() or "fr", cents_shown=False)
    values = {
        "reference": item.request.reference,
        "outcome": item.decision.get_outcome_display(),
        "amount": amount,
    }
    return _("%(reference)s : %(outcome)s, %(amount)s demandés.") % values


def _adjourn(request: HttpRequest, sitting: Sitting) -> str:
    why = _clean(ItemForm(request.POST))["why"]
    actions.adjourn_item(by=actor(request), item=_posted_item(request, sitting), why=why)
    return _("Ce dossier est ajourné : il reviendra à un prochain ordre du jour.")


def _close(request: HttpRequest, sitting: Sitting) -> str:
    actions.close_sitting(by=actor(request), sitting=sitting)
    return _("La séance est levée. Le procès-verbal attend deux signatures.")


_ACTS: dict[str, Act] = {
    "change": _change,
    "add": _add,
    "remove": _remove,
    "convene": _convene,
    "cancel": _cancel,
    "proxy": _proxy,
    "open": _open,
    "presence": _presence,
    "take": _take,
    "close_item": _close_item,
    "adjourn": _adjourn,
    "close": _close,
}
_AT_DESK = ("open", "presence", "take", "close_item", "adjourn")


def _clean(form: forms.Form) -> dict[str, Any]:
    """What the form says; its first fault is told on the page. Raises WrongState."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    raise WrongState(f"{label}\u00a0: {errors[0]}" if label else str(errors[0]))


def _posted_item(request: HttpRequest, sitting: Sitting) -> AgendaItem:
    form = ItemForm(request.POST)
    if "item" not in form.data or form.errors.get("item"):
        raise Http404
    return _item(sitting, UUID(form.data["item"]))


def _item(sitting: Sitting, token: UUID) -> AgendaItem:
    rows = sitting.items.select_related("sitting__rules", "request__scheme_version", "request__applicant")
    return get_object_or_404(rows, token=token)
