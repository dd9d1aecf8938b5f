"""What a draft would have cost on the files of the past: totals and case codes, never a name, a story or an answer."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aid_requests.actions.scheme_replay import past_files, replay_draft
from aid_requests.scheme_editor.examination import examine
from aid_requests.schemes import Scheme
from aid_requests.schemes.replay import CaseReplay
from aid_requests.views.actor import actor
from aid_requests.views.scheme_draft import frame, live_draft
from fund.models.people import Role
from fund.roles import for_roles


@dataclass(frozen=True)
class CaseLine:
    title: str
    case: CaseReplay

    @property
    def difference_cents(self) -> int:
        return self.case.new_cents - self.case.old_cents


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def replay_scheme_draft(request: HttpRequest, token: UUID) -> HttpResponse:
    """Says what a replay is; when asked, does it and shows the difference in euros."""
    draft = live_draft(token)
    language = get_language() or "fr"
    examined = examine(draft.tree, language)
    context = {**frame(draft, examined), "number": past_files(draft).count()}
    if request.method == "POST":
        cost = replay_draft(by=actor(request), draft=draft)
        context |= {
            "cost": cost,
            "lines": [
                CaseLine(_case_title(examined.scheme, one.code, language), one)
                for one in cost.replayed.by_case
            ],
        }
    return render(request, "aid_requests/scheme_replay.html", context)


def _case_title(scheme: Scheme | None, code: str, language: str) -> str:
    """The draft's name of a case; "" is what it would have refused."""
    if not code:
        return _("Ne recevraient rien")
    found = [one.label.in_language(language) for one in (scheme.cases if scheme else ()) if one.code == code]
    return found[0] if found else code
