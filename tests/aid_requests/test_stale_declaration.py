"""Each tick stands for the sentence that was shown: a stale page sends no code and signs nothing."""

import re
from html import unescape

import pytest

from aid_requests import actions, sealed
from aid_requests.models import SignatureCode
from aid_requests.schemes import clean_answers
from fund.roles import Refused
from tests.aid_requests import factories
from tests.aid_requests.factories import fresh, sent_code
from tests.aid_requests.test_steps import found, sheet, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
STALE = "Votre demande a changé depuis l’affichage de cette page."
CHANGED = "Ce point a changé\u00a0: relisez-le"


def whole_sheet(browser, request, **more: str) -> dict[str, str]:
    page = text(browser.get(url("declare", request)))
    shown = unescape(found(r'name="sentences" value="([^"]*)"', page))
    return {**sheet(browser, request, **more), "sentences": shown}


def change_the_amount(student, request) -> None:
    request = fresh(request)
    kept, errors = clean_answers(
        sealed.scheme_of(request.scheme_version),
        {**factories.ANSWERS, "amount_due": "390,10"},
        sealed.known_of(request),
    )
    assert not errors
    actions.save_answers(by=student, request=request, answers=kept, story=factories.STORY)


def ticked(page: str) -> dict[str, bool]:
    boxes = re.findall(r'<input type="checkbox" name="fact-([a-z_]+)"([^>]*)>', page)
    return {code: " checked" in rest for code, rest in boxes}


def test_a_stale_page_sends_no_code_and_takes_off_only_the_ticks_whose_sentence_changed(
    browser, complete, student
):
    data = whole_sheet(browser, complete, act="code")
    before = dict(re.findall(r"(\w+)=(\w+)", data["sentences"]))
    change_the_amount(student, complete)
    page = text(browser.post(url("declare", complete), data))
    after = dict(re.findall(r"(\w+)=(\w+)", unescape(found(r'name="sentences" value="([^"]*)"', page))))
    changed = {code for code, hashed in after.items() if before.get(code) != hashed}
    assert changed and changed != set(after)
    assert STALE in page and page.count(CHANGED) == 2 * len(changed)  # above the form, and at its place
    assert ticked(page) == {code: code not in changed for code in after}
    assert not SignatureCode.objects.exists()
    again = {**data, "content_hash": found(r'name="content_hash" value="([0-9a-f]{64})"', page)}
    browser.post(url("declare", complete), again)
    assert SignatureCode.objects.count() == 1


def test_a_code_that_left_before_the_change_signs_nothing_from_the_stale_page(browser, complete, student):
    data = whole_sheet(browser, complete, act="code")
    browser.post(url("declare", complete), data)
    change_the_amount(student, complete)
    page = text(browser.post(url("declare", complete), {**data, "act": "sign", "code": sent_code(student)}))
    assert STALE in page and CHANGED in page and fresh(complete).state == "draft"


def test_the_act_itself_sends_no_code_for_another_text(student, complete):
    with pytest.raises(Refused) as caught:
        actions.send_signature_code(by=student, request=complete, content_hash="0" * 64)
    assert caught.value.refusal.code == "changed" and not SignatureCode.objects.exists()
