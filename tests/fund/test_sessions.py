"""Sessions are ciphertext in the table, and a sign-in code has five tries even when they come at once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fund import accounts, sessions, vault
from fund.models import OutgoingMail, SignInTries


@pytest.fixture
def asked(client, student, foundation) -> Client:
    """A browser that has asked for a code."""
    client.post(reverse("account_login"), {"email": student.email})
    return client


def the_code() -> str:
    text = vault.open_text(OutgoingMail.objects.get(key__startswith="sign-in:").text_sealed)
    return re.search(r"\b\d{6}\b", text).group()


def try_code(client: Client, code: str):
    return client.post(reverse("account_confirm_login_code"), {"code": code})


def test_the_table_shows_neither_the_code_nor_the_person(asked, student):
    stored = "".join(Session.objects.values_list("session_data", flat=True))
    assert the_code() not in stored
    assert student.email not in stored
    assert sessions.SessionStore(asked.session.session_key).load(), "and the session is there all the same"


def test_an_unreadable_session_is_an_empty_one(asked, settings):
    settings.FIELD_KEYS = ["b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="]
    assert sessions.SessionStore(Session.objects.get().session_key).load() == {}


def test_five_wrong_codes_and_even_the_right_one_is_refused(asked):
    right = the_code()
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        try_code(asked, wrong)
    try_code(asked, right)
    assert "_auth_user_id" not in asked.session


def test_the_count_does_not_stand_in_the_session(asked):
    """Parallel tries overwrite each other's session; put back to zero, the row still knows."""
    state = {"at": 1.0, "user_id": "1", "resend_count": 0, "email": "a@b.example"}
    assert [accounts.take_try(dict(state)) for _try in range(6)] == [True] * 5 + [False]
    assert SignInTries.objects.get().tries == 5


def test_the_database_itself_knows_no_sixth_try(db):
    SignInTries.objects.create(code_key="k", tries=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignInTries.objects.update(tries=6)


def test_what_is_over_is_forgotten(asked):
    try_code(asked, "000000")
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        accounts.forget_old_tries()
        sessions.clear_expired_sessions()
    assert not SignInTries.objects.exists()
    assert not Session.objects.exists()
