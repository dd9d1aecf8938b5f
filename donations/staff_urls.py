"""Addresses of the staff's gifts, under « dons/ ». A reference is « D-2020-000123 » and nothing else."""

from django.urls import URLPattern, path, re_path

from donations.views import gifts, refunds

GIFT = r"(?P<reference>D-[0-9]{4}-[0-9]{6,12})"

urlpatterns: list[URLPattern] = [
    path("", gifts.gift_list, name="gift_list"),
    path("par-adresse/", gifts.find_donor, name="find_donor"),
    path("exporter/", gifts.export_gifts, name="export_gifts"),
    path("contestations/", gifts.dispute_list, name="dispute_list"),
    re_path(rf"^{GIFT}/$", gifts.gift_story, name="gift_story"),
    re_path(rf"^{GIFT}/qui/$", gifts.read_giver, name="read_giver"),
    re_path(rf"^{GIFT}/rembourser/$", refunds.refund_gift, name="refund_gift"),
]
