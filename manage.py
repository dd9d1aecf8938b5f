"""Entry point of the management commands. Those that touch data refuse to open a wrong database."""

import os
import sys

from django.core.management import execute_from_command_line

from config import starting

# These must run before the database can be judged, or do not open it.
_BEFORE_JUDGING = {
    "build_texts", "check", "collectstatic", "compilemessages", "help", "--help", "makemessages", "makemigrations",
    "version",
}  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    with starting.told_in_a_sentence(starting.COMMAND_REFUSED):
        if command not in _BEFORE_JUDGING:
            _judge()
        execute_from_command_line(sys.argv)


def _judge() -> None:
    import django  # noqa: PLC0415 - settings must be named first

    django.setup()
    from fund.installation import refuse_wrong_start  # noqa: PLC0415 - apps must be loaded first

    refuse_wrong_start()


if __name__ == "__main__":
    main()
