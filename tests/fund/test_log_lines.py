"""What the log keeps of an address: enough to find the page, never the key that opens it."""

import logging
import logging.config
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from donations import monthly_links
from fund.log_lines import WithoutKeys
from tests.donations import factories as gifts

pytestmark = pytest.mark.django_db


def lines_of(address: str, posted: dict[str, str]) -> list[str]:
    """What the console says when this is sent, as the settings configure it."""
    said: list[str] = []
    configuration: dict[str, Any] = settings.LOGGING
    configured = configuration["handlers"]["console"]["filters"]
    configurator = logging.config.DictConfigurator({})  # it takes apart what it is given
    filters = [configurator.configure_filter(dict(configuration["filters"][name])) for name in configured]

    class Console(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    console = Console()
    for one in filters:
        console.addFilter(one)
    logger = logging.getLogger("django.request")
    logger.addHandler(console)
    try:
        Client().post(address, posted)
    finally:
        logger.removeHandler(console)
    return said


def test_a_wrong_form_leaves_no_link_in_the_log(pocket):
    monthly = gifts.make_gift(pocket, rhythm="monthly").monthly
    monthly.subscription_id = "sub_of_the_log"
    monthly.save(update_fields=["subscription_id"])
    signed = monthly_links.sign(monthly)
    said = lines_of(f"/don-mensuel/{signed}/", {"kind": "amount", "amount": "-5"})
    assert said == ["Unprocessable Entity: /don-mensuel/…/"]


def test_a_gifts_address_is_cut_too(pocket):
    gift = gifts.make_gift(pocket)
    assert lines_of(f"/don/{gift.token}/", {}) == ["Method Not Allowed (POST): /don/…/"]


def test_other_lines_and_short_addresses_stay():
    record = logging.LogRecord(
        "django.request", 30, "", 1, "%s: %s", ("Forbidden", "/dons/D-2020-000123/"), None
    )
    other = logging.LogRecord(
        "fund.mail", 30, "", 1, "%s", ("/a-very-long-part-of-a-path-that-is-ours/",), None
    )
    for line in (record, other):
        assert WithoutKeys().filter(line)
    assert record.getMessage() == "Forbidden: /dons/D-2020-000123/"
    assert other.getMessage() == "/a-very-long-part-of-a-path-that-is-ours/"
