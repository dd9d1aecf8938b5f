"""The referents' list of doors elsewhere."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aid_requests import actions, doors
from aid_requests.forms.people import DoorForm
from aid_requests.models import SchoolDoor
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import Refused, for_roles


@for_roles(Role.REFERENT)
@require_http_methods(["GET", "HEAD", "POST"])
def door_list(request: HttpRequest) -> HttpResponse:
    """The doors this person keeps, as students see them, and a form for another one."""
    by = actor(request)
    grant = doors.referent_grant(by)
    school = grant.school if grant is not None else None
    form = DoorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.add_door(by=by, school=school, words=form.words())
            messages.success(request, _("L’adresse est dans la liste."))
            return redirect("door_list")
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    rows = [(row, doors.shown_door(row, request.LANGUAGE_CODE)) for row in doors.kept_by(by)]
    context = {"rows": rows, "school": school, "form": form}
    return render(request, "aid_requests/door_list.html", context, status=422 if form.errors else 200)


@for_roles(Role.REFERENT)
@require_http_methods(["GET", "HEAD", "POST"])
def door_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words for a door, or out of the list with it. Another school's door does not exist here."""
    by = actor(request)
    door = get_object_or_404(doors.kept_by(by), pk=pk)
    if request.POST.get("act") == "retire":
        actions.retire_door(by=by, door=door)
        messages.success(request, _("L’adresse est retirée de la liste."))
        return redirect("door_list")
    form = DoorForm(request.POST if request.method == "POST" else None, initial=_kept(door))
    if form.is_valid():
        actions.change_door(by=by, door=door, words=form.words())
        messages.success(request, _("L’adresse est changée."))
        return redirect("door_list")
    context: dict[str, SchoolDoor | Form] = {"door": door, "form": form}
    return render(request, "aid_requests/door_page.html", context, status=422 if form.errors else 200)


def _kept(door: SchoolDoor) -> dict[str, object]:
    return {name: getattr(door, name) for name in DoorForm.base_fields}
