"""A test that commits leaves the database as it was made: rows, permissions, accounts, triggers (tests/as_made.py)."""

from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection

from fund import guards
from fund.models import Account, AuditEvent, Movement, Pocket, User
from tests.conftest import make_user
from tests.fund.seal_attacks import add_rows, rights_of_the_owner


def began_with() -> tuple[list, list]:
    return (
        list(Permission.objects.order_by("pk").values_list()),
        list(Account.objects.order_by("pk").values_list()),
    )


def is_empty() -> bool:
    return not any(model.objects.exists() for model in (Movement, AuditEvent, Pocket, User))


def test_what_a_test_wrote_is_gone_and_what_the_database_began_with_is_there(
    transactional_db, django_db_setup, pocket
):
    before = began_with()
    assert all(before)
    add_rows(pocket, "first")
    make_user("somebody")
    Permission.objects.latest("pk").delete()
    cache.set("counted", 1)
    with rights_of_the_owner():
        Account.objects.latest("pk").delete()
    Account.objects.update(label="changed")
    assert not is_empty() and began_with() != before
    django_db_setup()
    assert is_empty() and began_with() == before
    assert cache.get("counted") is None


def test_a_trigger_that_a_test_took_away_is_there_again(transactional_db, django_db_setup):
    guards.remove(connection)
    assert guards.missing(connection)
    django_db_setup()
    assert guards.missing(connection) == []


def test_a_trigger_that_a_test_switched_off_or_changed_is_there_again(transactional_db, django_db_setup):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE fund_movement DISABLE TRIGGER fund_movement_append_only")
        else:
            cursor.execute("DROP TRIGGER fund_movement_no_update")
            cursor.execute(
                "CREATE TRIGGER fund_movement_no_update AFTER UPDATE ON fund_movement BEGIN SELECT 1; END"
            )
    assert guards.missing(connection)
    django_db_setup()
    assert guards.missing(connection) == []
