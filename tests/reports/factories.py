"""Publications, as rows and through the actions; aid that was given, as the ledger says it."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from aid_requests.models import AidRequest
from fund import chart, ledger
from fund.ledger import Subject
from fund.models import Movement, Pocket, User
from fund.models.ledger import Kind
from reports.addresses import ChartImage, FileName
from reports.compilation import Wording
from reports.models import Publication, PublicationFile
from reports.models.publications import FileKind, PublicationState
from reports.snapshot import AidFigures, AidStep, DayGifts, Snapshot

WORDING = Wording(
    "Les dons arrivent, les aides partent", "Une introduction d’essai.", "Gifts arrive", "An intro."
)
AID = AidFigures(date(2020, 5, 12), 600_000, 105_000, 40, 1_124_000, 16_840, 0, 402_160)
SNAPSHOT = Snapshot(
    number=1,
    title=WORDING.title,
    campaign="Cagnotte d’essai",
    opened_on=date(2020, 4, 3),
    closes_on=date(2020, 6, 30),
    goal_cents=1_500_000,
    gifts_as_of=date(2020, 5, 12),
    raised_cents=1_124_000,
    fees_cents=16_840,
    gifts=180,
    donors=174,
    days=(DayGifts(date(2020, 4, 3), 1_000_000), DayGifts(date(2020, 5, 12), 124_000)),
    aid=AID,
    aid_steps=(AidStep(1, date(2020, 5, 12), 600_000, 40),),
    seal=None,
    seal_hash="",
    ledger_checked=True,
)


def make_row(
    drafter: User, releaser: User | None = None, wording: Wording = WORDING, **changed: Any
) -> Publication:
    """A row that no action made: released with its files when there is a releaser, else a draft."""
    snapshot = replace(SNAPSHOT, **changed)
    payload = snapshot.to_json()
    released: dict[str, Any] = {}
    if releaser is not None:
        released = {
            "state": PublicationState.RELEASED,
            "number": snapshot.number,
            "released_by": releaser,
            "released_at": timezone.now(),
        }
    publication = Publication.objects.create(
        title=wording.title,
        intro=wording.intro,
        title_en=wording.title_en,
        intro_en=wording.intro_en,
        up_to=snapshot.gifts_as_of,
        seal_number=snapshot.seal,
        payload=payload,
        payload_sha256=hashlib.sha256(payload.encode()).hexdigest(),
        drafted_by=drafter,
        drafted_at=timezone.now(),
        **released,
    )
    if releaser is not None:
        for kind, language in [("json", ""), *((k, lang) for k in ("csv", "pdf") for lang in ("fr", "en"))]:
            data = payload.encode() if kind == FileKind.JSON else f"{kind} {language}".encode()
            PublicationFile.objects.create(
                publication=publication,
                kind=kind,
                language=language,
                data=data,
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
    return publication


def addresses(drafter: User, releaser: User) -> dict[str, dict[str, Any]]:
    """What the URL sweep needs to name one released publication and one draft."""
    make_row(drafter, releaser)
    draft = make_row(drafter, number=2)
    image = ChartImage("gifts", "fr", "light")
    return {
        "publication": {"number": 1},
        "publication_chart": {"number": 1, "image": image},
        "publication_file": {"number": 1, "file": FileName("json", "")},
        "live_chart": {"image": image},
        "draft": {"pk": draft.pk},
        "preview_chart": {"pk": draft.pk, "image": image},
    }


# Aid in the ledger ---------------------------------------------------------------------------------------------


def post_gift(pocket: Pocket, day: date, cents: int, *, gift: int) -> None:
    with transaction.atomic():
        ledger.post(
            cause_key=f"test-gift:{gift}",
            debit=chart.STRIPE,
            credit=chart.GIFTS,
            amount_cents=cents,
            kind=Kind.GIFT,
            entry_ref=f"D-{gift}",
            occurred_on=day,
            pocket=pocket,
            subject=Subject("gift", str(gift)),
        )


def post_grant(request: AidRequest, pocket: Pocket, day: date, cents: int = 15_000) -> None:
    """Approved, not yet debited."""
    with transaction.atomic():
        ledger.post(
            cause_key=f"test-grant:{request.pk}",
            debit=chart.AIDS,
            credit=chart.AIDS_OWED,
            amount_cents=cents,
            kind=Kind.GRANT,
            entry_ref=request.reference,
            occurred_on=day,
            pocket=pocket,
            subject=Subject("aid_request", str(request.pk)),
        )


def post_debit(request: AidRequest, pocket: Pocket, day: date, cents: int = 15_000) -> Movement:
    """The bank took it: given."""
    with transaction.atomic():
        return ledger.post(
            cause_key=f"test-debit:{request.pk}",
            debit=chart.AIDS_OWED,
            credit=chart.BANK,
            amount_cents=cents,
            kind=Kind.TRANSFER_DEBITED,
            entry_ref=f"E2E-{request.pk}",
            occurred_on=day,
            pocket=pocket,
            subject=Subject("aid_request", str(request.pk)),
        )


def post_return(debit: Movement, day: date) -> None:
    """The bank gave it back: promised again."""
    with transaction.atomic():
        ledger.reverse(
            debit, cause_key=f"{debit.cause_key}:back", kind=Kind.TRANSFER_RETURNED, occurred_on=day
        )
