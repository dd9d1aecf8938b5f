"""Addresses of gifts that come outside the payment provider."""

from django.urls import URLPattern, path

from donations.views import outside, outside_agreements, outside_cheques, outside_returns, outside_transfers

urlpatterns: list[URLPattern] = [
    path("don/virement/", outside.announce_transfer, name="announce_transfer"),
    path("don/virement/<uuid:token>/", outside.transfer_page, name="transfer_page"),
    path("dons/cheques/", outside_cheques.deposit_list, name="deposit_list"),
    path("dons/cheques/ouvrir/", outside_cheques.open_deposit, name="open_deposit"),
    path("dons/cheques/<int:number>/", outside_cheques.deposit_page, name="deposit_page"),
    path("dons/cheques/<int:number>/bordereau/", outside_cheques.deposit_slip, name="deposit_slip"),
    path("dons/cheques/<int:number>/ajouter/", outside_cheques.add_cheque, name="add_cheque"),
    path("dons/cheques/<int:number>/<str:step>/", outside_cheques.move_deposit, name="move_deposit"),
    path("dons/cheque/<int:pk>/<str:step>/", outside_cheques.move_cheque, name="move_cheque"),
    path("dons/virements/", outside_transfers.transfer_list, name="transfer_list"),
    path("dons/virements/ligne/<int:pk>/", outside_transfers.tie_line, name="tie_line"),
    path("dons/virements/lien/<int:pk>/<str:step>/", outside_transfers.decide_tie, name="decide_tie"),
    path("dons/virements/debit/<int:pk>/", outside_returns.return_line, name="return_line"),
    path("dons/virements/rendu/<int:pk>/<str:step>/", outside_returns.decide_return, name="decide_return"),
    path("dons/conventions/", outside_agreements.agreement_list, name="agreement_list"),
    path("dons/conventions/nouvelle/", outside_agreements.record_agreement, name="record_agreement"),
    path("dons/conventions/<str:reference>/", outside_agreements.agreement_page, name="agreement_page"),
    path(
        "dons/conventions/<str:reference>/lettre/",
        outside_agreements.agreement_letter,
        name="agreement_letter",
    ),
    path(
        "dons/conventions/<str:reference>/<str:step>/",
        outside_agreements.move_agreement,
        name="move_agreement",
    ),
]
