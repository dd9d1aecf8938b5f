"""The speaker to the payment provider keeps to itself: nothing of this machine is written down or sent along."""

import json

import pytest
import stripe
from stripe import _telemetry_id

from config.demo.stripe_client import StandInClient
from donations import stripe_gateway

pytestmark = pytest.mark.django_db


class Listening(StandInClient):
    """The stand-in, which keeps what was sent along with each call."""

    heard: list[dict[str, str]] = []

    def request(self, method, url, headers=None, post_data=None, **_options):
        self.heard.append(dict(headers or {}))
        return super().request(method, url, headers, post_data)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home, and a library that has not looked for its identifier yet."""
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(_telemetry_id, "_loaded", False)
    monkeypatch.setattr(_telemetry_id, "_cached_id", None)
    return tmp_path


def test_a_call_leaves_the_home_empty_and_names_no_machine(home, settings, monkeypatch):
    settings.STRIPE_HTTP_CLIENT = f"{__name__}.Listening"
    monkeypatch.setattr(Listening, "heard", [])
    for _call in range(2):
        with pytest.raises(stripe_gateway.ProviderUnavailable):
            stripe_gateway.fetch_charge("pi_unknown")
    assert list(home.iterdir()) == []
    assert len(Listening.heard) == 2
    for headers in Listening.heard:
        told = json.loads(headers["X-Stripe-Client-User-Agent"])
        assert not {"telemetry_id", "platform"} & set(told)
        assert "X-Stripe-Client-Telemetry" not in headers


def test_the_library_would_write_there_if_it_were_let(home, settings, monkeypatch):
    monkeypatch.setattr(stripe, "enable_telemetry", True)
    with pytest.raises(stripe_gateway.ProviderUnavailable):
        stripe_gateway.fetch_charge("pi_unknown")
    assert [path.name for path in home.rglob("telemetry_id")] == ["telemetry_id"]
