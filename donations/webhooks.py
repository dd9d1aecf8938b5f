"""`POST /webhooks/stripe/`: the door through which money becomes true.

400: the signature is wrong, too old or missing, or the body is not text; nothing is stored. 413: more than a
megabyte. 503: no secret is set, nothing can be trusted. 200: kept, whatever it was: acted on or parked. What is
rightly signed but no event (a bare object, an array, a table) is parked as `not_an_event` under its hash.
A database in trouble answers 500 by itself, and Stripe delivers again for three days.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations import stripe_gateway
from donations.actions.receiving import receive_event

MAX_BYTES = 1024 * 1024


@login_not_required
@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    if not stripe_gateway.webhook_secrets():
        return HttpResponse(status=503)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BYTES:
        return HttpResponse(status=413)
    raw = request.body
    try:
        payload = stripe_gateway.verify_and_parse(raw, request.headers.get("Stripe-Signature", ""))
    except stripe_gateway.BadSignature:
        return HttpResponse(status=400)
    event = receive_event(raw=raw, payload=payload)
    return JsonResponse({"state": event.state})
