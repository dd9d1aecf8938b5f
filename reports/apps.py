from datetime import timedelta

from django.apps import AppConfig

from fund import guards


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Comptes publiés"

    def ready(self) -> None:
        from fund import registry  # noqa: PLC0415 - models are not loaded when this module is
        from reports import proofs, telling, telling_proofs  # noqa: PLC0415

        guards.keep_append_only("reports_publicationfile")
        guards.keep_frozen(
            guards.Frozen(
                "reports_publication",
                (
                    "number",
                    "state",
                    "title",
                    "intro",
                    "title_en",
                    "intro_en",
                    "up_to",
                    "seal_number",
                    "payload",
                    "payload_sha256",
                    "carries_aid_of_id",
                    "corrects_id",
                    "drafted_by_id",
                    "drafted_at",
                    "released_by_id",
                    "released_at",
                ),
                "OLD.state = 'released'",
            )
        )
        registry.register_job("months_told", timedelta(hours=1), telling.tell_closed_months)
        proofs.register()
        telling_proofs.register()
