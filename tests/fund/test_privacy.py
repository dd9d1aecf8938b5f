"""Every column is classified, and none that is kept for ever names a person."""

import importlib

import pytest
from django.apps import apps

from fund import guards

APPS = ("fund", "donations", "aid_requests", "reports")


@pytest.mark.parametrize("label", APPS)
def test_every_column_is_in_one_class(label):
    """Failure 36: what is not listed is forgotten by exports and erasures."""
    declared = importlib.import_module(f"{label}.personal_data").PERSONAL_DATA
    tables = {model._meta.model_name: model for model in apps.get_app_config(label).get_models()}
    assert set(declared) == set(tables)
    for name, model in tables.items():
        columns = sorted(field.name for field in model._meta.concrete_fields)
        assert sorted(declared[name].classified()) == columns, name


@pytest.mark.parametrize("label", APPS)
def test_append_only_rows_name_nobody(label):
    declared = importlib.import_module(f"{label}.personal_data").PERSONAL_DATA
    for model in apps.get_app_config(label).get_models():
        if model._meta.db_table in guards.append_only_tables():
            assert declared[model._meta.model_name].identity == ""
