"""The committee's pages: the queue, one file, the vote. Members see no name, no school and no account."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aid_requests import advances, documents, lookalikes
from aid_requests.actions.corrections import can_ask_correction
from aid_requests.committee import (
    actions,
    case_files,
    modes,
    permissions,
    queries,
    reasons,
    stalled,
    unmasking,
    vote_batches,
)
from aid_requests.committee.actions.voting import Cast
from aid_requests.committee.filters import QueueFilter
from aid_requests.committee.paging import piece_of
from aid_requests.correspondence import corrections, revisions, threads
from aid_requests.correspondence.revisions import Reader
from aid_requests.forms.committee import RecusalForm, VoteForm
from aid_requests.forms.unmasking import UnmaskingForm
from aid_requests.forms.vote_batches import TickedForm
from aid_requests.models import Adjournment, AidRequest, Opinion
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.views import ballots
from aid_requests.views.actor import actor
from aid_requests.views.files import paper_download
from fund import audit
from fund.models.people import Role
from fund.money import format_euros
from fund.roles import Refused, demand, for_roles
from fund.templatetags.fund_format import day
from fund.treasury import cash

PAGE_LENGTH = 50


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def request_queue(request: HttpRequest) -> HttpResponse:
    """The files before the committee, those that wait longest first, and above them the ones stalled on their way."""
    filters = QueueFilter(request.GET, queryset=queries.queue(actor(request)))
    order = "-decided_at" if filters.shows_decided else "waits_since"
    piece = piece_of(filters.qs, by=order, after=request.GET.get("apres", ""), length=PAGE_LENGTH)
    language = get_language() or "fr"
    rows = queries.queue_rows(piece.files, language)
    context = {
        **_frame(asked_cents=queries.asked_cents(actor(request))),
        "filters": filters,
        "after": piece.after,
        "is_further": "apres" in request.GET,
        "rows": rows,
        "many": TickedForm(initial={"everything": filters.query})
        if any(row.is_mine for row in rows)
        else None,
        "batch": vote_batches.running(actor(request)),
        "elsewhere": stalled.stalled_elsewhere(actor(request), language),
        "short_files": queries.short_files(piece.files),
        "late_advances": stalled.late_advances(actor(request)),
        "shown_cents": sum(row.request.amount_cents or 0 for row in rows),
        "next_file": queries.next_to_read(actor(request)),
        "waiting": queries.waiting_count(actor(request)),
        "unread": set(threads.unread_of_team(actor(request)).values_list("request", flat=True)),
    }
    return render(request, "aid_requests/queue_page.html", context)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_GET
@never_cache
def request_review(request: HttpRequest, token: UUID) -> HttpResponse:
    """One file, and the vote beside it."""
    file = get_object_or_404(queries.files_of(actor(request)), token=token)
    return _show(request, file, _ballot(file))


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
def cast_vote(request: HttpRequest, token: UUID) -> HttpResponse:
    """Casts the vote and goes on to the next file; what can be mended is told in the form."""
    file = get_object_or_404(queries.known_files(actor(request)), token=token)
    form = VoteForm(request.POST, **ballots.offered(file))
    if not form.is_valid():
        return _show(request, file, form, status=422)
    try:
        decision = actions.cast_vote(by=actor(request), request=file, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused.refusal.sentence))
        return _show(request, file, form, status=409)
    messages.success(request, _told(decision))
    following = queries.next_to_read(actor(request))
    return redirect("request_review", following.token) if following else redirect("request_queue")


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
def recuse(request: HttpRequest, token: UUID) -> HttpResponse:
    """Steps back from a file for good."""
    file = _readable_file(request, token)
    form = RecusalForm(request.POST)
    if not form.is_valid():
        return _show(request, file, _ballot(file), recusal=form, status=422)
    actions.recuse(by=actor(request), request=file, ground=form.cleaned_data["ground"])
    messages.success(request, _("Vous vous êtes déporté·e : ce dossier ne vous sera plus montré."))
    return redirect("request_queue")


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
def review_document(request: HttpRequest, token: UUID, document: UUID) -> HttpResponse:
    """A paper of the file, as a download that leaves an audit event."""
    file = _readable_file(request, token)
    shown = file.documents.filter(removed_at=None).exclude(kind=documents.ENROLMENT_PROOF)
    paper = get_object_or_404(shown, token=document)
    audit.record("document.read", paper, by=actor(request), request=file.pk, sha256=paper.sha256)
    return paper_download(paper)


def _ballot(file: AidRequest) -> VoteForm:
    return VoteForm(initial=ballots.as_read(file), **ballots.offered(file))


def _readable_file(request: HttpRequest, token: UUID) -> AidRequest:
    """The file, or 404 when it never was this person's to see; a refusal with its sentence after stepping back."""
    file = get_object_or_404(
        queries.files_of(actor(request)).select_related("scheme_version", "applicant"), token=token
    )
    demand(permissions.can_read_file(actor(request), file))
    return file


def _show(
    request: HttpRequest,
    file: AidRequest,
    form: VoteForm,
    *,
    recusal: RecusalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    demand(permissions.can_read_file(actor(request), file))
    refusal = permissions.can_vote(actor(request), file)
    context = {
        **_frame(asked_cents=advances.rest_cents(file) if file.state == "in_review" else 0),
        "file": case_files.case_file(file, get_language() or "fr"),
        "form": form,
        "recusal": recusal or RecusalForm(),
        "refusal": refusal,
        "correction": corrections.open_correction(file),
        "adjournments": _adjournments(file),
        "decides_alone": modes.way_of(file).delegate == actor(request).pk,
        "can_sign": permissions.can_sign(actor(request), file) is None,
        "look_alike": lookalikes.committee_sentence(file),
        "can_ask_correction": can_ask_correction(actor(request), file) is None,
        "differences": revisions.differences(file, get_language() or "fr", Reader.COMMITTEE)[:1],
        **advances.told_to_committee(file),
        "may_advance": advances.can_give(actor(request), file) is None,
        "unveiled": unmasking.unveiled(actor(request), file),
        "can_unmask": unmasking.can_unmask(actor(request), file) is None,
        "unmask_form": UnmaskingForm(),
        "reads_thread": threads.files_of_team(actor(request)).filter(pk=file.pk).exists(),
    }
    response = render(request, "aid_requests/review_page.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _adjournments(file: AidRequest) -> list[tuple[Adjournment, list[str]]]:
    """How often the committee put this file off in this round, and for what; never by whose votes."""
    rows = file.adjournments.filter(round=file.round).defer("letter_sealed").order_by("turn")
    return [(row, reasons.sentences(row.reason_codes)) for row in rows]


def _frame(*, asked_cents: int) -> dict[str, Any]:
    """The budget bar of every page of the committee."""
    return {"budget": cash.budget(asked_cents)}


def _told(decision: Cast) -> str:
    if isinstance(decision, Opinion):
        sentence = _("%(reference)s : l’avis est donné, la décision attend sa signature.")
        return sentence % {"reference": decision.request.reference}
    if isinstance(decision, Adjournment):
        sentence = _("%(reference)s : la demande est ajournée, et relue à partir du %(day)s.")
        return sentence % {
            "reference": decision.request.reference,
            "day": day(decision.read_again_on),
        }
    if decision is None:
        return _("Votre vote est enregistré. Il se découvre quand tous ont voté.")
    if decision.outcome == DecisionOutcome.REFUSED:
        return _("%(reference)s : l’aide n’est pas accordée.") % {"reference": decision.request.reference}
    if decision.outcome == DecisionOutcome.REDIRECTED:
        return _("%(reference)s : la demande est réorientée.") % {"reference": decision.request.reference}
    amount = format_euros(decision.amount_cents, get_language() or "fr", cents_shown=False)
    values = {"reference": decision.request.reference, "amount": amount}
    if decision.outcome == DecisionOutcome.UNFUNDED:
        return _("%(reference)s : avis favorable, %(amount)s sur la liste d’attente.") % values
    if decision.outcome == DecisionOutcome.CONDITIONAL:
        return _("%(reference)s : l’aide est accordée sous réserve, %(amount)s.") % values
    return _("%(reference)s : l’aide est accordée, %(amount)s.") % values
