"""Tests: fixed keys that protect nothing, files in memory, tasks and mails as rows exactly as in production."""

import os

os.environ["DEMO"] = os.environ.get("TEST_DEMO", "1")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, STORAGES

SECRET_KEY = "tests-only"  # noqa: S105
FIELD_KEYS = ["dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="]
BLIND_INDEX_KEY = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
STRIPE_SECRET_KEY = ""
STRIPE_WEBHOOK_SECRET = "whsec_tests_only"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
STORAGES = {
    **STORAGES,
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = BASE_DIR / "config" / "static"  # nothing is gathered for a test, and the folder must be there
