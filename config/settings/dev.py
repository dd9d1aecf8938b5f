"""On one's own machine, as `start.py` runs it: keys from var/keys.env, embedded database, the demo unless DEMO=0."""

import os
from pathlib import Path

import environ

_keys = Path(__file__).resolve().parent.parent.parent / "var" / "keys.env"
if _keys.exists():
    environ.Env.read_env(str(_keys))  # never overwrites what the environment already says
os.environ.setdefault("DEMO", "1")  # start.py's own default: the commands open the database that it made

from config.settings.base import *  # noqa: E402, F403
