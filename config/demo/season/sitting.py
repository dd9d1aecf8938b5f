"""The committee at a table: its first rules, a sitting that puts a file off, and the next one, that of the visitor."""

from collections.abc import Mapping
from datetime import datetime

from aid_requests.actions.committee_rules import national, open_rules_draft, save_rules_draft
from aid_requests.committee import actions
from aid_requests.models import AidRequest, Minutes, Sitting
from aid_requests.models.sittings import Attended, SittingKind
from config.demo import cast
from config.demo.season import data
from fund.models import User

THERE = {cast.SECRETARY: Attended.ROOM, cast.LAST_VOTER: Attended.REMOTE}
PLACE = "Salle du conseil, et visio"


def open_rules(administrator: User) -> None:
    text = (data.FOLDER / "rules.yaml").read_text(encoding="utf-8")
    draft = save_rules_draft(by=administrator, text=text, revision=0)
    open_rules_draft(by=administrator, revision=draft.revision, replaces=None)


class Table:
    """The chair prepares, convenes and presides; the secretary signs the minutes too."""

    def __init__(self, people: Mapping[str, User]) -> None:
        self.people = people
        self.chair, self.secretary = people[cast.CHAIR], people[cast.SECRETARY]

    def convene(self, request: AidRequest, held_at: datetime) -> None:
        """A sitting with this one file on its agenda."""
        sitting = actions.prepare_sitting(
            by=self.chair,
            committee=national(),
            kind=SittingKind.BOTH,
            scheduled_at=held_at,
            place=PLACE,
        )
        actions.add_items(by=self.chair, sitting=sitting, requests=[request])
        actions.convene_sitting(by=self.chair, sitting=sitting, secretary=self.secretary)

    def hold(self) -> None:
        """The first sitting: three who are there would rather know more; the minutes are signed by both."""
        sitting = actions.open_sitting(by=self.chair, sitting=Sitting.objects.earliest("scheduled_at"))
        for email, presence in THERE.items():
            actions.note_presence(
                by=self.chair, sitting=sitting, member=self.people[email], presence=presence
            )
        item = actions.take_item(by=self.chair, item=sitting.items.get())
        for email in (cast.CHAIR, *THERE):
            actions.vote_in_sitting(
                by=self.people[email],
                item=item,
                choice="adjourn",
                revision=item.request.revision,
                reason_code="facts",
            )
        actions.close_item(by=self.chair, item=item)
        actions.close_sitting(by=self.chair, sitting=sitting)
        for user in (self.chair, self.secretary):
            actions.sign_minutes(by=user, minutes=Minutes.objects.get())
