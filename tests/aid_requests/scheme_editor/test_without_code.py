"""An administrator enters whole schemes by forms alone; what opens is the schedule as it was written elsewhere."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from aid_requests import schemes
from aid_requests.models import SchemeVersion
from aid_requests.schemes.writing import to_plain
from tests.aid_requests.scheme_editor.driver import Driver

pytestmark = pytest.mark.pages

FOLDERS = (
    settings.BASE_DIR / "aid_requests" / "schedules",
    settings.BASE_DIR / "tests" / "stories" / "schemes",
)
EVERY_FEATURE = Path(__file__).parent / "every_feature.yaml"
SCHEDULES = [EVERY_FEATURE, *sorted(path for folder in FOLDERS for path in folder.glob("*.yaml"))]


@pytest.mark.parametrize("path", SCHEDULES, ids=lambda path: path.stem)
def test_a_whole_scheme_is_entered_without_a_line_of_code(path: Path, foundation, people, client_of):
    meant = schemes.load(path.read_text(encoding="utf-8"))
    driver = Driver(client_of(people.administrator))
    draft = driver.build(to_plain(meant))
    written = schemes.load(schemes.writing.dump_plain(draft.tree))
    assert written == meant
    opening = driver.client.post(
        reverse("open_scheme_draft", args=[draft.token]), {"revision": draft.revision, "read_again": "on"}
    )
    assert opening.status_code == 302
    version = SchemeVersion.objects.get(scheme__slug=meant.slug, state="open")
    assert version.definition_hash == schemes.definition_hash(meant)
