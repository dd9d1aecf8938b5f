"""« Mes dons »: what a donor who signed in by a code finds, changes, takes along or has erased."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import exports_of_donor, givers, giving_rules, news_links, space
from donations.actions import erasing, own_details
from donations.givers import Giver
from donations.models import Donor
from donations.models.gifts import GiverKind
from donations.models.monthly_changes import AskedFrom
from donations.receipts.queries import receipts_of
from donations.space_forms import EraseForm, OwnGiverForm, PreferencesForm
from donations.stripe_gateway import ProviderUnavailable
from donations.views.monthly import Door, answer, to_card_page
from fund import clock, fresh_sign_in
from fund.views.frame import actor

PAGE_SIZE = 20


@never_cache
@require_safe
def my_gifts(request: HttpRequest) -> HttpResponse:
    """Everybody who signed in has this page; it is empty for whoever never gave with this address."""
    donor = space.donor_of(actor(request))
    if donor is None:
        return render(request, "donations/space_empty.html")
    page = Paginator(space.gifts_of(donor), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = {"page": page, "monthly_gifts": space.monthly_gifts_of(donor), "receipts": receipts_of(donor)}
    return render(request, "donations/space.html", shown)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_monthly(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """One's own monthly gift, changed without a signed link; anybody else's is not found."""
    monthly = get_object_or_404(space.monthly_gifts_of(_own(request)), token=token)
    card_url = reverse("my_monthly_card", args=[token])
    return answer(request, monthly, Door(AskedFrom.SPACE, "donations/space_monthly.html", card_url))


@require_POST
def my_monthly_card(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    monthly = get_object_or_404(space.monthly_gifts_of(_own(request)), token=token)
    return to_card_page(request, monthly, settings.SITE_URL + reverse("my_monthly", args=[token]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_details(request: HttpRequest) -> HttpResponse:
    """Name and address for the receipts to come: of the person, and of each company given for."""
    donor = _own(request)
    known = _givers(donor)
    forms = [OwnGiverForm(giver=giver) for giver in known]
    if request.method == "POST":
        wanted = request.POST.get("form", "")
        at = next((n for n, form in enumerate(forms) if form.prefix == wanted), None)
        if at is None:
            raise Http404
        forms[at] = OwnGiverForm(request.POST, giver=known[at])
        if forms[at].is_valid():
            own_details.complete_giver(donor=donor, giver=forms[at].giver())
            messages.success(request, _("C’est noté. Vos prochains reçus le diront."))
            return redirect("my_details")
    status = 422 if any(form.is_bound for form in forms) else 200
    shown = {"forms": forms, "gives_receipts": giving_rules.tax_receipts_are_given()}
    return render(request, "donations/space_details.html", shown, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_preferences(request: HttpRequest) -> HttpResponse:
    donor = _own(request)
    now = {"language": donor.language, "wants_news": space.wants_news(donor)}
    form = PreferencesForm(request.POST or None, initial=now)
    if form.is_bound and form.is_valid():
        own_details.choose_preferences(donor=donor, **form.cleaned_data)
        messages.success(request, _("C’est noté."))
        return redirect("my_preferences")
    shown = {"form": form, "choice": space.newest_choice(donor)}
    return render(request, "donations/space_preferences.html", shown, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """What is held, and the two things one may do with it."""
    return _data_page(request, _own(request), EraseForm())


@never_cache
@require_POST
def export_my_data(request: HttpRequest) -> HttpResponse:
    """The file is made for this answer and kept nowhere; only for who has just signed in."""
    donor = _own(request)
    if not fresh_sign_in.is_fresh(request):
        return fresh_sign_in.sign_in_again(request, actor(request), back=reverse("my_data"))
    content = exports_of_donor.donor_file(donor)
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="mes-dons-{clock.today().isoformat()}.json"'
    return response


@never_cache
@require_POST
def erase_me(request: HttpRequest) -> HttpResponse:
    """Erases for good what the law lets erase, and signs out."""
    donor, form = _own(request), EraseForm(request.POST)
    if not form.is_valid():
        return _data_page(request, donor, form)
    kept, stays = receipts_of(donor).exists(), erasing.account_stays(actor(request))
    try:
        erasing.erase_donor(donor=donor, by=actor(request))
    except ProviderUnavailable:
        sentence = _("Une page de paiement ouverte n’a pas pu être fermée. Rien n’est effacé : réessayez.")
        messages.error(request, sentence)
        return redirect("my_data")
    logout(request)
    return render(request, "donations/space_erased.html", {"kept": kept, "account_stays": stays})


@csrf_exempt  # a mailbox sends this by itself, without cookies (RFC 8058); the signature says whose it is
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_news(request: HttpRequest, signed: str) -> HttpResponse:
    """One click, no account: no news any more."""
    donor = news_links.donor_of_link(signed)
    if donor is None:
        raise Http404
    if request.method == "POST":
        own_details.refuse_news(donor=donor)
    return render(request, "donations/space_stop_news.html", {"wants_news": space.wants_news(donor)})


def _own(request: HttpRequest) -> Donor:
    """The donor who signed in. Raises Http404 for whoever never gave."""
    donor = space.donor_of(actor(request))
    if donor is None:
        raise Http404
    return donor


def _data_page(request: HttpRequest, donor: Donor, form: EraseForm) -> HttpResponse:
    shown = {
        "form": form,
        "refusal": erasing.can_erase(donor),
        "receipts": receipts_of(donor).count(),
        "gifts": donor.gifts.count(),
        "account_stays": erasing.account_stays(actor(request)),
        "is_fresh": fresh_sign_in.is_fresh(request),
    }
    return render(request, "donations/space_data.html", shown, status=422 if form.is_bound else 200)


def _givers(donor: Donor) -> list[Giver]:
    """Whom this donor gave for, as last told: the person, or the person and each company by its SIREN."""
    found: dict[str, Giver] = {}
    told: list[Any] = [givers.giver_as_last_told(donor)]
    told += [
        givers.giver_of(gift) for gift in donor.gifts.select_related("donor__subject_key").order_by("-pk")
    ]
    for giver in told:
        found.setdefault(giver.siren if giver.kind == GiverKind.COMPANY else giver.kind, giver)
    return list(found.values())
