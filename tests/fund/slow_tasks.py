"""A task that stays at its work until a file says that it may end, and notes each of its turns in another."""

import time
from pathlib import Path

from django_tasks import task

PATIENCE_SECONDS = 600  # a bound for a test that was itself killed


@task()
def work_until_told(folder: str) -> str:
    """Notes its beginning, waits for the file `end` in this folder, notes its end."""
    with Path(folder, "turns").open("a") as turns:
        turns.write("began\n")
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not Path(folder, "end").exists() and time.monotonic() < give_up_at:
        time.sleep(0.02)
    with Path(folder, "turns").open("a") as turns:
        turns.write("ended\n")
    return "done"
