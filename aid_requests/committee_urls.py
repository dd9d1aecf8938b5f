"""Addresses of the committee's pages."""

from django.urls import path

from aid_requests.views import committee

urlpatterns = [
    path("comite/", committee.request_queue, name="request_queue"),
    path("comite/<uuid:token>/", committee.request_review, name="request_review"),
    path("comite/<uuid:token>/voter/", committee.cast_vote, name="cast_vote"),
    path("comite/<uuid:token>/deport/", committee.recuse, name="recuse"),
    path("comite/<uuid:token>/pieces/<uuid:document>/", committee.review_document, name="review_document"),
]
