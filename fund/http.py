"""What every request goes through: private by default, GET never writes, refusals become pages."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fund.once_a_page import one_page
from fund.roles import Refused
from fund.workflow import WrongState

GetResponse = Callable[[HttpRequest], HttpResponse]

_WRITE = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+[\"`]?(\w+)", re.IGNORECASE)
# A page that is only looked at may still touch its own session and the rate-limit counters.
_BOOKKEEPING = {"django_session", "cache_entries"}


class GetWrote(AssertionError):
    """A GET or HEAD tried to write a business row: a link followed by a robot must never do anything."""


def _refuse_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: Any, context: dict[str, Any]
) -> Any:
    found = _WRITE.match(sql)
    if found and found.group(1) not in _BOOKKEEPING:
        raise GetWrote(f"A page that is only read tried to write {found.group(1)}.")
    return execute(sql, params, many, context)


class PrivateByDefaultMiddleware(LoginRequiredMiddleware):
    """Every URL asks for a signed-in person unless its view says `login_not_required`."""


class ReadOnlyGetMiddleware:
    """GET and HEAD cannot write: the wrapper sits on the connection, so no view can forget it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with connection.execute_wrapper(_refuse_writes), one_page():
            return self.get_response(request)


class RefusalMiddleware:
    """A refused act (403) and an act that came too late (409) are answered by a sentence, never by a trace."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return render(request, "403.html", {"sentence": exception.refusal.sentence}, status=403)
        if isinstance(exception, WrongState):
            return render(request, "409.html", {"sentence": exception.sentence}, status=409)
        return None
