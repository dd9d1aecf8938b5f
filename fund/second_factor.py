"""The second factor of whoever holds a role: an authenticator app or a passkey, with recovery codes behind them.

A role opens its pages only in a session that passed a second factor which still exists; `fund/staff_sessions.py`
asks at every page. The ceremony is allauth's; what is kept and who may take a factor away is decided here.
"""

import ipaddress
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.internal import flows as app_flows
from allauth.mfa.webauthn.internal import flows as key_flows
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fund import audit, mail, vault
from fund.models import RoleGrant, User
from fund.models.people import Role
from fund.roles import Refusal, demand, is_staff, needs_role

Kind = Authenticator.Type
MAIN_KINDS = (Kind.TOTP, Kind.WEBAUTHN)
FRESH = timedelta(minutes=15)
SITE_NAME = "Cagnotte solidaire"
# The session's note that recovery codes were just made and not yet noted down.
CODES_TO_NOTE = "recovery_codes_to_note"
DEMO_METHOD = "demo"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets under the field keys, passkeys bound to the site's own name, our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "Ce code n’est pas le bon. Un code vaut trente secondes : tapez celui qui s’affiche."
        ),
    }

    def encrypt(self, text: str) -> str:
        return vault.seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.open_text(encrypted_text)

    def get_totp_issuer(self) -> str:
        return SITE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bound to SITE_URL, never to the Host header of a request."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": SITE_NAME}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Clé %(number)d") % {"number": number}


def passkeys_are_possible() -> bool:
    """Browsers bind a passkey to a name and refuse bare numbers such as 127.0.0.1."""
    try:
        ipaddress.ip_address(urlsplit(settings.SITE_URL).hostname or "")
    except ValueError:
        return True
    return False


# What a session proved --------------------------------------------------------------------------------------------


def passed_at(request: HttpRequest) -> float | None:
    """When this session last passed a second factor that the person still has, in seconds since 1970; else None.

    A factor that was taken away counts no more, in any session, from the next page on.
    """
    records = get_authentication_records(request, request.user)
    if settings.DEMO and any(record.get("method") == DEMO_METHOD for record in records):
        return time.time()
    used = {record.get("id"): float(record["at"]) for record in records if record.get("method") == "mfa"}
    if not used:
        return None
    there = Authenticator.objects.filter(user_id=request.user.pk, pk__in=used).values_list("pk", flat=True)
    return max((used[pk] for pk in there), default=None)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the second factor was given within the last quarter of an hour."""
    at = passed_at(request)
    return at is not None and time.time() - at < FRESH.total_seconds()


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type__in=MAIN_KINDS).exists()


def way_in(user: User) -> str:
    """The name of the page where this person proves a second factor, or sets one up."""
    kinds = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    if Kind.TOTP in kinds:
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn" if Kind.WEBAUTHN in kinds else "mfa_index"


def note_demo(request: HttpRequest) -> None:
    """The demo's door: becoming one of its people by a click stands for their second factor. Only with DEMO=1."""
    if settings.DEMO:
        record_authentication(request, request.user, DEMO_METHOD)


def note_passed(request: HttpRequest, authenticator: Authenticator) -> None:
    """The person just proved this factor in the open session: it is noted, and the session gets another key."""
    record_authentication(
        request,
        request.user,
        "mfa",
        id=authenticator.pk,
        type=str(authenticator.type),
        reauthenticated=True,
    )
    request.session.cycle_key()


View = Callable[..., HttpResponse]


def before_second_factor(view: View) -> View:
    """A page that whoever holds a role may open before the second factor: the ones where it is set up or proved."""
    view.before_second_factor = True  # type: ignore[attr-defined]
    return view


def fresh_second_factor(*, back: Callable[..., str]) -> Callable[[View], View]:
    """A view that asks for the second factor again when the last one is older than a quarter of an hour.

    `back` makes, of the view's own arguments, the address of the page the person returns to and acts from: nothing
    is done unseen.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not isinstance(user, User) or not is_staff(user) or is_fresh(request):
                return view(request, *args, **kwargs)
            return redirect(f"{reverse(way_in(user))}?{urlencode({'next': back(*args, **kwargs)})}")

        return guarded

    return decorate


# Acts --------------------------------------------------------------------------------------------------------------


def add_app(request: HttpRequest, form: Any) -> bool:
    """Keeps the authenticator app whose code `form` checked; True when recovery codes were made. Raises Refused."""
    with transaction.atomic():
        _lock_for_new_factor(request)
        authenticator, codes = app_flows.activate_totp(request, form)
        _tell(request.user, "second_factor.added", authenticator, by=request.user)
    return _passed_with_new(request, authenticator, codes)


def add_key(request: HttpRequest, *, name: str, credential: dict[str, Any]) -> bool:
    """Keeps a passkey whose registration was checked; True when recovery codes were made. Raises Refused."""
    with transaction.atomic():
        _lock_for_new_factor(request)
        authenticator, codes = key_flows.add_authenticator(request, name=name, credential=credential)
        _tell(request.user, "second_factor.added", authenticator, by=request.user)
    return _passed_with_new(request, authenticator, codes)


def _lock_person(request: HttpRequest) -> User:
    """The person of this session, locked. Raises Refused when the session was ended while its page was on the way."""
    pk: Any = request.user.pk  # a person's: no page of this module is public
    user = User.objects.select_for_update(of=("self",)).get(pk=pk)
    if not constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        demand(Refusal("session_ended", _("Votre session a été fermée. Reconnectez-vous.")))
    return user


def _lock_for_new_factor(request: HttpRequest) -> None:
    """A first factor needs the open session only; another one, that this session proved a factor still there."""
    user = _lock_person(request)
    if has_factor(user) and passed_at(request) is None:
        demand(Refusal("not_proved", _("Donnez d’abord le second facteur que vous avez.")))


def _end_sessions(user: User) -> None:
    """Ends all sessions of a person (whom the caller locked), wherever they are open.

    Each session carries a keyed hash of the account's unusable password, drawn at random: another one fits none.
    """
    user.set_unusable_password()
    user.save(update_fields=["password"])


def _passed_with_new(request: HttpRequest, authenticator: Authenticator, codes: Authenticator | None) -> bool:
    note_passed(request, authenticator)
    if codes is not None:
        request.session[CODES_TO_NOTE] = True
    return codes is not None


def make_recovery_codes(request: HttpRequest) -> None:
    """New codes; the old ones stop working. They are shown until the person says they are noted. Raises Refused."""
    if not has_factor(request.user):  # type: ignore[arg-type]
        demand(Refusal("no_factor", _("Installez d’abord une application ou une clé.")))
    with transaction.atomic():
        _lock_person(request)
        authenticator = generate_recovery_codes(request)
        _tell(request.user, "second_factor.codes_made", authenticator, by=request.user)
    request.session[CODES_TO_NOTE] = True


def recovery_codes_of(user: User) -> list[str]:
    """The codes not used yet; an empty list when there are none."""
    kept = Authenticator.objects.filter(user_id=user.pk, type=Kind.RECOVERY_CODES).first()
    return list(kept.wrap().get_unused_codes()) if kept else []


def removal_refusal(authenticator: Authenticator) -> Refusal | None:
    """The last factor of whoever holds a role is replaced, never taken away."""
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=MAIN_KINDS)
    if not is_staff(authenticator.user) or others.exclude(pk=authenticator.pk).exists():
        return None
    return Refusal(
        "last_factor", _("C’est votre seul second facteur : ajoutez-en un autre avant de retirer celui-ci.")
    )


def remove_factor(request: HttpRequest, *, authenticator: Authenticator) -> None:
    """Takes one's own factor away and ends one's other sessions: whoever holds the lost device is out. Raises Refused.

    This session stays; if it had only proved that factor, it must prove another one.
    """
    with transaction.atomic():
        user = _lock_person(request)
        demand(removal_refusal(authenticator))
        _tell(user, "second_factor.removed", authenticator, by=user)
        authenticator.delete()
        _end_sessions(user)
    update_session_auth_hash(request, user)


def reset_refusal(by: User, user: User) -> Refusal | None:
    refusal = needs_role(by, Role.ADMINISTRATOR)
    if refusal is None and by.pk == user.pk:
        return Refusal(
            "own", _("Personne ne lève son propre second facteur : demandez à un autre administrateur.")
        )
    return refusal


def reset_factors(*, by: User, user: User) -> int:
    """An administrator takes away all factors of a person who lost them; the number taken away. Raises Refused.

    That person's open sessions all end: a new factor is set up only after a sign-in that ended since.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        demand(reset_refusal(by, user))
        factors = Authenticator.objects.filter(user_id=user.pk)
        number = factors.count()
        audit.record("second_factor.reset", user, by=by, factors=number)
        _mail(user, f"reset:{by.pk}")
        factors.delete()
        _end_sessions(user)
    return number


def _tell(user: Any, action: str, authenticator: Authenticator, *, by: Any) -> None:
    """The audit trail, and a mail to the person: a factor never changes unseen."""
    audit.record(action, user, by=by, kind=str(authenticator.type), factor=authenticator.pk)
    _mail(user, f"{action}:{authenticator.pk}")


def _mail(user: User, cause: str) -> None:
    mail.send_mail(
        key=f"second-factor:{user.pk}:{cause}:{timezone.now().isoformat()}",
        to=user.email,
        template="second_factor_changed",
        language=user.language,
        context={"site_url": settings.SITE_URL},
    )


def staff_with_factors() -> list[tuple[User, list[str], int]]:
    """Everybody who holds a role: (person, labels of the roles, number of factors), by name."""
    counts = Counter(Authenticator.objects.filter(type__in=MAIN_KINDS).values_list("user_id", flat=True))
    roles: dict[User, list[str]] = {}
    grants = RoleGrant.objects.live().select_related("user").order_by("user__display_name", "user_id", "role")
    for grant in grants:
        roles.setdefault(grant.user, []).append(str(Role(grant.role).label))
    return [(user, labels, counts[user.pk]) for user, labels in roles.items()]
