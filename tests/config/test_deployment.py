"""`check --deploy` is silent for a server that is set up well, and names what is wrong with one that is not."""

import subprocess

import pytest
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.test import Client

from tests.checks import MANAGE, ROOT, production_environment

KEY_OF_ZEROS = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
KEY_OF_WORDS = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
PRODUCTION = """
import django; django.setup()
from django.conf import settings
from django.core.checks import Tags, run_checks
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SECURE_PROXY_SSL_HEADER)
"""


def run(folder, *arguments: str, **environment: str) -> tuple[int, str]:
    """(status, all that was written) of a fresh process with production settings, changed by `environment`."""
    done = subprocess.run(
        [*arguments],
        cwd=ROOT,
        env={**production_environment(str(folder)), "PYTHONWARNINGS": "ignore", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def check(folder, **environment: str) -> tuple[int, str]:
    return run(folder, *MANAGE, "check", "--deploy", "--fail-level", "WARNING", **environment)


def test_a_server_that_is_set_up_well_passes_without_a_warning(tmp_path):
    status, told = check(tmp_path)
    assert status == 0, told
    assert "no issues (0 silenced)" in told


@pytest.fixture
def well_set(settings):
    """The settings of this process as a good server would have them."""
    keys = production_environment("")
    settings.DEMO, settings.SITE_URL = False, keys["SITE_URL"]
    settings.ALLOWED_HOSTS, settings.TRUSTED_PROXIES = (
        [keys["ALLOWED_HOSTS"]],
        ["127.0.0.1", "10.0.0.0/8", "unix"],
    )
    settings.SECRET_KEY, settings.FIELD_KEYS = keys["SECRET_KEY"], [keys["FIELD_KEYS"]]
    settings.BLIND_INDEX_KEY, settings.STRIPE_SECRET_KEY = keys["BLIND_INDEX_KEY"], keys["STRIPE_SECRET_KEY"]
    settings.STRIPE_WEBHOOK_SECRET = keys["STRIPE_WEBHOOK_SECRET"]
    return settings


def found() -> list[str]:
    checks = run_checks(tags=[Tags.security], include_deployment_checks=True)
    return [str(error.id) for error in checks if str(error.id).startswith("fund.")]


def test_our_own_checks_find_nothing_on_a_good_server(well_set):
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEMO", True, "fund.E003"),
        ("SITE_URL", "http://solidarite.example.org", "fund.E007"),
        ("SITE_URL", "https://", "fund.E007"),
        ("ALLOWED_HOSTS", ["*"], "fund.E008"),
        ("ALLOWED_HOSTS", ["other.example.org"], "fund.E008"),
        ("TRUSTED_PROXIES", ["0.0.0.0/0"], "fund.E009"),
        ("TRUSTED_PROXIES", ["everybody"], "fund.E009"),
        ("FIELD_KEYS", [KEY_OF_ZEROS], "fund.E005"),
        ("FIELD_KEYS", [], "fund.E004"),
        ("BLIND_INDEX_KEY", KEY_OF_WORDS, "fund.E005"),
        ("STRIPE_SECRET_KEY", "", "fund.E001"),
        ("MIDDLEWARE", [], "fund.E010"),
    ],
)
def test_what_is_wrong_is_named(well_set, name, value, code):
    setattr(well_set, name, value)
    assert code in found()


def test_one_key_for_everything_is_refused(well_set):
    well_set.BLIND_INDEX_KEY = well_set.FIELD_KEYS[0]
    assert found() == ["fund.E006"]


def test_the_demo_never_runs_with_the_production_settings(tmp_path):
    status, told = check(tmp_path, DEMO="1")
    assert status == 1 and "DEMO=1" in told


def test_cookies_are_bound_to_the_host_and_a_proxys_word_needs_a_known_proxy(tmp_path):
    python = MANAGE[0]
    _status, told = run(tmp_path, python, "-c", PRODUCTION)
    assert told.split() == ["__Host-sessionid", "__Host-csrftoken", "None"]
    _status, told = run(tmp_path, python, "-c", PRODUCTION, TRUSTED_PROXIES="127.0.0.1")
    assert "HTTP_X_FORWARDED_PROTO" in told


def test_every_answer_carries_the_headers(db):
    answer = Client().get("/compte/connexion/")
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.cookies[settings.CSRF_COOKIE_NAME]["httponly"]
