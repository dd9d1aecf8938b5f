"""The publications of the season: one drafts, another releases."""

from datetime import date

from fund.models import User
from reports.actions import draft_publication, release_publication
from reports.compilation import Wording
from reports.models import Publication

FIRST = Wording(
    title="Les premières aides sont arrivées",
    intro=(
        "Quatre semaines après l’ouverture de la cagnotte, les premières aides de 150\u00a0€ sont sur les comptes des"
        " étudiantes et des étudiants. Elles paient un loyer, des charges ou des repas. Merci à toutes celles et à"
        " tous ceux qui donnent."
    ),
    title_en="The first aids have arrived",
    intro_en=(
        "Four weeks after the fund opened, the first aids of €150 are on the students’ accounts. They pay for rent,"
        " charges or meals. Thank you to everyone who gives."
    ),
)
SECOND = Wording(
    title="Plus de quarante personnes aidées",
    intro=(
        "Les aides d’urgence d’avril sont toutes versées, et les premières aides à la mobilité viennent de partir."
        " Stages rompus, emplois étudiants arrêtés, virements bloqués\u00a0: chaque dossier est lu par deux membres"
        " du comité."
    ),
    title_en="More than forty people helped",
    intro_en=(
        "All emergency aids of April are paid, and the first mobility aids have just left. Internships broken off,"
        " student jobs stopped, transfers blocked: two members of the committee read each file."
    ),
)
THIRD = Wording(
    title="Point d’étape avant l’été",
    intro="La cagnotte reste ouverte jusqu’au 30 juin. Voici les comptes arrêtés à hier.",
    title_en="Where we stand before summer",
    intro_en="The fund stays open until 30 June. Here are the accounts up to yesterday.",
)


def draft(by: User, wording: Wording, up_to: date) -> Publication:
    return draft_publication(by=by, wording=wording, up_to=up_to)


def release_last_draft(by: User) -> None:
    """The last draft as it was read, released by another person than the one who drafted it."""
    publication = Publication.objects.order_by("-pk")[0]
    release_publication(by=by, publication=publication, read_sha256=publication.content_sha256)
