"""A season's events, shuffled, doubled and held back, delivered to a real server that is killed again and again.

Gunicorn and `manage.py work` run as `start.py` runs them, each as a group of processes that SIGKILL ends as a whole:
no handler, no clean-up. They die when as many deliveries were taken as chance said, in the middle of whatever the
senders and the queue were at, and are started anew. A delivery is tried until it is answered by a 2xx, as the provider
tries it. Afterwards nothing is repaired by hand: only the timed work that would have come is called early.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import stripe
from django.conf import settings

from tests.fund.other_process import PATIENCE_SECONDS, OtherDatabase

ROOT = Path(__file__).resolve().parent.parent.parent
SENDERS = 6
TIMEOUT_SECONDS = 20
LONGEST_SECONDS = 3_600  # a bound for a slow machine, not a wait
LOOKS = 10
DOUBLED, HELD_BACK = 0.25, 0.05  # shares of the events
LOOK = """
import json
from collections import Counter
from django_tasks_db.models import DBTaskResult
from donations.models import Gift, ProviderEvent
from fund import balances, chart
from reports.figures import read_figures
figures = read_figures().as_json()
names = ("raised_cents", "fees_cents", "open_disputes_cents", "left_cents", "gifts", "donors")
states = Counter(Gift.objects.order_by().values_list("state", flat=True))
print(json.dumps({
    **{name: figures[name] for name in names},
    "stripe_cents": balances.balance_cents(chart.STRIPE),
    "states": dict(sorted(states.items())),
    "events": ProviderEvent.objects.count(),
    "parked": sorted(ProviderEvent.objects.filter(state="parked").values_list("event_type", "reason")),
    "tasks": dict(Counter(DBTaskResult.objects.order_by().values_list("status", flat=True))),
}))
"""
# What the clock would bring within the hour: parked events tried again, dead workers' tasks put back, fees asked for.
WHAT_TIME_BRINGS = """
from datetime import timedelta
from unittest import mock
from django.utils import timezone
from donations.actions import fees, receiving, undoing
from fund import stuck
stuck.requeue_stuck_work(timezone.now() + timedelta(minutes=5))
with mock.patch.object(receiving, "AT_ONCE", 100_000), mock.patch.object(fees, "AT_ONCE", 100_000):
    while receiving.take_up_waiting_events() != "0 taken up":
        pass
with mock.patch.object(undoing, "AT_ONCE", 100_000):
    undoing.undo_crossed_debits()
"""
IDLE = """
import time
from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max
def busy():  # a task that waits for no hour bears the last date there is
    rows = DBTaskResult.objects.filter(status__in=("READY", "RUNNING"))
    later = Q(run_after__gt=timezone.now(), run_after__lt=get_date_max())
    return rows.exclude(later, status="READY").exists()
give_up = time.monotonic() + 240
while busy() and time.monotonic() < give_up:
    time.sleep(0.2)
print("busy" if busy() else "idle")
"""


@dataclass
class Told:
    """What happened while it ran."""

    deliveries: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)  # those that were no 2xx
    seconds: float = 0.0


class Service:
    """A command that is killed and started again; its whole group dies at once."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self._command, self._environment, self._log = name, command, environment, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=PATIENCE_SECONDS)
            self._process = None


class Chaos:
    """`payloads` are the events as they happened; `kills` how often the server and the worker die each."""

    def __init__(
        self, database: OtherDatabase, payloads: list[str], folder: Path, *, seed: int, kills: int
    ) -> None:
        self._database, self._kills = database, kills
        self._chance = random.Random(seed)
        self._queue: Queue[str] = Queue()
        self._plan = self._drawn(payloads)
        self._port = free_port()
        self._lock = threading.Lock()
        self._taken = 0
        self.told = Told(deliveries=len(self._plan))
        environment = {**database.environment, "PYTHONUNBUFFERED": "1"}
        web = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--threads", "4", "--workers", "2"]
        web += ["--bind", f"127.0.0.1:{self._port}", "config.wsgi:application"]
        work = [sys.executable, "manage.py", "work", "--interval", "0.1"]
        self._web = Service("web", web, environment, folder / "web.log")
        self._worker = Service("worker", work, environment, folder / "worker.log")

    def run(self) -> Told:
        """Delivers everything while both are killed, then lets the last worker finish. Raises AssertionError."""
        began = time.monotonic()
        with self._running():
            killer = threading.Thread(target=self._kill_in_between, daemon=True)
            senders = [threading.Thread(target=self._send, daemon=True) for _number in range(SENDERS)]
            for thread in (killer, *senders):
                thread.start()
            for payload in self._plan:
                self._queue.put(payload)
            for thread in (*senders, killer):
                thread.join(timeout=LONGEST_SECONDS)
                assert not thread.is_alive(), "the deliveries did not come to an end"
            self._worker.kill()
        self._settle()
        self.told.seconds = time.monotonic() - began
        return self.told

    def look(self) -> dict[str, Any]:
        seen: dict[str, Any] = json.loads(self._database.run(LOOK))
        return seen

    def _drawn(self, payloads: list[str]) -> list[str]:
        """All events in any order, some of them twice; a few come when everything else is over."""
        held = set(self._chance.sample(range(len(payloads)), int(len(payloads) * HELD_BACK)))
        plan = [one for number, one in enumerate(payloads) if number not in held]
        plan += self._chance.sample(payloads, int(len(payloads) * DOUBLED))
        self._chance.shuffle(plan)
        late = [payloads[number] for number in sorted(held)]
        self._chance.shuffle(late)
        return [*plan, *late]

    @contextmanager
    def _running(self) -> Iterator[None]:
        services = (self._web, self._worker)
        for service in services:
            service.start()
        try:
            yield
        finally:
            for service in services:
                service.kill()

    def _kill_in_between(self) -> None:
        """Web and worker in turn, each when so many deliveries were taken."""
        last = len(self._plan)
        moments = sorted(self._chance.sample(range(1, last), 2 * self._kills))
        for number, moment in enumerate(moments):
            while self._taken < moment:
                time.sleep(0.002)
            service = (self._web, self._worker)[number % 2]
            service.kill()
            self.told.kills[service.name] += 1
            service.start()

    def _send(self) -> None:
        """Takes deliveries until all were taken; one that is not answered by a 2xx goes to the end of the queue."""
        while self._taken < len(self._plan):
            try:
                payload = self._queue.get(timeout=0.1)
            except Empty:
                continue
            answer = self._post(payload)
            with self._lock:
                if answer == "200":
                    self._taken += 1
                    continue
                self.told.answers[answer] += 1
            self._queue.put(payload)
            time.sleep(0.1)

    def _post(self, payload: str) -> str:
        """The status of the answer, or the name of what came instead of one."""
        header = stripe.WebhookSignature.generate_signature_header(payload, settings.STRIPE_WEBHOOK_SECRET)
        headers = {"Content-Type": "application/json", "Stripe-Signature": header}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", "/webhooks/stripe/", payload.encode(), headers)
            return str(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()

    def _settle(self) -> None:
        """The worker that is left ends what there is, as it would have within the hour; then what that brought."""
        for what_time_brings in (WHAT_TIME_BRINGS, WHAT_TIME_BRINGS + "fees.fetch_missing_fees()\n"):
            self._database.run(what_time_brings)
            self._worker.start()
            try:
                said = (self._database.run(IDLE) for _look in range(LOOKS))
                assert "idle" in said, "the worker did not come to an end"
            finally:
                self._worker.kill()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
