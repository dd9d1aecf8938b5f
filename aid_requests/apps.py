from django.apps import AppConfig

from fund import guards

APPEND_ONLY = (
    "aid_requests_vote",
    "aid_requests_decision",
    "aid_requests_declaration",
    "aid_requests_recusal",
    "aid_requests_reexamination",
    "aid_requests_broughtpaper",
    "aid_requests_paperruling",
    "aid_requests_adjournment",
    "aid_requests_opinion",
    "aid_requests_requestrevision",
    "aid_requests_lookalikeruling",
    "aid_requests_advancerules",
    "aid_requests_advance",
    "aid_requests_advanceoutcome",
    "aid_requests_unmasking",
    "aid_requests_sittingseat",
    "aid_requests_attendance",
    "aid_requests_sittingproxy",
    "aid_requests_minutes",
    "aid_requests_minutessignature",
    "aid_requests_minutespaper",
)
FROZEN = (
    guards.Frozen(
        "aid_requests_sitting",
        (
            "committee_id",
            "kind",
            "call",
            "first_call_id",
            "rules_id",
            "secretary_id",
            "convened_by_id",
            "convened_at",
        ),
        "OLD.state <> 'drafted'",
    ),
    guards.Frozen("aid_requests_sitting", ("state",), "OLD.state IN ('signed', 'cancelled')"),
    guards.Frozen(
        "aid_requests_agendaitem",
        ("sitting_id", "request_id", "state", "why", "decision_id", "result", "ended_at", "ended_by_id"),
        "OLD.ended_at IS NOT NULL",
    ),
    guards.Frozen("aid_requests_secondlook", ("decision_id", "month_id", "drawn_at")),
    guards.Frozen("aid_requests_secondlook", ("state",), "OLD.state IN ('confirmed', 'maintained')"),
    guards.Frozen(
        "aid_requests_secondlookmonth",
        ("month", "one_in", "from_cents", "seed_sealed", "commitment", "committed_at"),
    ),
    guards.Frozen("aid_requests_secondlookmonth", ("seed", "revealed_at"), "OLD.seed <> ''"),
    guards.Frozen(
        "aid_requests_votebatch",
        ("token", "form_token", "by_id", "choice", "reason_code", "language", "made_at"),
    ),
    guards.Frozen("aid_requests_votebatch", ("finished_at",), "OLD.finished_at IS NOT NULL"),
    guards.Frozen(
        "aid_requests_votebatchitem",
        ("batch_id", "position", "request_id", "revision", "round", "turn"),
    ),
    guards.Frozen("aid_requests_votebatchitem", ("outcome", "said", "done_at"), "OLD.outcome <> 'waiting'"),
    guards.Frozen("aid_requests_lookalike", ("first_id", "second_id", "kind", "noted_at")),
    guards.Frozen("aid_requests_lookalike", ("state",), "OLD.state = 'explained'"),
    guards.Frozen(
        "aid_requests_message",
        ("request_id", "party", "side", "kind", "author_id", "text_sealed", "form_token", "sent_at"),
    ),
    guards.Frozen(
        "aid_requests_correction",
        ("request_id", "revision", "party", "asked_by_id", "fields", "sentences_sealed", "asked_at"),
    ),
    guards.Frozen(
        "aid_requests_schemeversion",
        ("definition", "definition_hash", "pocket_id", "number"),
        "OLD.opened_at IS NOT NULL",
    ),
    guards.Frozen(
        "aid_requests_rulesversion",
        (
            "committee_id",
            "number",
            "definition",
            "definition_hash",
            "revision",
            "changed_by_id",
            "changed_at",
            "opened_by_id",
            "opened_at",
        ),
        "OLD.opened_at IS NOT NULL",
    ),
)


class AidRequestsConfig(AppConfig):
    name = "aid_requests"
    verbose_name = "Demandes d’aide"

    def ready(self) -> None:
        from aid_requests import (  # noqa: PLC0415 - models are not loaded when this module is
            advance_proofs,
            advance_reference,
            jobs,
            lookalikes,
            permissions,
            proofs,
            reference,
            second_look_proofs,
            sitting_proofs,
        )
        from aid_requests.actions import is_replaced_address  # noqa: PLC0415
        from aid_requests.models import Advance  # noqa: PLC0415
        from fund import registry  # noqa: PLC0415

        guards.keep_append_only(*APPEND_ONLY)
        for frozen in FROZEN:
            guards.keep_frozen(frozen)
        registry.register_reference(reference.KIND, reference.AidRequestReference())
        registry.register_reference(
            Advance.KIND, advance_reference.AdvanceReference(), series=advance_reference.SERIES
        )
        registry.register_holds(reference.KIND, reference.held_requests)
        registry.register_holds(Advance.KIND, lookalikes.held_requests)
        jobs.register()
        registry.register_mailbox("applicant", permissions.is_applicants_mailbox)
        registry.register_replaced_address("applicant", is_replaced_address)
        proofs.register()
        second_look_proofs.register()
        advance_proofs.register()
        sitting_proofs.register()
