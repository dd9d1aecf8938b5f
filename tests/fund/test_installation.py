"""The shape of the keys is judged before a database is opened, and never shown."""

import pytest

from fund import installation

SHORT = "c2hvcnQ="


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("FIELD_KEYS", []),
        ("FIELD_KEYS", ["abc"]),
        ("FIELD_KEYS", ["é"]),
        ("FIELD_KEYS", [SHORT]),
        ("FIELD_KEYS", ["dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=", "abc"]),
        ("BLIND_INDEX_KEY", ""),
        ("BLIND_INDEX_KEY", "zzz"),
        ("BLIND_INDEX_KEY", "é"),
        ("BLIND_INDEX_KEY", SHORT),
    ],
)
def test_a_key_that_is_missing_or_malformed_is_named_and_not_shown(settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(installation.WrongStart, match=f"^{name} is m") as refusal:
        installation.refuse_wrong_start()
    assert not any(key and key in str(refusal.value) for key in ("abc", "zzz", "é", SHORT))


def test_well_formed_keys_are_taken(settings):
    installation.refuse_malformed_keys()
    settings.FIELD_KEYS = settings.FIELD_KEYS * 2
    installation.refuse_malformed_keys()
