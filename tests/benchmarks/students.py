"""What a student costs: `python -m tests.benchmarks.students [--seconds 3]`, on a durable PostgreSQL.

First the whole way from the simulator to the signed request, with each answer of the site: its statements and bytes.
Then the simulator under load, through gunicorn: one more answer given (as htmx asks) and the whole form sent, against
a bare view behind the same middleware that keeps what it was sent in the session. Medians of three rounds.
"""

import argparse
import http.client
import re
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from tests.benchmarks.clients import Act, drive
from tests.benchmarks.durable import installed_application
from tests.benchmarks.webhooks import served

ROUNDS, CLIENTS = 3, (1, 8)
BARE, SIMULATOR = "/bare/", "/aide/emergency-aid/"
ANSWERS = {"enrolled": "yes", "lives_in_france": "yes", "cause": "student_job", "need": "rent"}
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3.0)
    asked = parser.parse_args()
    with installed_application():
        prepare()
        tell_the_way()
        measure(asked.seconds)


def prepare() -> None:
    """A foundation, a school, and the emergency aid open on every day of these years."""
    from django.conf import settings  # noqa: PLC0415 - Django must be set up first

    from aid_requests import actions  # noqa: PLC0415
    from fund.models import Foundation, School  # noqa: PLC0415

    Foundation.objects.create(
        legal_name="Fondation d’essai", short_name="Essai", siren="732829320", street="1 rue de l’Essai",
        postcode="75001", town="Paris", iban="FR1420041010050500013M02606", bic="PSSTFRPPPAR",
        contact_email="contact@fondation.example",
    )  # fmt: skip
    School.objects.create(code="nord", name="École du Nord", city="Lille", email_domains=["nord.example"])
    path = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
    text = path.read_text(encoding="utf-8").replace("closes_on: 2020-06-30", "closes_on: 2099-12-31")
    actions.load_scheme(by=None, text=text)


def tell_the_way() -> None:
    """The walk of one student in the spring of 2020, answer by answer."""
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from fund import clock  # noqa: PLC0415
    from tests.aid_requests.factories import ANSWERS as TYPED  # noqa: PLC0415
    from tests.stories.students import Student  # noqa: PLC0415

    setup_test_environment()
    Student("first@nord.example").simulate("emergency-aid", TYPED)  # what a process does once is not counted
    one = Student("noe@nord.example")
    with clock.at(datetime(2020, 5, 15, 10, tzinfo=clock.PARIS)):
        one.simulate("emergency-aid", TYPED)
        one.sign_in()
        one.start("emergency-aid")
        one.identify()
        one.answer(TYPED)
        one.add_papers()
        one.give_account("FR76 3000 6000 0112 3456 7890 189", "Noe D Haene")
        one.declare()
    print(f"{'':5}{'address':32}{'status':>7}{'statements':>12}{'bytes':>9}")
    for answer in one.answers:
        print(f"{answer.method:5}{answer.name:32}{answer.status:>7}{answer.queries:>12}{answer.size:>9}")
    statements = sum(answer.queries for answer in one.answers)
    forms = sum(answer.method == "POST" for answer in one.answers)
    print(
        f"{len(one.screens)} screens, {forms} forms sent, {len(one.answers)} answers, {statements} statements,"
        f" the largest page {max(answer.size for answer in one.screens)} bytes before compression"
    )


@dataclass
class Way:
    """One kind of request by so many clients; the rates and the waits of its rounds."""

    name: str
    clients: int
    make: Callable[[], Act]
    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def measure(seconds: float) -> None:
    with served() as port:
        ways = list(ways_of(port))
        for _round in range(ROUNDS):
            for way in ways:
                speed = drive(way.make, range(1_000_000), way.clients, seconds)
                way.rates.append(speed.per_second)
                way.waits.append(speed.p99_ms)
    print(f"{'way':24}{'clients':>8}{'a second':>10}{'(min..max)':>16}{'p99 ms':>9}{'of bare':>9}")
    for way in ways:
        bare = next(one.rate for one in ways if one.clients == way.clients and one.name == "bare view")
        spread = f"({min(way.rates):.0f}..{max(way.rates):.0f})"
        wait = statistics.median(way.waits)
        print(
            f"{way.name:24}{way.clients:>8}{way.rate:>10.0f}{spread:>16}{wait:>9.1f}{way.rate / bare:>9.2f}"
        )


def ways_of(port: int) -> Iterator[Way]:
    for clients in CLIENTS:
        yield Way("bare view", clients, posting(port, BARE, 200, {}))
        yield Way("simulator, one answer", clients, posting(port, SIMULATOR, 200, {"HX-Request": "true"}))
        yield Way("simulator, sent", clients, posting(port, SIMULATOR, 302, {}))


def posting(port: int, path: str, status: int, headers: dict[str, str]) -> Callable[[], Act]:
    """A visitor with a session of his own, who sends the same answers again and again over one connection."""

    def make() -> Act:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookies, token = first_page(line, path)
        body = urlencode({"csrfmiddlewaretoken": token, **typed()})

        def act(_number: int) -> None:
            kept = "; ".join(f"{name}={value}" for name, value in cookies.items())
            usual = {"Cookie": kept, "Content-Type": "application/x-www-form-urlencoded"}
            answer, said = send(line, path, body, {**usual, **headers})
            cookies.update(cookies_of(answer))
            assert answer.status == status, (answer.status, said[:500])

        return act

    return make


def send(
    line: http.client.HTTPConnection, path: str, body: str, headers: dict[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer; a line that the server closed while nothing was sent is opened anew."""
    try:
        line.request("POST", path, body, headers)
        answer = line.getresponse()
    except (ConnectionError, http.client.RemoteDisconnected):
        line.close()
        line.request("POST", path, body, headers)
        answer = line.getresponse()
    return answer, answer.read()


def typed() -> dict[str, str]:
    return {"q-shown": " ".join(ANSWERS), **{f"q-{name}": value for name, value in ANSWERS.items()}}


def first_page(line: http.client.HTTPConnection, path: str) -> tuple[dict[str, str], str]:
    """The cookies and the token of the form."""
    line.request("GET", path)
    answer = line.getresponse()
    found = TOKEN.search(answer.read().decode())
    assert answer.status == 200 and found is not None, answer.status
    return cookies_of(answer), found[1]


def cookies_of(answer: http.client.HTTPResponse) -> dict[str, str]:
    pairs = [line.split(";")[0].partition("=") for line in answer.headers.get_all("Set-Cookie") or []]
    return {name: value for name, _equals, value in pairs}


if __name__ == "__main__":
    main()
