"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from donations.views import giving, inbox, words
from donations.webhooks import stripe_webhook

urlpatterns: list[URLPattern | URLResolver] = [
    path("don/", giving.give, name="give"),
    path("don/<uuid:token>/", giving.gift_page, name="gift_page"),
    path("don/<uuid:token>/etat/", giving.gift_state, name="gift_state"),
    path("don/<uuid:token>/payer/", giving.pay_again, name="pay_again"),
    path("dons/evenements/", inbox.event_inbox, name="event_inbox"),
    path("dons/evenements/<int:pk>/", inbox.event_page, name="event_page"),
    path("dons/messages/", words.message_list, name="message_list"),
    path("dons/messages/<int:pk>/", words.moderate_message, name="moderate_message"),
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
]
