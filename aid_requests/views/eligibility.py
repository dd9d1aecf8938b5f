"""Am I eligible? Without an account: the answers live in the visitor's sealed session, never in an address."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from aid_requests import schemes, sealed
from aid_requests.actions import period_refusal, standing_request
from aid_requests.doors import ShownDoor, doors_of
from aid_requests.forms.questions import SimulatorForm
from aid_requests.invited import access_refusal
from aid_requests.models import SchemeVersion
from aid_requests.models.schemes import VersionState
from aid_requests.schemes import Award, NotEligible, Scheme, Value
from aid_requests.schemes.grammar import Access
from fund import clock
from fund.accounts import school_of_address
from fund.models import User
from fund.roles import is_staff

SESSION_KEY = "simulator"


@dataclass(frozen=True)
class Offer:
    """A scheme as the list of aids shows it; amounts in cents."""

    scheme: Scheme
    title: str
    summary: str
    lowest_cents: int
    highest_cents: int
    is_open: bool


def _open_versions() -> list[tuple[SchemeVersion, Scheme]]:
    rows = SchemeVersion.objects.filter(state=VersionState.OPEN).order_by("scheme__slug")
    return [(version, sealed.scheme_of(version)) for version in rows]


def open_schemes() -> list[Scheme]:
    """The schemes that have an open version, by slug, whatever their dates."""
    return [scheme for _version, scheme in _open_versions()]


def listed_schemes(user: object) -> list[Scheme]:
    """Those that anybody may ask for, and those that were sent to this signed-in person: nobody else learns of them."""
    return [
        scheme
        for version, scheme in _open_versions()
        if scheme.access is not Access.INVITED
        or (isinstance(user, User) and access_refusal(user, version.scheme_id, scheme) is None)
    ]


def open_scheme(slug: str) -> Scheme:
    """Raises Http404 when no version of this scheme is open."""
    version = SchemeVersion.objects.filter(scheme__slug=slug, state=VersionState.OPEN).first()
    if version is None:
        raise Http404
    return sealed.scheme_of(version)


def kept_answers(request: HttpRequest, slug: str) -> dict[str, str]:
    """What this visitor answered for this scheme, as packed texts to be checked again."""
    kept = request.session.get(SESSION_KEY, {}).get(slug, {})
    return {str(key): str(value) for key, value in kept.items()} if isinstance(kept, dict) else {}


def forget_answers(request: HttpRequest, slug: str) -> None:
    kept = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = {key: value for key, value in kept.items() if key != slug}


def _offer(scheme: Scheme, language: str) -> Offer:
    amounts = [case.amount_cents or 0 for case in scheme.cases]
    parts = sum(part.highest_cents for part in scheme.parts)
    return Offer(
        scheme=scheme,
        title=scheme.title.in_language(language),
        summary=scheme.summary.in_language(language),
        lowest_cents=min(amounts) or min((part.amount_cents for part in scheme.parts), default=0),
        highest_cents=max(amounts) + parts,
        is_open=period_refusal(scheme, clock.today()) is None,
    )


@login_not_required
@require_GET
def aid_home(request: HttpRequest) -> HttpResponse:
    """The aids one can ask for, with their amounts and dates."""
    offers = [_offer(scheme, request.LANGUAGE_CODE) for scheme in listed_schemes(request.user)]
    return render(request, "aid_requests/aid_home.html", {"offers": offers})


@login_not_required
@require_http_methods(["GET", "POST"])
def eligibility(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions that decide, then the answer: an amount, or who else can help."""
    scheme = open_scheme(slug)
    known: dict[str, Value] = {"date.requested_on": clock.today()}
    given, _errors = schemes.clean_answers(scheme, kept_answers(request, slug), known)
    data = request.POST if request.method == "POST" else None
    form = SimulatorForm(scheme, data=data, given=given, known=known)
    is_look = request.headers.get("HX-Request") == "true" and data is not None
    if data is not None:  # kept even on a look: the panel may offer to ask for what these answers are worth
        kept = schemes.pack_answers(scheme, form.answers)
        request.session[SESSION_KEY] = {**request.session.get(SESSION_KEY, {}), slug: kept}
    if is_look:  # an answer was just given: show what it makes visible, and what it is worth
        context = {**_answer(request, scheme, form, known), "quiet": True}
        return render(request, "aid_requests/_answered.html", context)
    if data is not None and form.is_valid() and not form.has_new_questions:
        return redirect("eligibility", slug=slug)
    return render(request, "aid_requests/eligibility.html", _answer(request, scheme, form, known))


@dataclass(frozen=True)
class Hanging:
    """A result that hangs on the school's register: on which facts, and how much it can be at most."""

    facts: str
    highest_cents: int


def _outcome(
    scheme: Scheme, form: SimulatorForm, known: dict[str, Value]
) -> tuple[schemes.Outcome, Hanging | None]:
    """What the answers are worth; where the register decides, the one outcome it can bring, or what it may bring."""
    outcome = schemes.evaluate(scheme, form.answers, known)
    if not isinstance(outcome, schemes.Incomplete) or not outcome.awaited:
        return outcome, None
    possible = schemes.possible_outcomes(scheme, form.answers, known)
    highest = max((one.amount_cents for one in possible if isinstance(one, Award)), default=0)
    if not highest:
        return next((one for one in possible if isinstance(one, NotEligible)), outcome), None
    facts = ", ".join(schemes.known_labels()[key].lower() for key in outcome.awaited)
    return outcome, Hanging(facts, highest)


def _answer(
    request: HttpRequest, scheme: Scheme, form: SimulatorForm, known: dict[str, Value]
) -> dict[str, object]:
    outcome, hanging = _outcome(scheme, form, known)
    language = request.LANGUAGE_CODE
    return {
        "scheme": scheme,
        "offer": _offer(scheme, language),
        "form": form,
        "closed": period_refusal(scheme, clock.today()),
        "award": outcome if isinstance(outcome, Award) else None,
        "hanging": hanging,
        "refusal": outcome.reason.in_language(language) if isinstance(outcome, NotEligible) else "",
        "doors": _doors(request, scheme, outcome) if isinstance(outcome, NotEligible) else [],
        "is_staff": is_staff(request.user),
        "standing": standing_request(request.user, scheme.slug) if isinstance(request.user, User) else None,
        "looks_at_result": True,
    }


def _doors(request: HttpRequest, scheme: Scheme, outcome: NotEligible) -> list[ShownDoor]:
    """The doors this outcome names, behind those of the school whose address a signed-in student has."""
    school = school_of_address(request.user.email) if isinstance(request.user, User) else None
    return doors_of(school, scheme, codes={door.code for door in outcome.orientation})
