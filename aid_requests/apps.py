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
)
FROZEN = (
    guards.Frozen("aid_requests_secondlook", ("decision_id", "month_id", "drawn_at")),
    guards.Frozen("aid_requests_secondlook", ("state",), "OLD.state IN ('confirmed', 'maintained')"),
    guards.Frozen(
        "aid_requests_secondlookmonth",
        ("month", "one_in", "from_cents", "seed_sealed", "commitment", "committed_at"),
    ),
    guards.Frozen("aid_requests_secondlookmonth", ("seed", "revealed_at"), "OLD.seed <> ''"),
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
        from aid_requests import jobs, permissions, proofs, reference, second_look_proofs  # noqa: PLC0415 - models are not loaded when this module is
        from aid_requests.actions import is_replaced_address  # noqa: PLC0415
        from fund import registry  # noqa: PLC0415

        guards.keep_append_only(*APPEND_ONLY)
        for frozen in FROZEN:
            guards.keep_frozen(frozen)
        registry.register_reference(reference.KIND, reference.AidRequestReference())
        registry.register_holds(reference.KIND, reference.held_requests)
        jobs.register()
        registry.register_mailbox("applicant", permissions.is_applicants_mailbox)
        registry.register_replaced_address("applicant", is_replaced_address)
        proofs.register()
        second_look_proofs.register()
