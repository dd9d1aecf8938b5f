"""Serves the pay page on a second origin, so that the site's content policy is truly tested.

It serves `config.demo.pay_urls` alone, through none of the site's middleware: no session, no cookie, no language
from the browser. Its own policy allows the site's stylesheet and forms that lead back to the site.
"""

from typing import Any, cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse

URLCONF = "config.demo.pay_urls"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class PayHandler(WSGIHandler):
    """Django's handler with one middleware of its own."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self.answer)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page under its policy, errors included."""
        request.urlconf = URLCONF
        inner = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        response = cast(HttpResponse, inner(request))
        for name, value in HEADERS.items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = policy()
        return response


def policy() -> str:
    site = settings.SITE_URL
    return (
        f"default-src 'none'; style-src {site}; img-src {site}; form-action 'self' {site}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def make_application() -> PayHandler:
    """Refuses to be without DEMO: there is no pay page of ours where money is real."""
    if not settings.DEMO:
        raise RuntimeError("The stand-in's pay page exists only with DEMO=1.")
    return PayHandler()
