"""An administrator writes the next version of an aid and is not finished: `data/mobility-draft.yaml`."""

import uuid

from aid_requests import schemes
from aid_requests.actions.scheme_drafts import save_draft, start_draft
from aid_requests.models import SchemeVersion
from aid_requests.schemes.writing import to_plain
from config.demo.season import data
from config.demo.season.students import MOBILITY
from fund.models import User


def begin(administrator: User) -> None:
    """A copy of the open version, then a zone and a refusal whose English sentence is missing."""
    version = SchemeVersion.objects.get(scheme__slug=MOBILITY)
    tree = to_plain(schemes.load(version.definition))
    token = uuid.uuid5(uuid.NAMESPACE_URL, "demo-mobility-draft")
    draft = start_draft(by=administrator, form_token=token, tree=tree, based_on=version)
    added = data.read("mobility-draft.yaml")
    changed = {**tree, "sets": [added["set"]], "eligibility": [*tree["eligibility"], added["rule"]]}
    save_draft(by=administrator, draft=draft, revision=draft.revision, tree=changed, place="eligibility")
