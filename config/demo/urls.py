"""Addresses of the demo; included only with DEMO=1."""

from django.urls import path

from config.demo import bank_views, mailbox_views, views

urlpatterns = [
    path("", views.people, name="demo"),
    path("inventions/", views.invented, name="demo_invented"),
    path("devenir/<int:pk>/", views.become, name="demo_become"),
    path("courrier/", mailbox_views.mailbox, name="demo_mailbox"),
    path("banque/", bank_views.counter, name="demo_bank"),
    path("banque/reponse/", bank_views.give_statement, name="demo_bank_answer"),
    path("banque/dehors/", bank_views.book_from_outside, name="demo_bank_outside"),
]
