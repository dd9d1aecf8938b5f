"""`work`: the worker. Runs queued tasks as they come and the timed work each minute, until SIGTERM."""

import logging
import threading
import time
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker

from fund import leases, ticking

logger = logging.getLogger(__name__)
RETRY_SECONDS = 2


class Command(BaseCommand):
    help = "Runs queued tasks and the timed work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between two looks at the queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(
            queue_names=["*"],
            interval=options["interval"],
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"worker-{uuid.uuid4().hex}",
            excluded_queue_names=[],
        )
        worker.configure_signals()
        stop = threading.Event()
        clockwork = threading.Thread(
            target=_tick_each_minute, args=(stop, worker.worker_id), daemon=True, name="clockwork"
        )
        with leases.Lease(worker.worker_id):
            clockwork.start()
            try:
                _run_through_locks(worker)
            finally:
                stop.set()


def _run_through_locks(worker: Worker) -> None:
    """A database that is locked or away for a while (a backup, a restart) is waited for: it never ends the worker."""
    while worker.running:
        try:
            worker.run()
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database does not answer (%s): trying again", type(error).__name__)
            connection.close()
            time.sleep(RETRY_SECONDS)


def _tick_each_minute(stop: threading.Event, worker_id: str) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            leases.beat(
                worker_id
            )  # a machine that slept wakes up with an old beat: it must not take its own task
            ticking.tick()
        except Exception:
            logger.exception("tick failed")
        stop.wait(60)
    connection.close()
