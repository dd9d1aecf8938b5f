"""A draft for the sweep over all addresses, and who opens which of the editor's pages."""

from typing import Any
from uuid import uuid4

from aid_requests.actions.scheme_drafts import start_draft
from aid_requests.scheme_editor.beginnings import starter
from fund.models import User

READERS = {"administrator", "auditor", "member1", "member2", "member3", "chair"}
WRITERS = {"administrator"}
MATRIX: dict[str, set[str] | None] = {
    "scheme_list": READERS,
    "scheme_version": READERS,
    "scheme_version_yaml": READERS,
    "new_scheme_draft": WRITERS,
    "scheme_draft": WRITERS,
    "scheme_section": WRITERS,
    "scheme_item": WRITERS,
    "move_in_scheme": WRITERS,
    "try_scheme_draft": WRITERS,
    "open_scheme_draft": WRITERS,
    "replay_scheme_draft": WRITERS,
    "scheme_draft_yaml": WRITERS,
    "discard_scheme_draft": WRITERS,
    "scheme_version_seen": {"administrator", "auditor"},
}
POST_ONLY = {"move_in_scheme", "discard_scheme_draft", "scheme_version_seen"}
OBJECT_OF = {
    "scheme_version": "scheme_version",
    "scheme_version_yaml": "scheme_version",
    "scheme_version_seen": "scheme_version",
    "scheme_section": "scheme_section",
    "scheme_item": "scheme_item",
    **dict.fromkeys(
        (
            "scheme_draft",
            "move_in_scheme",
            "try_scheme_draft",
            "open_scheme_draft",
            "replay_scheme_draft",
            "scheme_draft_yaml",
            "discard_scheme_draft",
        ),
        "scheme_draft",
    ),
}


def addresses(administrator: User) -> dict[str, dict[str, Any]]:
    """What the addresses name; the emergency aid has its first version already."""
    draft = start_draft(by=administrator, form_token=uuid4(), tree=starter())
    own = {"token": draft.token}
    return {
        "scheme_version": {"slug": "emergency-aid", "number": 1},
        "scheme_draft": own,
        "scheme_section": {**own, "section": "cas"},
        "scheme_item": {**own, "place": "questions.1"},
    }
