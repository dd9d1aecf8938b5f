"""Addresses of the committee's pages."""

from django.urls import path

from aid_requests.views import (
    awaited_papers,
    committee,
    committee_rules,
    request_papers,
    signatures,
    unmasking,
    vote_batches,
    waiting_list,
)

urlpatterns = [
    path("comite/", committee.request_queue, name="request_queue"),
    path("comite/reglement/", committee_rules.committee_rules, name="committee_rules"),
    path("comite/reglement/brouillon/", committee_rules.committee_rules_draft, name="committee_rules_draft"),
    path("comite/reglement/fichier/", committee_rules.upload_committee_rules, name="upload_committee_rules"),
    path("comite/reglement/ouvrir/", committee_rules.open_committee_rules, name="open_committee_rules"),
    path(
        "comite/reglement/<int:number>/yaml/",
        committee_rules.committee_rules_yaml,
        name="committee_rules_yaml",
    ),
    path("comite/liste-attente/", waiting_list.waiting_list_page, name="waiting_list"),
    path("comite/liste-attente/servir/", waiting_list.serve_waiting_list, name="serve_waiting_list"),
    path("comite/signatures/", signatures.signature_list, name="signature_list"),
    path("comite/delegation/", signatures.delegation_list, name="delegation_list"),
    path("comite/<uuid:token>/signer/", signatures.sign_decision, name="sign_decision"),
    path("pieces-attendues/", awaited_papers.awaited_papers, name="awaited_papers"),
    path("pieces-attendues/<uuid:token>/", awaited_papers.awaited_page, name="awaited_page"),
    path("pieces-attendues/fichier/<uuid:paper>/", awaited_papers.awaited_file, name="awaited_file"),
    path("pieces-attendues/accepter/<uuid:paper>/", awaited_papers.accept_paper, name="accept_paper"),
    path("pieces-attendues/rendre/<uuid:paper>/", awaited_papers.return_paper, name="return_paper"),
    path("demandes/<uuid:token>/pieces-attendues/", request_papers.request_papers, name="request_papers"),
    path(
        "demandes/<uuid:token>/ajournement/<int:number>/",
        request_papers.adjournment_file,
        name="adjournment_file",
    ),
    path("comite/<uuid:token>/", committee.request_review, name="request_review"),
    path("comite/lot/", vote_batches.list_votes, name="list_votes"),
    path("comite/lot/voter/", vote_batches.cast_votes, name="cast_votes"),
    path("comite/lot/<uuid:token>/", vote_batches.vote_batch, name="vote_batch"),
    path("comite/lot/<uuid:token>/avancement/", vote_batches.vote_batch_state, name="vote_batch_state"),
    path("comite/levees/", unmasking.unmasking_list, name="unmasking_list"),
    path("comite/<uuid:token>/lever-le-voile/", unmasking.unmask, name="unmask"),
    path("comite/<uuid:token>/voter/", committee.cast_vote, name="cast_vote"),
    path("comite/<uuid:token>/deport/", committee.recuse, name="recuse"),
    path("comite/<uuid:token>/pieces/<uuid:document>/", committee.review_document, name="review_document"),
]
