"""From a worry to a decision: the steps of two requests, the school, the votes."""

import hashlib

from django.urls import reverse

from aid_requests.models import AidRequest, Decision, Vote
from fund.models import PaymentOrder
from tests.papers import pdf
from tests.stories.world import World, found

IBAN, OTHER_IBAN = "FR76 3000 6000 0112 3456 7890 189", "DE89 3704 0044 0532 0130 00"
MILO_IBAN = "NL91 ABNA 0417 1643 00"
EMERGENCY, MOBILITY = "emergency-aid", "mobility-aid"
ANSWERS = {
    EMERGENCY: {
        "enrolled": "yes",
        "lives_in_france": "yes",
        "cause": "student_job",
        "need": "rent",
        "stopped_on": "16/03/2020",
        "amount_due": "412,50",
    },
    MOBILITY: {
        "enrolled": "yes",
        "situation": "early_return",
        "refunded": "no",
        "country": "FI",
        "departed_on": "02/02/2020",
        "returned_on": "18/03/2020",
        "paid_on": "17/03/2020",
        "amount_paid": "612",
    },
}
PAPERS = {EMERGENCY: ("last_payslip", "rent_receipt"), MOBILITY: ("return_ticket",)}
STORY = "Mon patron a fermé le 16 mars, récit-marque."
STREET = "9 impasse du Marquage"
IDENTITY = {
    "zelie": {"first_name": "Zélie-Marque", "last_name": "Quintemarque"},
    "milo": {"first_name": "Milo-Marque", "last_name": "Sabliermarque"},
}


def ask_for_rent(world: World) -> None:
    with world.on(4, 21):
        ask(world, "zelie", EMERGENCY, IBAN, cents="150,00")
        sign(world, "zelie", EMERGENCY)
        world.expect()


def ask_for_a_ticket(world: World) -> None:
    with world.on(4, 22):
        ask(world, "milo", MOBILITY, MILO_IBAN, cents="400,00")
        sign(world, "milo", MOBILITY)
        world.expect()


def ask(world: World, who: str, slug: str, iban: str, *, cents: str) -> None:
    """Eligibility, then the steps up to the declaration."""
    answer(world, who, reverse("eligibility", args=[slug]), ANSWERS[slug])
    assert cents.removesuffix(",00") in world.read(who, "eligibility", slug)
    world.act(who, "start_request", slug)
    request = request_of(slug)
    address = f"{STREET}\r\n59000 Lille"
    you = {**IDENTITY[who], "birth_date": "09/09/1999", "birth_place": "Lille", "address": address}
    world.act(who, "request_you", request.token, data=you)
    more = {**ANSWERS[slug], "story": STORY}
    answer(world, who, reverse("request_situation", args=[request.token]), more)
    for kind in PAPERS[slug]:
        world.act(
            who,
            "request_documents",
            request.token,
            data={"add": kind},
            **{f"file-{kind}": pdf(kind)},
        )
    holder = " ".join(IDENTITY[who].values())
    world.act(who, "request_account", request.token, data={"iban": iban, "holder": holder})


def answer(world: World, who: str, address: str, answers: dict[str, str]) -> None:
    """Answers the questions on the page, and those that come up by the answers, until the page leads on."""
    typed = {f"q-{name}": value for name, value in answers.items()}
    page = world.browser(who).get(address).content.decode()
    for _turn in range(4):
        shown = found(r'name="q-shown" value="([^"]*)"', page)
        response = world.post(who, address, {**typed, "q-shown": shown})
        if response.status_code == 302:
            return
        page = response.content.decode()
    raise AssertionError(f"{address} asks without end.")


def request_of(slug: str) -> AidRequest:
    return AidRequest.objects.get(scheme_version__scheme__slug=slug)


def sign(world: World, who: str, slug: str, page: str = "request_declare") -> None:
    """Ticks every fact, asks for the code, signs with it."""
    token = request_of(slug).token
    text = world.read(who, page, token)
    sheet = {field: "on" for field in text.replace('"', " ").split() if field.startswith("fact-")}
    sheet |= {"content_hash": found(r'name="content_hash" value="([0-9a-f]{64})"', text), "place": "Lille"}
    world.act(who, page, token, data={**sheet, "act": "code"})
    world.act(who, page, token, data={**sheet, "act": "sign", "code": world.code_for(who)})


def school_confirms(world: World) -> None:
    with world.on(4, 23):
        for slug in (EMERGENCY, MOBILITY):
            request = request_of(slug)
            assert request.state == "submitted"
            form = {
                "act": "certify",
                "university_year": "2019-2020",
                "level": "year-4",
                "revision": request.revision,
            }
            world.act("referent", "certify_request", request.token, data=form)
            assert request_of(slug).state == "in_review"
        world.expect()


def committee_grants(world: World) -> None:
    """Two votes; the second one promises the money and freezes the letter."""
    with world.on(4, 24):
        request = request_of(EMERGENCY)
        ballot = {"revision": request.revision, "choice": "grant"}
        world.act("member1", "cast_vote", request.token, data=ballot)
        world.expect()
        world.act("chair", "cast_vote", request.token, data=ballot)
        world.expect(promised_cents=15_000, left_cents=2_983)
        decision = Decision.objects.get()
        letter = (
            world.browser("zelie").get(reverse("decision_file", args=[request.token, decision.pk])).content
        )
        assert letter.startswith(b"%PDF-")
        assert hashlib.sha256(letter).hexdigest() == decision.letter_sha256
        order = PaymentOrder.objects.get()
        assert (order.end_to_end_id, order.amount_cents, order.state) == (e2e(request, 1), 15_000, "due")


def committee_cannot_grant_more(world: World) -> None:
    """400 € of 29,83 €: the sentence says both, and the vote may be cast again another day."""
    with world.on(4, 24, 11):
        request = request_of(MOBILITY)
        ballot = {"revision": request.revision, "choice": "grant"}
        world.act("member1", "cast_vote", request.token, data=ballot)
        page = world.refused("member2", "cast_vote", request.token, data=ballot)
        sentence = (
            "Il reste 29,83\u00a0€ dans cette enveloppe. L’aide de 400\u00a0€ attendra le prochain don."
        )
        assert sentence in page
        assert list(Vote.objects.filter(request=request).order_by("pk").values_list("member", flat=True)) == [
            world.people.member1.pk
        ]
        assert request_of(MOBILITY).state == "in_review"
        world.expect()


def e2e(request: AidRequest, attempt: int) -> str:
    """The reference that travels with the transfer."""
    return f"CS-2020-{request.pk:06d}-{attempt}"
