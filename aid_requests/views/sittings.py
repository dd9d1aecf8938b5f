"""The pages of sittings: the list, one agenda, the desk of the chair and the secretary, and the screen of the room."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests.actions.committee_rules import national
from aid_requests.committee import (
    actions,
    case_files,
    permissions,
    queries,
    rules,
    sitting_lists,
    sitting_permissions,
    table,
)
from aid_requests.committee.rules import Alternates
from aid_requests.forms.committee import VoteForm
from aid_requests.forms.sittings import (
    ChangeForm,
    ConveneForm,
    HandVoteForm,
    ItemForm,
    ProxyForm,
    SittingForm,
)
from aid_requests.models import AgendaItem, Sitting
from aid_requests.models.sittings import Attended, SittingState
from aid_requests.views import ballots
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import Refused, demand, for_roles, needs_role_now
from fund.treasury import cash

PAST_SHOWN = 50


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def sitting_list(request: HttpRequest) -> HttpResponse:
    """What is to come, then what was."""
    by = actor(request)
    context = {
        "to_come": sitting_lists.to_come(by),
        "past": sitting_lists.past(by)[:PAST_SHOWN],
        "may_prepare": sitting_permissions.can_prepare(by) is None,
    }
    return render(request, "aid_requests/sitting_list.html", context)


@for_roles(Role.CHAIR)
@require_http_methods(["GET", "POST"])
@never_cache
def prepare_sitting(request: HttpRequest) -> HttpResponse:
    """A new draft, of the national committee."""
    form = SittingForm(request.POST or None)
    if form.is_valid():
        try:
            sitting = actions.prepare_sitting(by=actor(request), committee=national(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
        else:
            return redirect("sitting_page", sitting.token)
    status = 422 if form.errors else 200
    return render(request, "aid_requests/sitting_new.html", {"form": form}, status=status)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def sitting_page(request: HttpRequest, token: UUID) -> HttpResponse:
    """The agenda; while it is open, the file that is being voted on and the ballot."""
    return show_sitting(request, own_sitting(request, token))


def show_sitting(
    request: HttpRequest, sitting: Sitting, *, form: VoteForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of one member, with what that person may do on it."""
    by = actor(request)
    is_chair = needs_role_now(by, Role.CHAIR) is None
    is_draft = is_chair and sitting.state == SittingState.DRAFTED
    context: dict[str, Any] = {
        "sitting": sitting,
        "place": sitting_lists.place_of(sitting),
        "lines": sitting_lists.agenda(by, sitting),
        "is_chair": is_chair,
        "is_clerk": sitting_permissions.is_clerk(by, sitting),
        "holders": ProxyForm(holders=found) if (found := sitting_lists.holders(by, sitting)) else None,
        "proxy": sitting.proxies.filter(giver=by).select_related("holder").first(),
        "budget": cash.budget(0),
        **(_draft(request, sitting) if is_draft else {}),
        **_vote(request, sitting, form),
    }
    return render(request, "aid_requests/sitting_page.html", context, status=status)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def sitting_desk(request: HttpRequest, token: UUID) -> HttpResponse:
    """Presences, the files in turn, votes by hand: for whoever presides and whoever keeps the minutes."""
    return show_desk(request, held_sitting(request, token))


def show_desk(
    request: HttpRequest, sitting: Sitting, *, form: HandVoteForm | None = None, status: int = 200
) -> HttpResponse:
    by = actor(request)
    demand(sitting_permissions.can_run(by, sitting))
    item = sitting_lists.taken_item(sitting)
    may_read = item is not None and permissions.can_read_file(by, item.request) is None
    context: dict[str, Any] = {
        "sitting": sitting,
        "places": sitting_lists.places(sitting),
        "presences": Attended.choices,
        "quorum": rules.quorum_words(table.quorum_of(sitting)),
        "lines": sitting_lists.agenda(by, sitting),
        "taken": item,
        "count": table.count_of(item) if item else None,
        "put_off": ItemForm(initial={"item": item.token}) if item else None,
        "blind_why": sitting_permissions.blind_why(item, item.request) if item and not may_read else "",
        "form": (form or hand_form(sitting, item)) if item and may_read else None,
        "noted": sitting_lists.noted_by_hand(item) if item else set(),
        "budget": cash.budget((item.request.amount_cents or 0) if item else 0),
    }
    return render(request, "aid_requests/sitting_desk.html", context, status=status)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def sitting_screen(request: HttpRequest, token: UUID) -> HttpResponse:
    """The file that is being voted on, big and without any control, for the wall of the room."""
    sitting = held_sitting(request, token)
    item = sitting_lists.taken_item(sitting)
    if item is not None and permissions.can_read_file(actor(request), item.request) is not None:
        item = None
    context = {
        "sitting": sitting,
        "item": item,
        "file": case_files.case_file(item.request, get_language() or "fr") if item else None,
        "count": table.count_of(item) if item else None,
    }
    return render(request, "aid_requests/sitting_screen.html", context)


def hand_form(sitting: Sitting, item: AgendaItem, data: Any = None) -> HandVoteForm:
    """Everybody who is in the room or represented, whoever keeps out of the file among them: the list tells nothing."""
    represented = table.represented(sitting)
    people = [
        place.member
        for place in sitting_lists.places(sitting)
        if place.presence == Attended.ROOM
        or (place.presence == Attended.ABSENT and place.member.pk in represented)
    ]
    file = item.request
    return HandVoteForm(data, people=people, initial=ballots.as_read(file), **ballots.offered(file))


def ballot(item: AgendaItem, data: Any = None) -> VoteForm:
    """The own vote on the file that is being voted on."""
    file = item.request
    return VoteForm(data, initial=ballots.as_read(file), **ballots.offered(file))


def _vote(request: HttpRequest, sitting: Sitting, form: VoteForm | None) -> dict[str, Any]:
    item = sitting_lists.taken_item(sitting) if sitting.state == SittingState.OPEN else None
    if item is None:
        return {"taken": None}
    by = actor(request)
    if permissions.can_read_file(by, item.request) is not None:
        return {"taken": item, "is_readable": False}
    refusal = sitting_permissions.can_vote_in(by, item, item.request)
    return {
        "taken": item,
        "is_readable": True,
        "file": case_files.case_file(item.request, get_language() or "fr"),
        "count": table.count_of(item),
        "refusal": refusal,
        "is_noted": refusal is not None and by.pk in sitting_lists.noted_by_hand(item),
        "form": None if refusal else form or ballot(item),
    }


def _draft(request: HttpRequest, sitting: Sitting) -> dict[str, Any]:
    by = actor(request)
    found = [] if sitting.call > 1 else sitting_lists.may_be_put(sitting)
    readable = set(
        queries.readable_files(by).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True)
    )
    knows = sitting_lists.open_book(sitting.committee).alternates is not Alternates.NONE
    initial = {
        "scheduled_at": sitting.scheduled_at,
        "ends_at": sitting.ends_at,
        "place": sitting_lists.place_of(sitting),
    }
    return {
        "change": ChangeForm(initial=initial),
        "convene": ConveneForm(people=sitting_permissions.seated_users(), chair=by, knows_alternates=knows),
        "may_be_put": [one for one in found if one.pk in readable],
        "others_number": len(found) - len(readable),
    }


def own_sitting(request: HttpRequest, token: UUID) -> Sitting:
    return get_object_or_404(sitting_lists.sittings_of(actor(request)), token=token)


def held_sitting(request: HttpRequest, token: UUID) -> Sitting:
    """The same, of one that is held at a table: a consultation has neither desk nor screen, and is 404."""
    sitting = own_sitting(request, token)
    if sitting.is_consultation:
        raise Http404
    return sitting
