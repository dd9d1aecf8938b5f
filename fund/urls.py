"""Addresses of the treasury."""

from django.urls import path

from fund.views import statements, treasury

urlpatterns = [
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
