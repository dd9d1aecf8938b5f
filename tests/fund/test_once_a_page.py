"""Answers are kept for one page that is only read, and for nothing else."""

import pytest
from django.http import HttpRequest, HttpResponse

from fund.http import ReadOnlyGetMiddleware
from fund.once_a_page import once_a_page

pytestmark = pytest.mark.django_db


class Counter:
    def __init__(self) -> None:
        self.asked = 0

        @once_a_page
        def ask(of: str) -> str:
            self.asked += 1
            return f"{of} {self.asked}"

        self.ask = ask

    def answer(self, method: str) -> str:
        """What a page reads that asks three times, twice of the same."""
        request = HttpRequest()
        request.method = method

        def view(_request: HttpRequest) -> HttpResponse:
            return HttpResponse(", ".join([self.ask("a"), self.ask("a"), self.ask("b")]))

        return ReadOnlyGetMiddleware(view)(request).content.decode()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_that_is_read_asks_once_and_the_next_page_anew(method):
    counter = Counter()
    assert counter.answer(method) == "a 1, a 1, b 2"
    assert counter.answer(method) == "a 3, a 3, b 4"


def test_what_writes_and_what_is_no_page_read_anew_each_time():
    counter = Counter()
    assert counter.answer("POST") == "a 1, a 2, b 3"
    assert (counter.ask("a"), counter.ask("a")) == ("a 4", "a 5")


def test_a_page_that_fails_keeps_nothing_for_the_next():
    counter = Counter()

    def fails(_request: HttpRequest) -> HttpResponse:
        raise ValueError(counter.ask("a"))

    request = HttpRequest()
    request.method = "GET"
    with pytest.raises(ValueError, match="a 1"):
        ReadOnlyGetMiddleware(fails)(request)
    assert counter.ask("a") == "a 2"
