"""The ways to confirm gift number n that are compared: plain statements, plain ORM view, our view."""

import http.client
import io
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import stripe
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django_tasks_db.models import DBTaskResult

from donations.models import Gift, ProviderEvent
from fund.models import AuditEvent, Movement, TransitionLog
from tests.benchmarks.clients import Act

OURS, PLAIN = "/webhooks/stripe/", "/plain/"
_CREATED = int(time.time())  # the same when an event is told again
_SIZE = 3_500  # bytes: what an event of a payment weighs in life


def body_of(number: int, cents: int) -> bytes:
    """The event that the gift with this number was paid."""
    intent = {
        "id": f"pi_{number}",
        "object": "payment_intent",
        "amount": cents,
        "amount_received": cents,
        "currency": "eur",
        "metadata": {"gift": f"D-2019-{number}", "attempt": "1"},
        "status": "succeeded",
        "description": "",
    }
    event = {
        "id": f"evt_{number}",
        "object": "event",
        "api_version": "2026-07-29.dahlia",
        "created": _CREATED,
        "data": {"object": intent},
        "livemode": False,
        "type": "payment_intent.succeeded",
    }
    intent["description"] = "x" * (_SIZE - len(json.dumps(event)))
    return json.dumps(event).encode()


def signature_of(raw: bytes) -> str:
    moment = int(time.time())
    signed = stripe.WebhookSignature._compute_signature(
        f"{moment}.{raw.decode()}", settings.STRIPE_WEBHOOK_SECRET
    )
    return f"t={moment},v1={signed}"


def in_process(path: str, cents: int) -> Callable[[], Act]:
    """Through the whole of Django (middleware, view), without a socket."""

    def make() -> Act:
        application = get_wsgi_application()

        def act(number: int) -> None:
            raw = body_of(number, cents)
            status: list[str] = []
            answer = application(_environ(path, raw), lambda code, _headers: status.append(code))
            said = b"".join(answer)
            answer.close()
            assert status == ["200 OK"] and b"acted" in said, (status, said)

        return act

    return make


def _environ(path: str, raw: bytes) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_STRIPE_SIGNATURE": signature_of(raw),
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def through_the_server(port: int, path: str, cents: int) -> Callable[[], Act]:
    """Over a connection that is kept open, as the provider's are."""

    def make() -> Act:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

        def act(number: int) -> None:
            raw = body_of(number, cents)
            headers = {"Stripe-Signature": signature_of(raw), "Content-Type": "application/json"}
            line.request("POST", path, raw, headers)
            answer = line.getresponse()
            said = answer.read()
            assert answer.status == 200 and b"acted" in said, (answer.status, said)

        return act

    return make


def by_statements(url: str, pattern: Gift) -> Callable[[], Act]:
    """The bound: the same rows by prepared statements in one transaction; nothing read, checked or sealed."""
    insertions = _insertions(pattern)
    change = "UPDATE donations_gift SET state = 'succeeded', succeeded_at = now() WHERE id = %(id)s"
    tie = "UPDATE donations_paymentattempt SET payment_intent_id = %(payment)s WHERE gift_id = %(id)s"

    def make() -> Act:
        line = psycopg.connect(url, autocommit=False, prepare_threshold=0)

        def act(number: int) -> None:
            raw = body_of(number, pattern.amount_cents)
            given = {"id": number, "text": str(number), "payment": f"pi_{number}", "raw": raw}
            given |= {"key": f"key{number}", "cause": f"stripe:pi_{number}:gift", "event": f"evt_{number}"}
            with line.transaction(), line.cursor() as cursor:
                cursor.execute(change, given)
                cursor.execute(tie, given)
                for sql, values in insertions:
                    cursor.execute(sql, {**values, **given, "uuid": uuid.uuid4()})

        return act

    return make


def _insertions(pattern: Gift) -> list[tuple[str, dict[str, Any]]]:
    """An INSERT for each row that confirming a gift writes, with the values of the pattern's own rows."""
    own = {"gift_id": "id"}
    event = {
        **own,
        "delivery_key": "key",
        "event_id": "event",
        "object_id": "payment",
        "payload_sealed": "raw",
    }
    move = {"cause_key": "cause", "subject_id": "text"}
    told = {"object_id": "text"}
    movement = Movement.objects.get(subject_kind="gift", subject_id=str(pattern.pk))
    tasks = DBTaskResult.objects.order_by("enqueued_at")
    return [
        _insertion("donations_providerevent", ProviderEvent.objects.get(gift=pattern).pk, event),
        _insertion("fund_movement", movement.pk, move),
        _insertion("fund_transitionlog", TransitionLog.objects.latest("pk").pk, told),
        _insertion("fund_auditevent", AuditEvent.objects.latest("pk").pk, told),
        *[_insertion("django_tasks_database_dbtaskresult", task.pk, {"id": "uuid"}) for task in tasks],
    ]


def _insertion(table: str, pk: Any, own: dict[str, str]) -> tuple[str, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [pk])  # noqa: S608
        row = cursor.fetchone()
        columns = [column.name for column in cursor.description]
    values = {f"v{number}": value for number, value in enumerate(row)}
    kept = [(number, name) for number, name in enumerate(columns) if name != "id" or "id" in own]
    places = [f"%({own.get(name, f'v{number}')})s" for number, name in kept]
    names = ", ".join(f'"{name}"' for _number, name in kept)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(places)})", values  # noqa: S608
