from django.apps import AppConfig

from fund import guards


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Comptes publiés"

    def ready(self) -> None:
        from reports import proofs  # noqa: PLC0415 - models are not loaded when this module is

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
        proofs.register()
