"""The states of a publication, on one screen. A released one never moves again."""

from fund.workflow import Step, Workflow
from reports.models.publications import PublicationState

PUBLICATION = Workflow(
    {
        "redraft": Step((PublicationState.DRAFT,), PublicationState.DRAFT),
        "release": Step((PublicationState.DRAFT,), PublicationState.RELEASED),
        "drop": Step((PublicationState.DRAFT,), PublicationState.DROPPED),
    },
)
