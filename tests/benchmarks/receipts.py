"""Receipts per second: `python -m tests.benchmarks.receipts [--issue N]`.

Drawing is held against the library's bare canvas, which puts the same words at the same places with the same two
faces embedded, and nothing else (no wrapping, no code, no rules); against WeasyPrint where it happens to be installed.
Turn by turn in one process, by the processor's time, best and worst told. `--issue N` then makes a run of N donors on
a PostgreSQL of its own whose commits reach the disk.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import django

from tests.benchmarks.durable import durable_cluster

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.core.management import call_command  # noqa: E402 - models need the settings first
from reportlab.pdfbase import pdfmetrics  # noqa: E402
from reportlab.pdfbase.ttfonts import TTFont  # noqa: E402
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from donations import givers  # noqa: E402
from donations.givers import Address, Giver  # noqa: E402
from donations.models import Donor, Gift, Receipt  # noqa: E402
from donations.receipts import drawing, pen, proofs, runs  # noqa: E402
from donations.receipts.facts import Body, Facts, Payment  # noqa: E402
from fund import clock, vault  # noqa: E402
from fund.models import Foundation, LegalBasis, Pocket, User  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
TURNS, EACH = 5, 60
GIVER = Giver("Zoé Éléonore", "Essai", address=Address("12 bis, rue des Œillets", "69003", "Lyon"))
FACTS = Facts(
    reference="2020-000001",
    form="11580",
    body=Body(
        "Fondation partenariale d’essai",
        "732829320",
        "1 rue de l’Essai",
        "75001",
        "Paris",
        "Aider les élèves d’écoles d’ingénieurs en difficulté, par des aides d’urgence et de mobilité",
    ),
    giver=GIVER,
    payments=(Payment(date(2020, 5, 15), 15_000, "D-2020-000001", "card"),),
    issued_on=date(2020, 5, 15),
    signer_name="Prénom d’Essai",
    signer_quality="La présidente",
    check_url="https://cagnotte.example/verifier/" + "aZ09-_k" * 6 + "a/",
)
Words = list[tuple[float, float, str, float, str]]


class Noting(pen.Page):
    """Notes where each text goes."""

    noted: Words = []

    def at(
        self, x: float, text: str, *, size: float = 9, font: str = pen.PLAIN, colour: object = pen.INK
    ) -> None:
        self.noted.append((x, self.y, text, size, font))
        super().at(x, text, size=size, font=font, colour=colour)


def words_of_a_receipt() -> Words:
    drawing.Page, before = Noting, drawing.Page  # type: ignore[misc]
    drawing.draw_receipt(FACTS)
    drawing.Page = before  # type: ignore[misc]
    return Noting.noted


def bare_canvas() -> Callable[[int], bytes]:
    """Draws those words with the library alone."""
    words, faces = words_of_a_receipt(), {pen.PLAIN: "BarePlain", pen.BOLD: "BareBold"}
    for name, file in (("BarePlain", "DejaVuSans.ttf"), ("BareBold", "DejaVuSans-Bold.ttf")):
        font = TTFont(name, str(ROOT / "fund" / "fonts" / file))
        font.face.name = name.encode()  # its own face: not the one that others registered
        pdfmetrics.registerFont(font)

    def draw(number: int) -> bytes:
        file = BytesIO()
        canvas = Canvas(file, invariant=1, pageCompression=1)
        for x, y, text, size, font in words:
            canvas.setFont(faces[font], size)
            canvas.drawString(x, y, text.replace("000001", f"{number:06d}"))
        canvas.save()
        return file.getvalue()

    return draw


def receipt(number: int) -> bytes:
    payment = replace(FACTS.payments[0], amount_cents=15_000 + number)
    return drawing.draw_receipt(replace(FACTS, reference=f"2020-{number:06d}", payments=(payment,)))


def rate(draw: Callable[[int], bytes], turn: int) -> float:
    begun = time.process_time()
    for number in range(turn * EACH, (turn + 1) * EACH):
        draw(number + 1)
    return EACH / (time.process_time() - begun)


def compare_drawings() -> None:
    rivals = {"receipt": receipt, "bare canvas": bare_canvas()}
    rates: dict[str, list[float]] = {name: [] for name in rivals}
    for draw in rivals.values():
        draw(0)
    for turn in range(TURNS):
        for name, draw in rivals.items():
            rates[name].append(rate(draw, turn))
    for name, draw in rivals.items():
        middle = sorted(rates[name])[TURNS // 2]
        low, high = min(rates[name]), max(rates[name])
        print(f"{name:12} {middle:6.1f}/s ({low:.1f} to {high:.1f}), {len(draw(1)):,} bytes")
    ratios = sorted(ours / bare for ours, bare in zip(rates["receipt"], rates["bare canvas"], strict=True))
    print(
        f"receipt ÷ bare canvas, turn by turn: {ratios[TURNS // 2]:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
    assert receipt(1) == receipt(1), "the same receipt must give the same bytes"
    is_there = importlib.util.find_spec("weasyprint") is not None
    print(
        "WeasyPrint is installed: compare by hand"
        if is_there
        else "WeasyPrint is not installed: not compared"
    )


def make_donors(count: int) -> None:
    """`count` donors with one received gift each, as rows: what a run reads."""
    user = User.objects.create_user("bench@example.org")
    Foundation.objects.create(
        legal_name=FACTS.body.name, short_name="Essai", siren=FACTS.body.siren, street="1 rue", postcode="75001",
        town="Paris", iban="FR1420041010050500013M02606", contact_email="contact@example.org",
    )  # fmt: skip
    LegalBasis.objects.create(
        kind="tax_receipts", text="Essai", reference="E", decided_on=date(2020, 1, 1), object_text="Aider",
        signer_name="A", signer_quality="B", recorded_by=user, recorded_at=clock.moment(),
    )  # fmt: skip
    pocket, when = Pocket.objects.create(code="general", name="Général"), datetime(2020, 5, 15, tzinfo=UTC)
    for number in range(count):
        key = vault.make_subject_key("donor")
        donor = Donor(subject_key=key, email_fingerprint=f"{number:064d}", created_at=when)
        donor.email_sealed = vault.seal_text_for(key, f"d{number}@example.org")
        donor.identity_sealed = givers.seal(replace(GIVER, last_name=f"Essai {number}"), donor)
        donor.save()
        Gift.objects.create(
            reference=f"D-2020-{number:06d}", form_token=key.pk, donor=donor, amount_cents=5_000 + number,
            pocket=pocket, state="succeeded", created_at=when, succeeded_at=when,
        )  # fmt: skip


def issue(count: int) -> None:
    """A run of `count` donors, timed whole: number, paper, frozen bytes, audit, mail and task of each."""
    call_command("migrate", verbosity=0)
    make_donors(count)
    run = runs.open_run(by=None, year=2020)
    begun = time.perf_counter()
    while not runs.take_donors(run.pk):
        pass
    seconds = time.perf_counter() - begun
    run.refresh_from_db()
    faults = [*proofs.numbers_have_no_hole(), *proofs.receipts_say_what_stands()]
    faults += [*proofs.receipts_are_as_they_were_given(), *proofs.a_gift_is_on_one_live_receipt()]
    print(
        f"run of {count}: {run.outcomes}, {seconds:.1f} s, {count / seconds:.1f} receipts/s, faults: {faults}"
    )
    assert Receipt.objects.count() == count and not faults


def issue_on_a_cluster(count: int) -> int:
    """The run in a process of its own, which opens the new database."""
    with durable_cluster() as url:
        command = [sys.executable, "-m", "tests.benchmarks.receipts", "--issue-here", str(count)]
        return subprocess.call(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issue", type=int, metavar="N", help="also a run of N donors on PostgreSQL")
    parser.add_argument("--issue-here", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.issue_here:
        issue(options.issue_here)
        return 0
    compare_drawings()
    return issue_on_a_cluster(options.issue) if options.issue else 0


if __name__ == "__main__":
    sys.exit(main())
