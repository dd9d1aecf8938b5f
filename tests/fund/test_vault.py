"""The vault fails loudly: a wrong key is an error, never a value; an erased person is unreadable everywhere."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from fund import after_migration, installation, vault
from fund.models import Installation, SubjectKey


def test_what_is_sealed_opens_and_does_not_show(db):
    sealed = vault.seal_text("FR76 3000 6000 0112 3456 7890 189")
    assert "3000" not in sealed
    assert vault.open_text(sealed) == "FR76 3000 6000 0112 3456 7890 189"


def test_a_wrong_key_raises_instead_of_returning_the_ciphertext(db, settings):
    sealed = vault.seal_text("secret")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(vault.VaultError):
        vault.open_text(sealed)


def test_an_old_key_still_reads_and_the_first_one_writes(db, settings):
    sealed = vault.seal_text("secret")
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    assert vault.open_text(sealed) == "secret"
    assert Fernet(new.encode()).decrypt(vault.seal_bytes(b"x")) == b"x"


def test_one_persons_key_does_not_open_anothers_data(db):
    one, other = vault.make_subject_key("applicant"), vault.make_subject_key("applicant")
    sealed = vault.seal_text_for(one, "secret")
    with pytest.raises(vault.VaultError):
        vault.open_text_for(other, sealed)


def test_erasing_a_person_makes_every_row_unreadable(db):
    key = vault.make_subject_key("applicant")
    sealed = vault.seal_json_for(key, {"name": "secret"})
    vault.erase_subject(key)
    with pytest.raises(vault.Erased):
        vault.open_json_for(SubjectKey.objects.get(), sealed)


def test_equal_values_meet_and_purposes_do_not(db, settings):
    assert vault.blind_index("iban", "FR76") == vault.blind_index("iban", "FR76")
    assert vault.blind_index("iban", "FR76") != vault.blind_index("email", "FR76")
    before = vault.blind_index("iban", "FR76")
    settings.BLIND_INDEX_KEY = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="
    assert vault.blind_index("iban", "FR76") != before


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0"])
def test_blank_values_never_look_alike(blank):
    with pytest.raises(ValueError, match="blank"):
        vault.blind_index("iban", blank)


def test_no_keys_is_a_refusal(settings, db):
    settings.FIELD_KEYS = []
    with pytest.raises(ImproperlyConfigured):
        vault.seal_text("x")
    settings.BLIND_INDEX_KEY = ""
    with pytest.raises(ImproperlyConfigured):
        vault.blind_index("iban", "x")


class TestWrongStart:
    """Each clause of « no keys »: fake money can never pass for real."""

    def test_a_database_of_demo_rows_does_not_start_without_demo(self, db, settings):
        installation.mark_installation(is_demo=True)
        settings.DEMO = False
        with pytest.raises(installation.WrongStart, match="demo rows"):
            installation.refuse_wrong_start()

    def test_a_real_database_does_not_start_as_a_demo(self, db, settings):
        installation.mark_installation(is_demo=False)
        settings.DEMO = True
        with pytest.raises(installation.WrongStart, match="real rows"):
            installation.refuse_wrong_start()

    def test_a_real_database_is_marked_with_its_keys_when_it_is_made(self, db, settings):
        settings.DEMO = False
        after_migration.complete(connection)
        assert Installation.objects.get().is_demo is False
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(installation.WrongStart, match="FIELD_KEYS"):
            installation.refuse_wrong_start()

    def test_other_field_keys_do_not_start(self, db, settings):
        installation.mark_installation(is_demo=True)
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(installation.WrongStart, match="FIELD_KEYS"):
            installation.refuse_wrong_start()

    def test_another_blind_index_key_does_not_start(self, db, settings):
        installation.mark_installation(is_demo=True)
        settings.BLIND_INDEX_KEY = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="
        with pytest.raises(installation.WrongStart, match="BLIND_INDEX_KEY"):
            installation.refuse_wrong_start()

    def test_a_live_key_next_to_the_demo_does_not_start(self, db, settings):
        settings.STRIPE_SECRET_KEY = "sk_live_x"
        with pytest.raises(installation.WrongStart, match="live Stripe key"):
            installation.refuse_wrong_start()

    def test_the_right_database_starts_and_sets_the_clock(self, db):
        installation.mark_installation(is_demo=True)
        installation.refuse_wrong_start()
        assert Installation.objects.get().is_demo
