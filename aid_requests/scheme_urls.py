"""Addresses of the schemes' own pages: versions to read, drafts to write. The fixed ones stand first."""

from django.urls import path

from aid_requests.views import scheme_draft, scheme_list, scheme_opening, scheme_replay, scheme_trial

urlpatterns = [
    path("dispositifs/", scheme_list.scheme_list, name="scheme_list"),
    path("dispositifs/nouveau/", scheme_list.new_scheme_draft, name="new_scheme_draft"),
    path("dispositifs/brouillons/<uuid:token>/", scheme_draft.scheme_draft, name="scheme_draft"),
    path(
        "dispositifs/brouillons/<uuid:token>/partie/<slug:section>/",
        scheme_draft.scheme_section,
        name="scheme_section",
    ),
    path(
        "dispositifs/brouillons/<uuid:token>/fiche/<str:place>/", scheme_draft.scheme_item, name="scheme_item"
    ),
    path("dispositifs/brouillons/<uuid:token>/ordre/", scheme_draft.move_in_scheme, name="move_in_scheme"),
    path(
        "dispositifs/brouillons/<uuid:token>/essai/", scheme_trial.try_scheme_draft, name="try_scheme_draft"
    ),
    path(
        "dispositifs/brouillons/<uuid:token>/ouvrir/",
        scheme_opening.open_scheme_draft,
        name="open_scheme_draft",
    ),
    path(
        "dispositifs/brouillons/<uuid:token>/yaml/", scheme_draft.scheme_draft_yaml, name="scheme_draft_yaml"
    ),
    path(
        "dispositifs/brouillons/<uuid:token>/abandonner/",
        scheme_draft.discard_scheme_draft,
        name="discard_scheme_draft",
    ),
    path(
        "dispositifs/brouillons/<uuid:token>/rejeu/",
        scheme_replay.replay_scheme_draft,
        name="replay_scheme_draft",
    ),
    path("dispositifs/<slug:slug>/<int:number>/", scheme_list.scheme_version, name="scheme_version"),
    path(
        "dispositifs/<slug:slug>/<int:number>/yaml/",
        scheme_list.scheme_version_yaml,
        name="scheme_version_yaml",
    ),
    path(
        "dispositifs/<slug:slug>/<int:number>/vu/",
        scheme_opening.scheme_version_seen,
        name="scheme_version_seen",
    ),
]
