"""The pages of the committee's rules, for the sweep over all addresses: a version that opened, and who reads it."""

from typing import Any

from aid_requests.actions.committee_rules import open_rules_draft, save_rules_draft
from fund.models import User
from tests.aid_requests.committee.rules.test_reading import WRITING

READERS = {"administrator", "auditor", "member1", "member2", "member3", "chair"}
WRITERS = {"administrator"}
MATRIX: dict[str, set[str] | None] = {
    "committee_rules": READERS,
    "committee_rules_yaml": READERS,
    "committee_rules_draft": WRITERS,
    "upload_committee_rules": WRITERS,
    "open_committee_rules": WRITERS,
}
POST_ONLY = {"upload_committee_rules", "open_committee_rules"}
OBJECT_OF = {"committee_rules_yaml": "committee_rules"}


def addresses(administrator: User) -> dict[str, dict[str, Any]]:
    draft = save_rules_draft(by=administrator, text=WRITING, revision=0)
    version = open_rules_draft(by=administrator, revision=draft.revision, replaces=None)
    return {"committee_rules": {"number": version.number}}
