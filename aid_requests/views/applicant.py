"""One request, one page: where it stands, what is asked of the person, what can be done."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aid_requests import actions, advances, permissions, progress, returns, sealed, typed_requests
from aid_requests.actions.messages import error_refusal
from aid_requests.committee import papers, reasons
from aid_requests.correspondence import corrections, threads
from aid_requests.deadlines import reexamination_deadline
from aid_requests.documents import ENROLMENT_PROOF
from aid_requests.doors import ShownDoor, doors_by_code, doors_of
from aid_requests.identity import called_name
from aid_requests.models import AidRequest, SchemeVersion
from aid_requests.models.decisions import CONTESTABLE
from aid_requests.models.requests import RequestState
from aid_requests.timeline import timeline
from aid_requests.views.actor import actor
from aid_requests.views.eligibility import forget_answers, kept_answers
from fund import clock
from fund.contact import contact_email
from fund.roles import Refused, for_applicants


def own_request(request: HttpRequest, token: UUID) -> AidRequest:
    """The person's own request; anybody else's is not found."""
    return get_object_or_404(permissions.own_requests(actor(request)), token=token)


@for_applicants
@require_GET
def my_requests(request: HttpRequest) -> HttpResponse:
    """The only request there is, or a list of them."""
    rows = list(permissions.own_requests(actor(request)).order_by("-pk"))
    typed = list(typed_requests.waiting_for(actor(request)))
    if len(rows) == 1 and not typed:
        return redirect("request_page", token=rows[0].token)
    language = request.LANGUAGE_CODE
    lines = [(row, sealed.scheme_of(row.scheme_version).title.in_language(language)) for row in rows]
    called = called_name(rows[0].applicant) if rows else ""
    context = {"lines": lines, "typed": typed, "called": called}
    return render(request, "aid_requests/my_requests.html", context)


@for_applicants
@require_POST
def start_request(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft with the simulator's answers carried over; whoever has a request for this aid is told so first."""
    is_told = "anyway" in request.POST or actions.standing_request(actor(request), slug) is not None
    latest = actions.latest_request(actor(request), slug)
    if not is_told and latest is not None and not actions.is_just_begun(latest):
        return redirect("another_request", slug=slug)
    try:
        draft = actions.start_request(by=actor(request), slug=slug, raw_answers=kept_answers(request, slug))
    except SchemeVersion.DoesNotExist as error:
        raise Http404 from error
    except Refused as refused:
        standing = actions.standing_request(actor(request), slug)
        if standing is None:
            raise
        messages.warning(request, str(refused.refusal.sentence))
        return redirect("request_page", token=standing.token)
    return to_begun(request, draft, slug)


def to_begun(request: HttpRequest, draft: AidRequest, slug: str) -> HttpResponse:
    """To the first step of a draft just begun, which holds the simulator's answers now."""
    forget_answers(request, slug)
    messages.success(request, _("Votre brouillon est prêt. Chaque étape est gardée dès que vous continuez."))
    return redirect("request_you", token=draft.token)


@for_applicants
@require_GET
def another_request(request: HttpRequest, slug: str) -> HttpResponse:
    """« Vous avez déjà une demande »: resume it, or go on where the schedule allows (peers' wish 27)."""
    latest = actions.latest_request(actor(request), slug)
    if latest is None:
        return redirect("eligibility", slug=slug)
    title = sealed.scheme_of(latest.scheme_version).title.in_language(request.LANGUAGE_CODE)
    is_capped = actions.standing_request(actor(request), slug) is not None
    context = {"aid_request": latest, "title": title, "slug": slug, "may_go_on": not is_capped}
    return render(request, "aid_requests/another_request.html", context)


@for_applicants
@require_GET
def request_page(request: HttpRequest, token: UUID) -> HttpResponse:
    aid_request = own_request(request, token)
    page = _page(aid_request, request.LANGUAGE_CODE)
    # CRPA L114-5: the two months of L231-4 stand still while something is asked of the student.
    missing = page["not_found"] and page["enrolment_proof"] is None
    page["awaits_student"] = page["correction"] is not None or missing
    return render(request, "aid_requests/request_page.html", page)


def _page(aid_request: AidRequest, language: str) -> dict[str, Any]:
    scheme = sealed.scheme_of(aid_request.scheme_version)
    case = next((case for case in scheme.cases if case.code == aid_request.case_code), None)
    by = aid_request.applicant.user
    decided = aid_request.decided_at
    again = aid_request.round > 1
    is_draft = aid_request.state == RequestState.DRAFT
    came_back = returns.last_return(aid_request) if aid_request.state == RequestState.RETURNED else None
    return {
        "return_sentence": returns.sentence_of(came_back),
        "waits_for_us": returns.needs_a_human(came_back),
        "aid_request": aid_request,
        "called": called_name(aid_request.applicant),
        "title": scheme.title.in_language(language),
        "case": case.label.in_language(language) if case else "",
        "timeline": timeline(aid_request),
        "open_points": progress.open_points(aid_request) if is_draft else [],
        "contest_until": reexamination_deadline(clock.paris_date(decided)) if decided and not again else None,
        "reexamined_at": aid_request.reexamination.asked_at if again else None,
        "can_contest": permissions.can_ask_reexamination(by, aid_request) is None,
        "money_by": _money_by(aid_request, scheme.delays.days_to_payment),
        "declarations": aid_request.declarations.order_by("pk"),
        "decisions": aid_request.decisions.select_related("follows").order_by("pk"),
        "contact": contact_email(),
        "not_found": actions.is_not_found(aid_request),
        "enrolment_proof": aid_request.documents.filter(kind=ENROLMENT_PROOF, removed_at=None).last(),
        "doors": doors_of(aid_request.school, scheme, through_school=aid_request.through_school),
        "can_correct": permissions.can_correct(by, aid_request) is None,
        "can_withdraw": permissions.can_withdraw(by, aid_request) is None,
        **advances.told_to_student(aid_request),
        **_correspondence(aid_request, language),
        **_awaited(aid_request, language),
    }


def _awaited(aid_request: AidRequest, language: str) -> dict[str, Any]:
    """The papers that a grant waits for; what the committee missed when it put the file off, while that still holds."""
    letters = aid_request.adjournments.defer("letter_sealed").order_by("turn")
    found: dict[str, Any] = {"adjournments": letters, "papers_until": None}
    last = letters.filter(round=aid_request.round, turn=aid_request.turn - 1).first()
    if last is not None and aid_request.state == RequestState.IN_REVIEW:
        found |= {"adjournment": last, "missing": reasons.sentences(last.reason_codes)}
    decision = papers.awaited_decision(aid_request)
    if decision is not None:
        asked = papers.asked_papers(decision, language)
        can_bring = any(one.can_be_brought for one in asked)
        until = papers.last_day(decision)
        found |= {"asked_papers": asked, "can_bring": can_bring, "papers_until": until}
    return found


def _correspondence(aid_request: AidRequest, language: str) -> dict[str, Any]:
    """Messages, the correction that is asked for, and the decision's own words."""
    correction = corrections.open_correction(aid_request)
    refused = aid_request.decisions.filter(outcome__in=CONTESTABLE).order_by("-round").first()
    return {
        "correction": correction,
        "correction_points": corrections.points_of(aid_request, correction, language) if correction else [],
        "can_write": bool(threads.parties_for(aid_request)),
        "has_messages": aid_request.messages.exists(),
        "unread": threads.unread_of_student(aid_request),
        "versions": aid_request.revisions.count(),
        "can_tell_error": error_refusal(aid_request) is None,
        "refusal_reasons": reasons.sentences(refused.reason_codes) if refused else [],
        "sent_to": _sent_to(aid_request, refused.door_codes if refused else [], language),
    }


def _sent_to(aid_request: AidRequest, codes: list[str], language: str) -> list[ShownDoor]:
    """The doors that a redirection named, as they are kept now."""
    if not codes:
        return []
    scheme = sealed.scheme_of(aid_request.scheme_version)
    known = doors_by_code(
        aid_request.school, scheme, language=language, through_school=aid_request.through_school
    )
    return [known[code] for code in codes if code in known]


def _money_by(aid_request: AidRequest, days_to_payment: int) -> date | None:
    """The Paris date announced at the signature, while it is still ahead; none is announced for a re-examination."""
    if aid_request.submitted_at is None or aid_request.round > 1:
        return None
    day = clock.paris_date(aid_request.submitted_at) + timedelta(days=days_to_payment)
    return day if day >= clock.today() else None


@for_applicants
@require_POST
def request_correct(request: HttpRequest, token: UUID) -> HttpResponse:
    aid_request = own_request(request, token)
    actions.correct_request(by=actor(request), request=aid_request)
    messages.success(
        request, _("Votre demande est de nouveau ouverte. Corrigez-la, puis signez-la de nouveau.")
    )
    return redirect("request_you", token=token)


@for_applicants
@require_POST
def request_withdraw(request: HttpRequest, token: UUID) -> HttpResponse:
    aid_request = own_request(request, token)
    actions.withdraw_request(by=actor(request), request=aid_request)
    messages.success(
        request, _("Votre demande est retirée. Vous pouvez en faire une autre quand vous voulez.")
    )
    return redirect("request_page", token=token)
