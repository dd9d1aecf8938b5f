"""Addresses of the second origin: the pay page and nothing else."""

from django.urls import path

from config.demo import pay_page

urlpatterns = [
    path("payer/<str:session_id>", pay_page.pay, name="stand_in_pay"),
]
handler400 = handler403 = handler404 = pay_page.not_found
handler500 = pay_page.broken
