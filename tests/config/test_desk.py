"""The desk: what waits for a person, where things stand, what that person did last."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from config.desk import greeting, history_of, tasks_for
from fund import clock
from fund.models.people import Role
from fund.roles import roles_of
from fund.treasury import batches
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.conftest import committee, file_of  # noqa: F401 - fixtures
from tests.fund.treasury.conftest import order_of, treasury  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
