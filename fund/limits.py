"""How often a form may be sent: counted in the database by conditional UPDATEs, so that rivals never share a count.

`settings.POST_LIMITS` names the forms any stranger can send, and how often each may be: per address of the network,
per e-mail address typed there, per signed-in person. What is counted stands as a keyed hash that changes with each
window. An e-mail address is always counted together with where it was typed: nobody is locked out by what a stranger
types elsewhere.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fund import vault
from fund.models import RateCount

GetResponse = Callable[[HttpRequest], HttpResponse]

# One person's share of an IPv6 network: with a whole /64 at hand, single addresses limit nobody.
_IPV6_SHARE = 64


def take(
    name: str, who: str, *, most: int, within: timedelta, now: datetime | None = None
) -> timedelta | None:
    """Counts one act of `who` under `name`; None when it was among the `most` allowed in this window, else the wait.

    Windows are fixed and begin at whole multiples of `within` since 1970, so that two processes agree on them.
    """
    now = now or timezone.now()
    seconds = int(within.total_seconds())
    number = int(now.timestamp()) // seconds
    ends_at = datetime.fromtimestamp((number + 1) * seconds, UTC)
    key = vault.blind_index("rate", f"{name}\x00{seconds}\x00{number}\x00{who}")
    return None if _count(key, most, ends_at) else ends_at - now


def take_once(name: str, who: str, *, lasting: timedelta, now: datetime | None = None) -> bool:
    """True for the first caller only, until the count is forgotten, some time after `lasting`."""
    key = vault.blind_index("once", f"{name}\x00{who}")
    return _count(key, 1, (now or timezone.now()) + lasting)


def give_back(name: str, who: str, *, within: timedelta, now: datetime | None = None) -> None:
    """Forgets what `who` used of the present window: a right code ends the row of wrong ones."""
    seconds = int(within.total_seconds())
    number = int((now or timezone.now()).timestamp()) // seconds
    key = vault.blind_index("rate", f"{name}\x00{seconds}\x00{number}\x00{who}")
    RateCount.objects.filter(key=key).update(taken=0)


def _count(key: str, most: int, ends_at: datetime) -> bool:
    """Whether the count under `key` was below `most` and went up by one: the database decides, row by row."""
    RateCount.objects.bulk_create([RateCount(key=key, ends_at=ends_at)], ignore_conflicts=True)
    return bool(RateCount.objects.filter(key=key, taken__lt=most).update(taken=F("taken") + 1))


def forget_old_counts() -> str:
    """Timed work: counts whose window is over."""
    deleted, _by_model = RateCount.objects.filter(ends_at__lt=timezone.now()).delete()
    return f"{deleted} forgotten"


def client_address(request: HttpRequest) -> str:
    """Where the request comes from: REMOTE_ADDR, or what our own proxies say when it is one of them.

    `settings.TRUSTED_PROXIES` lists their networks ("unix" stands for a local socket). X-Forwarded-For is read from
    the right, past our proxies only: what stands further left was written by the visitor.
    """
    nearest = request.META.get("REMOTE_ADDR", "")
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while said and _is_our_proxy(nearest):
        nearest = said.pop()
    return nearest


def _is_our_proxy(address: str) -> bool:
    if not address:
        return "unix" in settings.TRUSTED_PROXIES
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in ip_network(network) for network in settings.TRUSTED_PROXIES if network != "unix")


def share_of(address: str) -> str:
    """The address as it is counted: an IPv6 one by its network."""
    try:
        known = ip_address(address)
    except ValueError:
        return address or "unknown"
    return (
        str(ip_network(f"{known}/{_IPV6_SHARE}", strict=False)) if isinstance(known, IPv6Address) else address
    )


def _counted(
    request: HttpRequest, rules: Mapping[str, tuple[int, int]]
) -> Iterator[tuple[str, str, int, int]]:
    """(by what, who, how often, within how many minutes) for each rule that says something about this request.

    Not "valid_email": the view counts it, once the form is right.
    """
    for by, (most, minutes) in rules.items():
        if by == "address":
            who = share_of(client_address(request))
        elif by == "email":
            who = _typed_here(request, request.POST.get("email", ""))
        elif by == "valid_email":
            continue
        else:
            who = str(request.user.pk or "")
        if who:
            yield by, who, most, minutes


def _typed_here(request: HttpRequest, email: str) -> str:
    """An e-mail address with where it was typed; empty when none was."""
    email = email.strip().lower()
    return f"{email}\x00{share_of(client_address(request))}" if email else ""


def count_valid_email(request: HttpRequest, email: str) -> HttpResponse | None:
    """Counts a form found right under its "valid_email" rule; the answer for whoever sends too many, else None."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    most, minutes = settings.POST_LIMITS[name or ""]["valid_email"]
    who = _typed_here(request, email)
    wait = take(f"{name}:valid_email", who, most=most, within=timedelta(minutes=minutes))
    return None if wait is None else too_often(request, wait)


class PostLimitsMiddleware:
    """Answers 429 with a sentence and Retry-After to whoever sends one of the limited forms too often.

    It looks before the view does and says the same to everyone, so that it tells nothing about an account.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.method != "POST" or match is None:
            return None
        name = match.url_name or ""
        waits = [
            wait
            for by, who, most, minutes in _counted(request, settings.POST_LIMITS.get(name, {}))
            if (wait := take(f"{name}:{by}", who, most=most, within=timedelta(minutes=minutes))) is not None
        ]
        return too_often(request, max(waits)) if waits else None


def too_often(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """429: nothing was done, and when it may be tried again."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    response = render(request, "429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response
