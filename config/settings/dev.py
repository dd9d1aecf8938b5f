"""On one's own machine, as `start.py` runs it: keys from var/keys.env, embedded database, the demo."""

import environ

from config.settings import base

# Before `base` reads the environment would be too late, so the few values it could not know are read again here.
_keys = base.VAR_DIR / "keys.env"
if _keys.exists():
    environ.Env.read_env(str(_keys))  # never overwrites what the environment already says

from config.settings.base import *  # noqa: E402, F403

SECRET_KEY = base.env.str("SECRET_KEY", default="")
FIELD_KEYS = base.env.list("FIELD_KEYS", default=[])
BLIND_INDEX_KEY = base.env.str("BLIND_INDEX_KEY", default="")
STRIPE_WEBHOOK_SECRET = base.env.str("STRIPE_WEBHOOK_SECRET", default="")
