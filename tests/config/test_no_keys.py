"""« No keys »: the demo's fake money can never pass for real, clause by clause."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

PROBE = """
import json, django
django.setup()
from django.conf import settings
from django.core.checks import run_checks
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from donations import stripe_gateway

def found(path):
    try:
        return resolve(path).view_name
    except Resolver404:
        return None

refusal = stripe_gateway.giving_is_open()
print(json.dumps({
    "demo_page": found("/demo/"), "become": found("/demo/devenir/1/"), "mailbox": found("/demo/courrier/"),
    "bank": found("/demo/banque/"),
    "demo_app": "config.demo" in settings.INSTALLED_APPS,
    "mail": settings.EMAIL_BACKEND,
    "closed": None if refusal is None else str(refusal),
    "deploy": sorted(error.id for error in run_checks(include_deployment_checks=True) if error.id.startswith("fund.")),
    "pay_origins": settings.PAY_ORIGINS,
    "http_client": getattr(settings, "STRIPE_HTTP_CLIENT", ""),
}))
"""


def facts(**environment: str) -> dict:
    """What a fresh process with this environment believes."""
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PYTHONPATH")
    }
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBE],
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONIOENCODING": "utf-8",
            **environment,
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def without_demo() -> dict:
    return facts(TEST_DEMO="0")


def test_no_page_of_the_demo_exists_when_demo_is_off(without_demo):
    assert [without_demo[page] for page in ("demo_page", "become", "mailbox", "bank")] == [None] * 4
    assert without_demo["demo_app"] is False


def test_giving_is_closed_without_demo_and_without_a_key(without_demo):
    assert without_demo["closed"]
    assert "fund.E001" in without_demo["deploy"]
    assert "fund.E002" not in without_demo["deploy"], "the test settings have a webhook secret"


def test_nothing_of_the_stand_in_is_reachable_when_demo_is_off(without_demo):
    assert without_demo["http_client"] == ""
    assert without_demo["pay_origins"] == ["https://checkout.stripe.com", "https://billing.stripe.com"]
    assert "demo" not in without_demo["mail"]


def test_the_demo_is_open_without_any_key_and_is_no_deployment():
    with_demo = facts(TEST_DEMO="1")
    assert with_demo["demo_page"] == "demo"
    assert with_demo["closed"] is None
    assert "fund.E003" in with_demo["deploy"]
    assert with_demo["mail"] == "config.demo.mailbox.MailboxBackend"
    assert all(origin.startswith("http://127.0.0.1:") for origin in with_demo["pay_origins"])


def test_the_pay_page_is_a_second_origin():
    assert settings.PAY_PAGE_URL != settings.SITE_URL
    assert settings.PAY_PAGE_URL in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]


@pytest.mark.parametrize("variable", ["SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"])
def test_production_does_not_start_without_a_key(variable):
    environment = {"SECRET_KEY": "x" * 60, "FIELD_KEYS": "k", "BLIND_INDEX_KEY": "k"} | {variable: ""}
    assert variable in failure_of_production(**environment)


def test_production_and_demo_exclude_each_other():
    assert "DEMO=1" in failure_of_production(
        SECRET_KEY="x" * 60, FIELD_KEYS="k", BLIND_INDEX_KEY="k", DEMO="1"
    )


def failure_of_production(**environment: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", "import config.settings.production"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode != 0
    return run.stderr
