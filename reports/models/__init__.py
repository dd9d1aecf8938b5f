"""What was published: the only tables of this app."""

from reports.models.publications import Publication, PublicationFile

__all__ = ["Publication", "PublicationFile"]
