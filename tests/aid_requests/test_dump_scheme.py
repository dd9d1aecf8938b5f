"""`dump_scheme | load_scheme -`: the schedule that comes out is the one that went in."""

import io
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from aid_requests import schemes, sealed
from aid_requests.models import SchemeVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
SLUGS = ("emergency-aid", "mobility-aid")


def text_of(slug: str) -> str:
    return (settings.BASE_DIR / "aid_requests" / "schedules" / f"{slug}.yaml").read_text(encoding="utf-8")


def dump(*args: object) -> str:
    out = StringIO()
    call_command("dump_scheme", *map(str, args), stdout=out)
    return out.getvalue()


@pytest.fixture
def load(monkeypatch):
    """Loads a text as the standard input would bring it."""

    def read(text: str | bytes) -> str:
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))
        out = StringIO()
        call_command("load_scheme", "-", "--json", stdout=out)
        return out.getvalue()

    return read


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_dumped_reads_back_as_the_same_scheme(load, slug):
    load(text_of(slug))
    written = dump(slug)
    assert schemes.load(written) == schemes.load(text_of(slug))
    assert schemes.dump(schemes.load(written)) == written


@pytest.mark.parametrize("slug", SLUGS)
def test_loading_the_dump_changes_nothing_in_the_database(load, slug):
    load(text_of(slug))
    before = SchemeVersion.objects.get()
    assert '"opened": false' in load(dump(slug))
    assert SchemeVersion.objects.get() == before


@pytest.mark.parametrize("slug", SLUGS)
def test_a_former_version_comes_back_through_the_database_as_it_was(load, slug):
    load(text_of(slug))
    load(text_of(slug).replace("days_to_payment: 6", "days_to_payment: 8").replace("votes: 2", "votes: 3"))
    load(dump(slug, "--version", 1))
    first, second, third = SchemeVersion.objects.order_by("number")
    assert first.definition_hash == third.definition_hash != second.definition_hash
    assert sealed.scheme_of(first) == sealed.scheme_of(third)
    assert [version.state for version in (first, second, third)] == ["closed", "closed", "open"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["nothing"], "Aucun dispositif ouvert ne s’appelle «\u00a0nothing\u00a0»."),
        (["emergency-aid", "--version", "9"], "n’a pas de version 9"),
        (["\udcff"], "lisible"),
    ],
)
def test_what_is_not_there_is_a_sentence_and_status_one(load, args, words):
    load(text_of("emergency-aid"))
    with pytest.raises(CommandError, match=words) as caught:
        dump(*args)
    assert caught.value.returncode == 1


def test_an_input_that_is_no_text_is_told(load):
    with pytest.raises(CommandError, match="ne peut pas être lu") as caught:
        load(b"\xff\xfe\x00")
    assert caught.value.returncode == 1
