"""Answers that a browser may keep: drawings and frozen files."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

YEAR = 365 * 86_400


def svg_answer(request: HttpRequest, text: str, *, seconds: int) -> HttpResponse:
    """An SVG image, kept for `seconds`; asked again, it is sent only when it changed."""
    data = text.encode()
    return kept_answer(
        request,
        data,
        content_type="image/svg+xml; charset=utf-8",
        etag=hashlib.sha256(data).hexdigest(),
        cache=f"public, max-age={seconds}",
    )


def kept_answer(
    request: HttpRequest, data: bytes, *, content_type: str, etag: str, cache: str
) -> HttpResponse:
    """`data` with its validator; 304 for who has it already."""
    response = HttpResponse(data, content_type=content_type)
    response["ETag"] = f'"{etag}"'
    response["Cache-Control"] = cache
    return get_conditional_response(request, etag=f'"{etag}"', response=response) or response
