"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, include, path

from donations.views import giving, giving_settings, inbox, monthly, words
from donations.webhooks import stripe_webhook

urlpatterns: list[URLPattern | URLResolver] = [
    path("don/", giving.give, name="give"),
    path("don/<uuid:token>/", giving.gift_page, name="gift_page"),
    path("don/<uuid:token>/etat/", giving.gift_state, name="gift_state"),
    path("don/<uuid:token>/payer/", giving.pay_again, name="pay_again"),
    path("don-mensuel/", monthly.link_page, name="monthly_link"),
    path("don-mensuel/<str:signed>/", monthly.monthly_page, name="monthly_page"),
    path("don-mensuel/<str:signed>/carte/", monthly.monthly_card, name="monthly_card"),
    path("mes-dons/", include("donations.space_urls")),
    path("", include("donations.outside_urls")),
    path("", include("donations.team_urls")),
    path("dons/", include("donations.staff_urls")),
    path("dons/evenements/", inbox.event_inbox, name="event_inbox"),
    path("dons/evenements/<int:pk>/", inbox.event_page, name="event_page"),
    path("administration/dons/", giving_settings.giving_settings, name="giving_settings"),
    path("dons/alertes/", giving_settings.card_alerts, name="card_alerts"),
    path("dons/alertes/<int:pk>/vue/", giving_settings.see_card_alert, name="see_card_alert"),
    path("dons/messages/", words.message_list, name="message_list"),
    path("dons/messages/<int:pk>/", words.moderate_message, name="moderate_message"),
    path("", include("donations.receipt_urls")),
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
]
