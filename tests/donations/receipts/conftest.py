"""A foundation that may give receipts."""

from types import SimpleNamespace

import pytest

from fund.models import Foundation, LegalBasis
from tests.donations.receipts.factories import allow_receipts


@pytest.fixture
def basis(foundation: Foundation, people: SimpleNamespace) -> LegalBasis:
    return allow_receipts(people.administrator)
