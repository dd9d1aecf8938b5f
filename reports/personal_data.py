"""Every column of the publications' tables, by class (see `fund/privacy.py`). What is published names nobody."""

from fund.privacy import Columns

PERSONAL_DATA = {
    "publication": Columns(
        none="id number state title intro title_en intro_en up_to seal_number payload payload_sha256 carries_aid_of "
        "corrects drafted_at released_at",
        act="drafted_by released_by",
    ),
    "publicationfile": Columns(none="id publication kind language data size sha256"),
}
