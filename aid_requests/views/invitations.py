"""Lists of invitations for the staff, by counts alone; and the link as the person who got it opens it."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aid_requests import invited, sealed
from aid_requests.actions import invitations, start_request
from aid_requests.forms.invitations import InvitationForm
from aid_requests.invited import Link
from aid_requests.models import Invitation, InvitationList, RegisterImport, SchemeVersion
from aid_requests.models.invitations import ListState
from aid_requests.models.register import ImportState
from aid_requests.models.schemes import VersionState
from aid_requests.register.permissions import BRINGERS, schools_of
from aid_requests.register.values import values_of
from aid_requests.university_years import university_year
from aid_requests.views.actor import actor
from aid_requests.views.applicant import to_begun
from aid_requests.views.eligibility import kept_answers
from fund import clock
from fund.models import School, User
from fund.roles import Refused, for_roles, is_staff

LISTED = 30
WORKING = (ListState.PREPARING, ListState.SENDING)


@csrf_exempt
def invitation_lists(request: HttpRequest) -> HttpResponse:
    """Keeps a file of addresses in memory alone: a bigger one is dropped, never written to a disk as it came."""
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _invitation_lists(request)


@csrf_protect
@for_roles(*BRINGERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def _invitation_lists(request: HttpRequest) -> HttpResponse:
    """The lists of the person's schools, and the form that makes another for the school in `?ecole=`."""
    by, schools = actor(request), schools_of(actor(request))
    asked = request.POST.get("school") if request.method == "POST" else None
    school = schools.filter(pk=asked).first() if asked and asked.isdecimal() else None
    school = school or schools.filter(code=request.GET.get("ecole", "")).first() or _only(schools)
    form = _form(request, school) if school else None
    if form is not None and form.is_bound and form.is_valid():
        try:
            row = invitations.make_invitations(
                by=by, wanted=form.wanted(), form_token=form.cleaned_data["form_token"]
            )
        except Refused as refused:
            form.add_error(None, str(refused.refusal))
        else:
            return redirect("invitation_list", pk=row.pk)
    rows = list(invited.readable_lists(by)[:LISTED])
    titles = {
        row.scheme_id: _title(row, request.LANGUAGE_CODE) for row in {r.scheme_id: r for r in rows}.values()
    }
    counts = invited.counts_by_list(rows)
    lists = [(row, titles[row.scheme_id], counts[row.pk]) for row in rows]
    page = {"form": form, "school": school, "schools": schools, "lists": lists}
    return render(request, "aid_requests/invitation_lists.html", page)


def _only(schools: Any) -> School | None:
    few = list(schools[:2])
    return few[0] if len(few) == 1 else None


def _form(request: HttpRequest, school: School) -> InvitationForm:
    year = university_year(clock.today())
    force = RegisterImport.objects.filter(
        school=school, university_year=year, state=ImportState.APPLIED
    ).first()
    return InvitationForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        schools=schools_of(actor(request)),
        values=values_of(force) if force else {},
        titles=_titles(request.LANGUAGE_CODE),
        university_year=year,
        initial={"form_token": uuid.uuid4(), "school": school.pk},
    )


def _titles(language: str) -> dict[int, str]:
    """What the open schemes are called, by the id of the scheme."""
    rows = SchemeVersion.objects.filter(state=VersionState.OPEN)
    return {row.scheme_id: sealed.scheme_of(row).title.in_language(language) for row in rows}


def _title(row: InvitationList, language: str) -> str:
    version = SchemeVersion.objects.filter(scheme=row.scheme_id).order_by("-number").first()
    return sealed.scheme_of(version).title.in_language(language) if version else row.scheme.slug


def _own(request: HttpRequest, pk: int) -> InvitationList:
    """Another school's list is not found."""
    return get_object_or_404(invited.readable_lists(actor(request)), pk=pk)


def _state(request: HttpRequest, row: InvitationList) -> dict[str, Any]:
    counts = invited.counts_of(row)
    return {
        "row": row,
        "title": _title(row, request.LANGUAGE_CODE),
        "counts": counts,
        "least": invited.told_from(),
        "works": row.state in WORKING,
        "percent": 100 * counts.sent // counts.invited if counts.invited else 0,
        "can_end": row.state != ListState.ENDED,
    }


@for_roles(*BRINGERS)
@never_cache
@require_safe
def invitation_list(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "aid_requests/invitation_list.html", _state(request, _own(request, pk)))


@for_roles(*BRINGERS)
@never_cache
@require_safe
def invitation_list_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes, asked for every two seconds; once the work is done the browser loads the whole page."""
    row = _own(request, pk)
    response = render(request, "aid_requests/_invitation_state.html", _state(request, row))
    if row.state not in WORKING:
        response["HX-Refresh"] = "true"
    return response


@for_roles(*BRINGERS)
@require_POST
def send_invitations(request: HttpRequest, pk: int) -> HttpResponse:
    invitations.send_invitations(by=actor(request), invitation_list=_own(request, pk))
    return redirect("invitation_list", pk=pk)


@for_roles(*BRINGERS)
@require_POST
def end_invitations(request: HttpRequest, pk: int) -> HttpResponse:
    invitations.end_invitations(by=actor(request), invitation_list=_own(request, pk))
    messages.success(request, _("Ces liens n’ouvrent plus rien. Les demandes commencées continuent."))
    return redirect("invitation_list", pk=pk)


# The link ------------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """« Cette déclaration vous a été adressée »: the scheme for whoever has the link, the draft for its addressee.

    The page names nobody, whoever opens it. A GET changes nothing: robots that follow links in mails begin nothing.
    """
    invitation = invited.invitation_of(token)
    if invitation is None:
        return render(request, "aid_requests/invitation_open.html", {"state": "unknown"}, status=404)
    if request.method == "POST" and invited.link_of(invitation) is Link.GOOD:
        return _go_on(request, invitation, token)
    return render(request, "aid_requests/invitation_open.html", _shown(request, invitation))


def _shown(request: HttpRequest, invitation: Invitation, sentence: str = "") -> dict[str, Any]:
    row = invitation.invitation_list
    own = invitation.request if isinstance(request.user, User) else None
    is_own = own is not None and own.applicant.user_id == request.user.pk
    return {
        "state": invited.link_of(invitation).value,
        "title": _title(row, request.LANGUAGE_CODE),
        "slug": row.scheme.slug,
        "last_day": row.expires_on,
        "sentence": sentence,
        "own": own if is_own else None,
    }


def _go_on(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """To the sign-in page and back here, or to the draft. Anybody but the addressee reads one sentence."""
    if not isinstance(request.user, User):
        invitations.note_opened(invitation)
        here = reverse("open_invitation", args=[token])
        return redirect(f"{reverse('account_login')}?{urlencode({'next': here})}")
    refusal = invitations.may_begin(request.user, invitation)
    if is_staff(request.user) or refusal is not None:
        sentence = (
            str(refusal) if refusal else _("Avec un compte de l’équipe, on ne peut pas demander une aide.")
        )
        return render(request, "aid_requests/invitation_open.html", _shown(request, invitation, sentence))
    invitations.note_opened(invitation)
    slug = invitation.invitation_list.scheme.slug
    try:
        draft = start_request(by=request.user, slug=slug, raw_answers=kept_answers(request, slug))
    except SchemeVersion.DoesNotExist:
        sentence = _("Cette aide n’est plus ouverte.")
        return render(request, "aid_requests/invitation_open.html", _shown(request, invitation, sentence))
    return to_begun(request, draft, slug)
