from datetime import timedelta

from django.apps import AppConfig

from fund import guards


class AidRequestsConfig(AppConfig):
    name = "aid_requests"
    verbose_name = "Demandes d’aide"

    def ready(self) -> None:
        from aid_requests import permissions, proofs, reference  # noqa: PLC0415 - models are not loaded when this module is
        from aid_requests.actions import sweep_documents  # noqa: PLC0415
        from fund import registry  # noqa: PLC0415

        guards.keep_append_only(
            "aid_requests_vote",
            "aid_requests_decision",
            "aid_requests_declaration",
            "aid_requests_recusal",
            "aid_requests_reexamination",
        )
        guards.keep_frozen(
            guards.Frozen(
                "aid_requests_schemeversion",
                ("definition", "definition_hash", "pocket_id", "number"),
                "OLD.opened_at IS NOT NULL",
            )
        )
        registry.register_reference(reference.KIND, reference.AidRequestReference())
        registry.register_job("document_sweep", timedelta(hours=6), sweep_documents)
        registry.register_mailbox("applicant", permissions.is_applicants_mailbox)
        proofs.register()
