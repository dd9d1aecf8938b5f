"""Settings shared by every way of running; dev, test and production only override."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

SECRET_KEY = env.str("SECRET_KEY", default="")
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY", default="")
DEMO = env.bool("DEMO", default=False)
PORT = env.int("PORT", default=8000)
DEBUG = False

# Where the application answers; the demo only ever listens on this machine.
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}")
PAY_PAGE_URL = f"http://127.0.0.1:{PORT + 1}"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
if DEMO:
    STRIPE_HTTP_CLIENT = "config.demo.stripe_client.StandInClient"  # the provider played on this machine

# What one gift may be, in cents: less costs more in fees than it brings, more asks for a talk first.
GIFT_MIN_CENTS = env.int("GIFT_MIN_CENTS", default=100)
GIFT_MAX_CENTS = env.int("GIFT_MAX_CENTS", default=2_000_000)
# How long an announced transfer is awaited; money that comes later still finds its promise.
EXPECTED_TRANSFER_DAYS = env.int("EXPECTED_TRANSFER_DAYS", default=60)

# Figures about aid are released only when they, and what changed in them, stand for at least so many students.
DISCLOSURE_MIN = 5
# What the people of an invitation list did is told to their school, in steps of DISCLOSURE_MIN, from so many people on.
INVITATION_COUNTS_FROM = 10

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "fund",
    "donations",
    "aid_requests",
    "reports",
    "config",
]
if DEMO:
    INSTALLED_APPS.append("config.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.headers.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fund.http.PrivateByDefaultMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fund.limits.PostLimitsMiddleware",
    "fund.staff_sessions.StaffSessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "fund.http.ReadOnlyGetMiddleware",
    "fund.http.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["fund.templatetags.fund_format"],
        },
    },
]

# Not by way of a URL: the folder's name may hold a "+" or a "%".
EMBEDDED = {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "fund.sqlite3"}
_named = env("DATABASE_URL", default="")
DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL") if _named else EMBEDDED}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at BEGIN: two writers queue instead of failing with "database is locked".
    # synchronous=FULL: what was answered as saved survives a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # Django's statements are many: with the 128 of the default they are parsed again and again.
        "cached_statements": 1000,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA recursive_triggers=ON;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Opening a connection costs the server more than a whole event of the payment provider: it outlives the request.
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "fund.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, str]] = []  # nobody has a password: one signs in by a code
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "fund.accounts.AccountAdapter"
ACCOUNT_FORMS = {"request_login_code": "fund.accounts.SignInForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's address is never written to (failure 11)
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "request_login_code": None,  # counted by POST_LIMITS, where rivals cannot overwrite each other's count
    "login": "30/m/ip",
    "login_failed": "30/m/ip,5/15m/key",
}
# A school's single sign-on (OpenID Connect), off while OIDC_ISSUER is empty (fund/oidc.py). OIDC_ORIGINS: where its
# sign-in pages stand, when that is not the issuer's own origin: a browser asks before it follows a form there.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="")
_issuer = urlsplit(OIDC_ISSUER)
OIDC_ORIGINS: list[str] = env.list("OIDC_ORIGINS", default=[])
if OIDC_ISSUER:
    OIDC_ORIGINS = [f"{_issuer.scheme}://{_issuer.netloc}", *OIDC_ORIGINS]
# Whoever holds a role proves a second factor too (fund/second_factor.py).
MFA_ADAPTER = "fund.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "fund.second_factor_forms.SignInCodeForm",
    "reauthenticate": "fund.second_factor_forms.ConfirmCodeForm",
    "activate_totp": "fund.second_factor_forms.NewAppForm",
    "add_webauthn": "fund.second_factor_forms.NewKeyForm",
}
MFA_TOTP_TOLERANCE = 1  # thirty seconds either way, for a telephone whose clock is off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # one signs in by a code sent to that address: it is verified each time
SESSION_ENGINE = "fund.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# Texts, time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
FORMAT_MODULE_PATH = "config.formats"

# Files --------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
PRIVATE_ROOT = VAR_DIR / "private"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DOCUMENT_MAX_BYTES = 8 * 1024 * 1024
# An antivirus for the papers students send: the path of clamd's socket, or host:port; empty: none.
CLAMD = env.str("CLAMD", default="")
STATEMENT_MAX_BYTES = 20 * 1024 * 1024
REGISTER_MAX_BYTES = 20 * 1024 * 1024
# A file that waits for the same person longer than this many days stands first in the lists.
STALLED_DAYS = env.int("STALLED_DAYS", default=7)
# After how many days a student is told again, three times at most, that a correction is waited for.
CORRECTION_REMINDER_DAYS = env.int("CORRECTION_REMINDER_DAYS", default=7)
# « Rappelez-moi »: working days within which a call is promised, days after which an ended one is forgotten, and how
# often one number may be typed from one address, as (most, within minutes).
CALL_BACK_WORKING_DAYS = env.int("CALL_BACK_WORKING_DAYS", default=2)
CALL_BACK_KEPT_DAYS = env.int("CALL_BACK_KEPT_DAYS", default=30)
CALL_BACK_PHONE_LIMIT: tuple[int, int] = (5, 60)
# How many days a request typed with somebody waits to be taken over by that person.
TYPED_REQUEST_DAYS = env.int("TYPED_REQUEST_DAYS", default=30)
# How many days after its decision an aid waits at most for a national referent to look at « the same person twice ».
LOOK_ALIKE_HOLD_DAYS = env.int("LOOK_ALIKE_HOLD_DAYS", default=5)
# The second look before payment: one grant in so many (0: none), among those of more than so many cents. A change
# counts from the first month that is not promised yet.
SECOND_LOOK_ONE_IN = env.int("SECOND_LOOK_ONE_IN", default=10)
SECOND_LOOK_FROM_CENTS = env.int("SECOND_LOOK_FROM_CENTS", default=30_000)
# How many days a student has to bring the paper to which an aid is subject, and after how many days a file that the
# committee put off is read again.
CONDITION_DAYS = env.int("CONDITION_DAYS", default=30)
ADJOURNED_DAYS = env.int("ADJOURNED_DAYS", default=14)
# How many days a legal representative's link is good for.
REPRESENTATIVE_LINK_DAYS = env.int("REPRESENTATIVE_LINK_DAYS", default=14)

# Mail ---------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="cagnotte@solidarite.invalid")
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
if DEMO:
    EMAIL_BACKEND = "config.demo.mailbox.MailboxBackend"  # nothing of the demo leaves the machine

# How often ------------------------------------------------------------------------------------------
# Forms that any stranger can send, or that make us write to somebody: name of the address → by what → (how often,
# within how many minutes). "address" is the sender's on the network, where a whole campus may share one; "email" is
# the one typed from such an address, "valid_email" the same counted by the view, once the form is right.
POST_LIMITS: dict[str, dict[str, tuple[int, int]]] = {
    "give": {"address": (60, 10), "valid_email": (10, 60)},
    "pay_again": {"address": (60, 10)},
    "announce_transfer": {"address": (60, 10), "valid_email": (10, 60)},
    "monthly_link": {"address": (60, 10), "email": (5, 10)},
    "monthly_page": {"address": (60, 10)},
    "monthly_card": {"address": (60, 10)},
    "stop_news": {"address": (60, 10)},
    "export_my_data": {"person": (10, 60)},
    "erase_me": {"person": (10, 60)},
    "account_login": {"address": (60, 10), "email": (5, 10)},
    "account_request_login_code": {"address": (60, 10), "email": (5, 10)},
    "account_signup": {"address": (60, 10), "email": (5, 10)},
    "account_confirm_login_code": {"address": (120, 10)},
    "oidc_begin": {"address": (60, 10)},
    "oidc_sign_in": {"address": (60, 10)},
    "mfa_authenticate": {"address": (60, 10)},
    "eligibility": {"address": (1200, 10)},
    "open_invitation": {"address": (1200, 10)},
    "call_me_back": {"address": (60, 10)},
    "represent": {"address": (60, 10)},
    "request_representative": {"person": (20, 60)},
    "type_scheme_request": {"person": (120, 60)},
    "set_display": {"address": (300, 10)},
    "account_logout": {"address": (300, 10)},
    "request_declare": {"person": (30, 15)},
    "keep_step": {"person": (900, 15)},
    "my_address": {"person": (30, 15)},
    "propose_team": {"person": (10, 60)},
    "change_team": {"person": (20, 60)},
    "request_other_account": {"person": (30, 15)},
}
# How many pay pages may be opened, as (most, within minutes): what a gift's form asks for after it was found right.
PAY_PAGE_LIMITS: dict[str, tuple[int, int]] = {
    "address": (180, 60),
    "browser": (15, 60),
    "email": (20, 60),
    "gift": (6, 60),
}
# Networks of our own proxies, whose X-Forwarded-For is believed ("unix": a local socket). Empty: REMOTE_ADDR counts.
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])

# Security -----------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A form that redirects to the pay page needs that origin here: browsers check the redirect's target too.
PAY_ORIGINS = [PAY_PAGE_URL] if DEMO else ["https://checkout.stripe.com", "https://billing.stripe.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *PAY_ORIGINS, *OIDC_ORIGINS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_keys": {"()": "fund.log_lines.WithoutKeys"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_keys"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("stripe", "django_tasks", "django_tasks_db")},
        "PIL": {"level": "WARNING"},  # below, it tells what a photo's metadata hold
        "pypdf": {"level": "CRITICAL"},  # it may quote the paper it reads
    },
}
