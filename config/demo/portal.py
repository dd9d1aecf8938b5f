"""The provider's own page where a donor replaces the card of a monthly gift, played by the stand-in.

As at the provider, the page writes the customer's means of payment; a subscription that has one of its own ignores it.
"""

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_http_methods

from config.demo import stripe_objects
from config.demo.models import StandInObject
from config.demo.stripe_answers import Answer, error, missing
from config.demo.stripe_objects import Body

KIND = "billing_portal.session"


def update_customer(ids: list[str], params: Body) -> Answer:
    """`POST /v1/customers/:id`: which means of payment is taken unless a subscription has its own."""
    if not _is_customer(ids[0]):
        return missing("customer", ids[0])
    method = (params.get("invoice_settings") or {}).get("default_payment_method")
    return 200, _keep_method(ids[0], method or None)


def create_portal_session(_ids: list[str], params: Body) -> Answer:
    """`POST /v1/billing_portal/sessions`, for replacing the card and nothing else."""
    customer, flow = str(params.get("customer") or ""), params.get("flow_data") or {}
    if not _is_customer(customer):
        return missing("customer", customer)
    if flow.get("type") != "payment_method_update" or not params.get("return_url"):
        return error(400, "Only payment_method_update is played here.", code="parameter_invalid")
    made: Body = {
        "id": stripe_objects.new_id("bps"),
        "object": KIND,
        "created": stripe_objects.now(),
        "customer": customer,
        "flow": flow,
        "livemode": False,
        "locale": params.get("locale"),
        "return_url": params["return_url"],
    }
    made["url"] = f"{settings.PAY_PAGE_URL}/carte/{made['id']}"
    return 200, stripe_objects.keep(made)


@require_http_methods(["GET", "HEAD", "POST"])
def change_card(request: HttpRequest, session_id: str) -> HttpResponse:
    """Shows the one button; a POST replaces the card and leads back."""
    session = stripe_objects.read(session_id, KIND)
    if session is None:
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            customer = _keep_method(session["customer"], stripe_objects.new_id("pm"))
            stripe_objects.announce("customer.updated", customer)
        return HttpResponseRedirect(session["return_url"])
    with translation.override(session["locale"] or "fr"):
        shown = {"session": session, "site_url": settings.SITE_URL}
        return HttpResponse(render_to_string("demo/portal.html", shown))


def _is_customer(customer_id: str) -> bool:
    return StandInObject.objects.filter(kind="subscription", body__customer=customer_id).exists()


def _keep_method(customer_id: str, method: str | None) -> Body:
    body: Body = {
        "id": customer_id,
        "object": "customer",
        "invoice_settings": {"default_payment_method": method},
        "livemode": False,
    }
    return stripe_objects.keep(body)
