"""`manage.py dump_scheme SLUG [--version N]`: a schedule as YAML, in the form that `load_scheme -` reads back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aid_requests import schemes, sealed
from aid_requests.models import SchemeVersion
from aid_requests.models.schemes import VersionState


class Command(BaseCommand):
    """Exit status 0 with the YAML alone on standard output, 1 with a sentence when there is no such version."""

    help = "Writes the open version of a scheme, or the one of that number, as YAML. Comments are not kept."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's own --version gives way to the scheme's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--version", type=int, dest="number", metavar="N", help="else the open one")

    def handle(self, *args: Any, **options: Any) -> None:
        version = self._version(options["slug"], options["number"])
        self.stdout.write(schemes.dump(sealed.scheme_of(version)), ending="")

    def _version(self, slug: str, number: int | None) -> SchemeVersion:
        if not slug.isprintable():  # an argument that is not UTF-8 comes with lone surrogates
            raise CommandError("Le nom du dispositif n’est pas du texte lisible.", returncode=1)
        rows = SchemeVersion.objects.filter(scheme__slug=slug)
        if number is not None:
            found = rows.filter(number=number).first()
            sentence = f"«\u00a0{slug}\u00a0» n’a pas de version {number}."
        else:
            found = rows.filter(state=VersionState.OPEN).first()
            sentence = f"Aucun dispositif ouvert ne s’appelle «\u00a0{slug}\u00a0»."
        if found is None:
            raise CommandError(sentence, returncode=1)
        return found
