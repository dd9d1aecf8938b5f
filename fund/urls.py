"""Addresses of the treasury, and of the texts that let the fund do more."""

from django.urls import path

from fund.views import legal_bases, statements, treasury

urlpatterns = [
    path("administration/bases-legales/", legal_bases.legal_bases, name="legal_bases"),
    path("administration/bases-legales/<int:pk>/fin/", legal_bases.end_legal_basis, name="end_legal_basis"),
    path("tresorerie/", treasury.treasury_desk, name="treasury_desk"),
    path("tresorerie/lots/", treasury.batch_list, name="batch_list"),
    path("tresorerie/lots/preparer/", treasury.prepare_batch, name="prepare_batch"),
    path("tresorerie/lots/<int:number>/", treasury.batch_page, name="batch_page"),
    path("tresorerie/lots/<int:number>/signer/", treasury.sign_batch, name="sign_batch"),
    path("tresorerie/lots/<int:number>/defaire/", treasury.cancel_batch, name="cancel_batch"),
    path("tresorerie/lots/<int:number>/fichier/", treasury.download_batch, name="download_batch"),
    path("tresorerie/releves/", statements.statement_list, name="statement_list"),
    path("tresorerie/releves/importer/", statements.import_statement, name="import_statement"),
    path("tresorerie/releves/rapprocher/", statements.match_lines, name="match_lines"),
    path("tresorerie/releves/<int:pk>/", statements.statement_page, name="statement_page"),
]
