"""Production: everything secret comes from the environment; a missing key stops the start with its name."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import BLIND_INDEX_KEY, DEMO, FIELD_KEYS, SECRET_KEY, TRUSTED_PROXIES, env

for _name, _value in (
    ("SECRET_KEY", SECRET_KEY),
    ("FIELD_KEYS", FIELD_KEYS),
    ("BLIND_INDEX_KEY", BLIND_INDEX_KEY),
):
    if not _value:
        raise ImproperlyConfigured(f"{_name} is missing from the environment.")
if DEMO:
    raise ImproperlyConfigured(
        "DEMO=1 and the production settings exclude each other: fake money is not real."
    )

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
if TRUSTED_PROXIES:  # else anybody could say by a header that the connection was safe
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
# The prefix makes browsers refuse the cookie unless it is secure, for this host alone and the whole of it.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
