"""Addresses of this app. The fixed ones stand before those that take a name."""

from django.urls import URLPattern, URLResolver, include, path

from aid_requests.views import (
    addresses,
    applicant,
    certification,
    documents,
    eligibility,
    enrolment_proofs,
    files,
    reexamination,
    signing,
    steps,
    typed_steps,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("aide/", eligibility.aid_home, name="aid_home"),
    path("aide/<slug:slug>/", eligibility.eligibility, name="eligibility"),
    path("demandes/", applicant.my_requests, name="my_requests"),
    path("demandes/adresse/", addresses.my_address, name="my_address"),
    path("demandes/nouvelle/<slug:slug>/", applicant.start_request, name="start_request"),
    path("demandes/nouvelle/<slug:slug>/deja/", applicant.another_request, name="another_request"),
    path("demandes/<uuid:token>/", applicant.request_page, name="request_page"),
    path("demandes/<uuid:token>/garder/<slug:step>/", typed_steps.keep_step, name="keep_step"),
    path("demandes/<uuid:token>/vous/", steps.request_you, name="request_you"),
    path("demandes/<uuid:token>/situation/", steps.request_situation, name="request_situation"),
    path("demandes/<uuid:token>/pieces/", documents.request_documents, name="request_documents"),
    path("demandes/<uuid:token>/pieces/<uuid:document>/", files.document_file, name="document_file"),
    path("demandes/<uuid:token>/compte/", steps.request_account, name="request_account"),
    path("demandes/<uuid:token>/declarer/", signing.request_declare, name="request_declare"),
    path("demandes/<uuid:token>/declaration/<int:number>/", files.declaration_file, name="declaration_file"),
    path("demandes/<uuid:token>/decision/<int:number>/", files.decision_file, name="decision_file"),
    path("demandes/<uuid:token>/corriger/", applicant.request_correct, name="request_correct"),
    path("demandes/<uuid:token>/retirer/", applicant.request_withdraw, name="request_withdraw"),
    path(
        "demandes/<uuid:token>/reexamen/", reexamination.request_reexamination, name="request_reexamination"
    ),
    path("demandes/<uuid:token>/autre-compte/", signing.request_other_account, name="request_other_account"),
    path("inscriptions/", certification.certification_list, name="certification_list"),
    path("inscriptions/<uuid:token>/", certification.certify_request, name="certify_request"),
    path(
        "inscriptions/<uuid:token>/certificat/<uuid:document>/",
        enrolment_proofs.enrolment_proof_file,
        name="enrolment_proof_file",
    ),
    path(
        "demandes/<uuid:token>/certificat/",
        enrolment_proofs.request_enrolment_proof,
        name="request_enrolment_proof",
    ),
    path("", include("aid_requests.correspondence_urls")),
    path("", include("aid_requests.committee_urls")),
    path("", include("aid_requests.scheme_urls")),
    path("", include("aid_requests.register_urls")),
    path("", include("aid_requests.people_urls")),
    path("", include("aid_requests.look_alike_urls")),
    path("", include("aid_requests.second_look_urls")),
    path("", include("aid_requests.advance_urls")),
    path("", include("aid_requests.sitting_urls")),
]
