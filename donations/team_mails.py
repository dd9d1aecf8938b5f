"""Mails to whoever made a team page, once per decision. What was decided stands behind the link."""

from django.conf import settings
from django.urls import reverse

from donations.models import Team, TeamText
from fund import mail


def tell_decision(team: Team) -> None:
    """The page was shown or taken away."""
    when = team.decided_at.isoformat() if team.decided_at else ""
    _write(team, f"team:{team.pk}:{team.state}:{when}")


def tell_text(text: TeamText) -> None:
    """New words were read."""
    _write(text.team, f"team-text:{text.pk}:{text.state}")


def _write(team: Team, key: str) -> None:
    maker = team.made_by
    link = settings.SITE_URL + reverse("change_team", args=[team.slug])
    mail.send_mail(
        key=key, to=maker.email, template="team_read", language=maker.language, context={"link": link}
    )
