"""Addresses of receipts: the donor's behind a token, the public check, and the treasurer's desk."""

from django.urls import URLPattern, path

from donations.views import receipt_desk, receipts

urlpatterns: list[URLPattern] = [
    path("recus/<str:token>/", receipts.receipt_page, name="receipt_page"),
    path("recus/<str:token>/recu.pdf", receipts.receipt_file, name="receipt_file"),
    path("verifier/<str:token>/", receipts.check_receipt, name="check_receipt"),
    path("don/<uuid:token>/attestation/", receipts.attestation_page, name="attestation_page"),
    path("don/<uuid:token>/attestation.pdf", receipts.attestation_file, name="attestation_file"),
    path("dons/recus/", receipt_desk.receipt_list, name="receipt_list"),
    path("dons/recus/emettre/", receipt_desk.start_receipt_run, name="start_receipt_run"),
    path("dons/recus/emission/<int:pk>/", receipt_desk.receipt_run, name="receipt_run"),
    path("dons/recus/emission/<int:pk>/etat/", receipt_desk.receipt_run_state, name="receipt_run_state"),
    path("dons/recus/<int:pk>/", receipt_desk.staff_receipt, name="staff_receipt"),
    path("dons/recus/<int:pk>/fichier/", receipt_desk.download_receipt, name="download_receipt"),
    path("dons/recus/<int:pk>/annuler/", receipt_desk.void_receipt, name="void_receipt"),
    path("dons/recus/<int:pk>/nouveau/", receipt_desk.ask_receipt_anew, name="ask_receipt_anew"),
    path("dons/recus/<int:pk>/corriger/", receipt_desk.correct_receipt, name="correct_receipt"),
]
