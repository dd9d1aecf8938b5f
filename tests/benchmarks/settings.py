"""The tests' settings without the demo, and beside our pages the plain view that ours is measured against."""

import os

os.environ["TEST_DEMO"] = "0"

from config.settings.test import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
