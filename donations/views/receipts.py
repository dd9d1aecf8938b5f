"""A donor's receipt and attestation, behind addresses that nobody can guess; and the check that anybody may make."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.models import Gift, Receipt
from donations.receipts import copies, queries
from donations.receipts.attestation import Attestation, attestation_of, draw_attestation
from donations.receipts.words import amount_in_words
from fund import vault


@login_not_required
@never_cache
@require_safe
def receipt_page(request: HttpRequest, token: str) -> HttpResponse:
    """What the paper says, as a page that every device reads; a void one says so first."""
    receipt = _receipt(token)
    try:
        facts = copies.facts_of(receipt)
    except vault.Erased as error:
        raise Http404 from error
    shown = {
        "receipt": receipt,
        "facts": facts,
        "words": amount_in_words(receipt.amount_cents),
        "replacement": receipt.replacements.order_by("pk").first(),
    }
    return render(request, "donations/receipt_page.html", shown)


@login_not_required
@never_cache
@require_safe
def receipt_file(request: HttpRequest, token: str) -> HttpResponse:
    """The paper: the same bytes at each download; « ANNULÉ » across a void one."""
    receipt = _receipt(token)
    try:
        return pdf_response(copies.handed_out_pdf_of(receipt), copies.file_name_of(receipt))
    except vault.Erased as error:
        raise Http404 from error


@login_not_required
@never_cache
@require_safe
def check_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Authentic with number, date and amount; or void; or unknown (404). Nothing of the donor."""
    receipt = Receipt.objects.filter(check_token=token).select_related("void").first()
    status = 200 if receipt else 404
    return render(request, "donations/receipt_check.html", {"receipt": receipt}, status=status)


@login_not_required
@never_cache
@require_safe
def attestation_page(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The attestation of one gift; a gift that has a receipt leads to it."""
    gift = _gift(token)
    receipt = queries.live_receipt_of(gift)
    if receipt is not None:
        return redirect("receipt_page", token=receipt.token)
    said = _attestation(gift)
    shown = {"gift": gift, "said": said, "words": amount_in_words(said.given_cents)}
    return render(request, "donations/receipt_attestation.html", shown)


@login_not_required
@never_cache
@require_safe
def attestation_file(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The attestation on paper."""
    said = _attestation(_gift(token))
    return pdf_response(draw_attestation(said), f"attestation-{said.reference}.pdf")


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _receipt(token: str) -> Receipt:
    """Raises Http404 too when the donor was erased: what the law makes us keep is not handed out by a link."""
    kept = Receipt.objects.filter(donor__erasure=None).select_related("void", "key")
    return get_object_or_404(kept, token=token)


def _gift(token: uuid.UUID) -> Gift:
    return get_object_or_404(Gift.objects.select_related("donor__subject_key"), token=token)


def _attestation(gift: Gift) -> Attestation:
    """404 where there is nothing to confirm."""
    said = attestation_of(gift)
    if said is None:
        raise Http404
    return said
