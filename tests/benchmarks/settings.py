"""The tests' settings without the demo, and beside our pages the plain views that ours are measured against."""

import os

os.environ["TEST_DEMO"] = "0"

from config.settings.test import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
# Counted as in life, refused to nobody: one machine plays all visitors.
POST_LIMITS = {**POST_LIMITS, "eligibility": {"address": (10**9, 10)}, "bare": {"address": (10**9, 10)}}  # noqa: F405
