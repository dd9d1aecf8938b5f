"""Loads the demo through the real actions, on the domain's days of spring 2020. The same figures on each machine."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO

from django.utils.translation import gettext_noop, override
from django_tasks_db.management.commands.db_worker import Worker
from reportlab.pdfgen.canvas import Canvas

from aid_requests import actions as requests
from aid_requests import progress, sealed
from aid_requests.committee.actions import cast_vote
from aid_requests.declarations import SigningTrace, declaration_statement
from aid_requests.documents import check_upload
from aid_requests.identity import Identity
from aid_requests.models import AidRequest
from config.demo import bank, cast, payments, schools, script, setting
from config.demo.delivery import deliver
from config.demo.models import DemoPerson, StandInDelivery
from donations import stripe_gateway
from donations.actions.paying import start_payment
from donations.actions.pledging import Pledge, pledge_gift
from donations.actions.receiving import receive_event
from fund import clock, vault
from fund.bank.iban import check_iban
from fund.installation import mark_installation
from fund.models import OutgoingMail, PaymentBatch, PaymentOrder, Pocket, User
from fund.models.treasury import OrderState
from fund.treasury.batches import prepare_batch, sign_batch
from fund.treasury.statements import import_statement

YEAR, LEVEL = "2019-2020", "4e année"


def is_loaded() -> bool:
    return DemoPerson.objects.exists()


def load() -> None:
    """Loads everything into an empty database; afterwards the domain's clock reads 15 May 2020, 10:00 Paris."""
    installation = mark_installation(is_demo=True)
    clock.set_shift(installation.created_at)
    with override("fr"):
        with _on(setting.OPENED, 8):
            setting.set_the_stage()
            people = setting.bring_the_cast()
        season = _Season(people)
        for day, hour, act in sorted(season.days(), key=lambda one: one[:2]):
            with _on(day, hour):
                act()
        run_queue()
        _list_people(people, season.requests)


def _on(day: date, hour: int) -> AbstractContextManager[None]:
    return clock.at(datetime.combine(day, time(hour), tzinfo=clock.PARIS))


def run_queue() -> None:
    """Runs the queued tasks now: mails into the mailbox, fees into the ledger."""
    Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id="demo-loader", excluded_queue_names=[],
    ).run()  # fmt: skip


# Gifts --------------------------------------------------------------------------------------------


def _give(number: int) -> None:
    _day, first_name, last_name, euros, method = script.GIFTS[number]
    pledge = Pledge(
        amount_cents=euros * 100,
        pocket=Pocket.objects.get(code=Pocket.GENERAL),
        first_name=first_name,
        last_name=last_name,
        email=f"don{number:02d}@donateurs.example",
        language="fr",
    )
    gift = pledge_gift(pledge=pledge, form_token=_form_token(number))
    start_payment(gift=gift)
    session = gift.attempts.get().session_id or ""
    if method == "card":
        payments.pay_by_card(session)
    else:
        payments.start_debit(session)
        payments.confirm_debit(session)
    deliver_here()
    run_queue()


def _form_token(number: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo-gift-{number}")


def deliver_here() -> None:
    """The events reach the inbox without a server: same signature check, same action."""
    for delivery in StandInDelivery.objects.filter(delivered_at=None).order_by("pk"):
        deliver(delivery, post=_post_here)


def _post_here(address: str, body: bytes, header: str) -> int:
    receive_event(raw=body, payload=stripe_gateway.verify_and_parse(body, header))
    return 200


# Requests -----------------------------------------------------------------------------------------


def _ask(story: script.Story) -> AidRequest:
    """A student's whole way to a signed request."""
    local = f"{story.first_name}.{story.last_name}".lower().replace("é", "e")
    name = f"{story.first_name} {story.last_name}"
    user = User.objects.create_user(f"{local}@{schools.domain_of(story.school)}", display_name=name)
    request = requests.start_request(by=user, slug=story.slug, raw_answers=story.answers)
    identity = Identity(
        first_name=story.first_name,
        last_name=story.last_name,
        birth_date=date(1999, 9, 9),
        birth_place="Paris",
        address="12 rue de l’Essai, 75001 Paris",
    )
    # Only the student of Lyon waits for the school's referent: the others were confirmed by the social worker.
    through_school = story.reached == script.SUBMITTED
    requests.save_identity(by=user, request=request, identity=identity, through_school=through_school)
    request.refresh_from_db()
    requests.save_answers(by=user, request=request, answers=sealed.answers_of(request), story=story.story)
    request.refresh_from_db()
    for asked in progress.asked_documents(request):
        upload = check_upload("piece.pdf", _paper(asked.code))
        requests.add_document(by=user, request=request, kind=asked.code, upload=upload)
    requests.save_account(by=user, request=request, iban=check_iban(story.iban), holder=name)
    request.refresh_from_db()
    _sign(user, request)
    request.refresh_from_db()
    return request


def _sign(user: User, request: AidRequest) -> None:
    code = requests.send_signature_code(by=user, request=request)
    text = vault.open_text(OutgoingMail.objects.get(key=f"signature-code:{code.pk}").text_sealed)
    digits = re.search(r"\b\d{6}\b", text)
    statement = declaration_statement(request)
    requests.sign_declaration(
        by=user,
        request=request,
        place="Paris",
        ticked=[fact for fact, _sentence in statement.facts],
        code=digits.group() if digits else "",
        content_hash=statement.content_hash,
        trace=SigningTrace(sign_in_method="demo", signed_in_at=None, ip="127.0.0.1", user_agent="demo"),
    )


def _paper(kind: str) -> bytes:
    """A one-page paper that says that it is invented."""
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 760, f"Piece de demonstration : {kind}")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


# From the school to the bank ----------------------------------------------------------------------


class _Season:
    """The days of the season in order: (Paris date, hour, what happens)."""

    def __init__(self, people: dict[str, User]) -> None:
        self.social_worker = people["social@fondation.example"]
        self.voters = (people["presidence@comite.example"], people["helene@comite.example"])
        self.treasurer = people["tresorerie@fondation.example"]
        self.signatory = people["signature@fondation.example"]
        self.requests: dict[int, AidRequest] = {}

    def days(self) -> Iterator[tuple[date, int, Callable[[], object]]]:
        for number, gift in enumerate(script.GIFTS):
            yield date.fromisoformat(f"2020-{gift[0]}"), 9, partial(_give, number)
        for number, story in enumerate(script.STORIES):
            yield story.asked_on, 11, partial(self._ask, number)
            if story.reached != script.SUBMITTED:
                yield story.asked_on + timedelta(days=1), 15, partial(self._certify, number)
        yield date(2020, 4, 23), 18, partial(self._vote, script.PAID, self.voters)
        yield date(2020, 4, 24), 10, self._send_batch
        yield date(2020, 4, 27), 10, self._read_answer
        yield date(2020, 5, 14), 18, partial(self._vote, script.GRANTED, self.voters)
        yield date(2020, 5, 14), 19, partial(self._vote, script.ONE_VOTE, self.voters[:1])
        yield date(2020, 5, 15), 7, self._read_payouts

    def _ask(self, number: int) -> None:
        self.requests[number] = _ask(script.STORIES[number])

    def _certify(self, number: int) -> None:
        request = self.requests[number]
        requests.certify_enrolment(
            by=self.social_worker,
            request=request,
            university_year=YEAR,
            level=LEVEL,
            revision=request.revision,
        )

    def _vote(self, reached: str, voters: tuple[User, ...]) -> None:
        for number, story in enumerate(script.STORIES):
            if story.reached == reached:
                request = self.requests[number]
                for voter in voters:
                    cast_vote(by=voter, request=request, choice="grant", revision=request.revision)

    def _read_payouts(self) -> None:
        answer = bank.receive_payouts()
        deliver_here()
        import_statement(by=self.treasurer, data=bytes(answer.file))

    def _send_batch(self) -> None:
        self._read_payouts()
        due = PaymentOrder.objects.filter(state=OrderState.DUE).values_list("pk", flat=True)
        batch = prepare_batch(by=self.treasurer, order_ids=list(due))
        sign_batch(by=self.signatory, batch=batch)

    def _read_answer(self) -> None:
        batch = PaymentBatch.objects.get()
        import_statement(by=self.treasurer, data=bytes(bank.answer(batch.message_id, None).file))


def _list_people(people: dict[str, User], made: dict[int, AidRequest]) -> None:
    email, name, _school = cast.NEW_STUDENT
    students = [
        (
            User.objects.create_user(email, display_name=name),
            gettext_noop("Étudiante à Polytech Lyon"),
            gettext_noop("N’a encore rien demandé : tout reste à faire."),
        )
    ]
    for number, request in made.items():
        if script.STORIES[number].shown:
            does = gettext_noop("Son aide est accordée ; sa banque renverra peut-être le virement.")
            students.append((request.applicant.user, gettext_noop("Étudiant à Polytech Grenoble"), does))
    setting.list_the_cast(people, students)
