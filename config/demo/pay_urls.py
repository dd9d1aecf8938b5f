"""Addresses of the second origin: the pay page and the page where a card is replaced, nothing else."""

from django.urls import path

from config.demo import pay_page, portal

urlpatterns = [
    path("payer/<str:session_id>", pay_page.pay, name="stand_in_pay"),
    path("carte/<str:session_id>", portal.change_card, name="stand_in_card"),
]
handler400 = handler403 = handler404 = pay_page.not_found
handler500 = pay_page.broken
