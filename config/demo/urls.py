"""Addresses of the demo; included only with DEMO=1."""

from django.urls import path

from config.demo import views

urlpatterns = [
    path("", views.people, name="demo"),
    path("devenir/<int:pk>/", views.become, name="demo_become"),
    path("courrier/", views.people, name="demo_mailbox"),
    path("banque/", views.people, name="demo_bank"),
    path("banque/reponse/", views.people, name="demo_bank_answer"),
]
