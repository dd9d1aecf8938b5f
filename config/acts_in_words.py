"""What people of the staff did, as the desk tells it to them: in words, never about whom."""

from django.utils.translation import gettext_lazy

from aid_requests import (
    advance_tasks,
    call_back_tasks,
    look_alike_tasks,
    register_tasks,
    second_look_tasks,
    sitting_tasks,
)
from aid_requests.actions.certification import NOT_FOUND
from donations import outside_tasks

# What the audit trail calls an act, as the person who did it reads it. An act that is not here is not shown.
ACTS = {
    "vote.cast": gettext_lazy("Vous avez voté sur un dossier"),
    "paper.accepted": gettext_lazy("Vous avez accepté une pièce attendue"),
    "paper.returned": gettext_lazy("Vous avez demandé une autre pièce"),
    "waiting_list.served": gettext_lazy("Vous avez servi la liste d’attente"),
    "request.recused": gettext_lazy("Vous vous êtes déporté·e d’un dossier"),
    "vote_batch.opened": gettext_lazy("Vous avez confirmé un même vote sur plusieurs dossiers"),
    "request.unmasked": gettext_lazy("Vous avez levé le voile d’un dossier"),
    "document.read": gettext_lazy("Vous avez ouvert une pièce"),
    "correction.asked": gettext_lazy("Vous avez demandé une correction"),
    "correction.cancelled": gettext_lazy("Vous avez levé une correction"),
    "message.sent": gettext_lazy("Vous avez écrit à un·e étudiant·e"),
    "request.certified": gettext_lazy("Vous avez confirmé une inscription"),
    NOT_FOUND: gettext_lazy("Vous avez noté une personne introuvable"),
    "batch.prepared": gettext_lazy("Vous avez préparé un lot de virements"),
    "batch.signed": gettext_lazy("Vous avez signé un lot de virements"),
    "batch.cancelled": gettext_lazy("Vous avez défait un lot de virements"),
    "batch.downloaded": gettext_lazy("Vous avez téléchargé le fichier d’un lot"),
    "refund.ordered": gettext_lazy("Vous avez demandé un remboursement"),
    "giver.read": gettext_lazy("Vous avez regardé qui a donné"),
    "gifts.exported": gettext_lazy("Vous avez emporté un tableau des dons"),
    "statement.imported": gettext_lazy("Vous avez importé un relevé"),
    "words.approve": gettext_lazy("Vous avez publié les mots d’un donateur"),
    "words.hide": gettext_lazy("Vous avez masqué les mots d’un donateur"),
    "team.open": gettext_lazy("Vous avez publié une page d’équipe"),
    "team.hide": gettext_lazy("Vous avez masqué une page d’équipe"),
    "offer.recorded": gettext_lazy("Vous avez saisi un abondement"),
    "offer.confirmed": gettext_lazy("Vous avez confirmé un abondement"),
    "publication.drafted": gettext_lazy("Vous avez préparé une publication"),
    "publication.redrafted": gettext_lazy("Vous avez refait un brouillon"),
    "publication.dropped": gettext_lazy("Vous avez abandonné un brouillon"),
    "publication.released": gettext_lazy("Vous avez fait paraître une publication"),
    "scheme.opened": gettext_lazy("Vous avez ouvert un barème"),
    "committee_rules.saved": gettext_lazy("Vous avez changé un brouillon de règlement"),
    "committee_rules.opened": gettext_lazy("Vous avez ouvert le règlement du comité"),
    "scheme_draft.started": gettext_lazy("Vous avez commencé un brouillon de barème"),
    "scheme_draft.discarded": gettext_lazy("Vous avez abandonné un brouillon de barème"),
    "giving.set": gettext_lazy("Vous avez changé les réglages des dons"),
    "card_alert.seen": gettext_lazy("Vous avez regardé une alerte sur les cartes"),
    "second_factor.reset": gettext_lazy("Vous avez levé le second facteur d’une personne"),
    **outside_tasks.ACTS,
    **call_back_tasks.ACTS,
    **look_alike_tasks.ACTS,
    **second_look_tasks.ACTS,
    **advance_tasks.ACTS,
    **sitting_tasks.ACTS,
    **register_tasks.ACTS,
}
