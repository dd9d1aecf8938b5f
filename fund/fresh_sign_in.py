"""What takes everything of a person along is given to who has just signed in: an open session is no proof of it.

Whoever signed in longer ago leaves the session and comes back by a new code, sent to the account's own address.
"""

import time
from datetime import timedelta
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from fund.models import User

FRESH = timedelta(minutes=10)


def is_fresh(request: HttpRequest) -> bool:
    """Whether this person signed in, by whatever way, within the last ten minutes of real time."""
    records = get_authentication_records(request, request.user)
    return any(0 <= time.time() - float(record["at"]) < FRESH.total_seconds() for record in records)


def sign_in_again(request: HttpRequest, user: User, *, back: str) -> HttpResponse:
    """Ends this session, sends a code to the person's own address, and leads over its page to `back`."""
    logout(request)
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=user.email)
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': back})}")
