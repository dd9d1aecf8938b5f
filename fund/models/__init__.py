"""The institution and its money. Every name is imported here so that `fund.models` is the one address."""

from fund.models.audit import AuditEvent, TransitionLog
from fund.models.checkpoints import Checkpoint, CheckpointSum
from fund.models.institution import Campaign, Foundation, Installation, LegalBasis, Pocket, School
from fund.models.ledger import Account, Movement
from fund.models.limits import RateCount
from fund.models.people import RoleGrant, SignInTries, SubjectKey, User
from fund.models.post import OutgoingMail, TickRun
from fund.models.seals import Seal, SealedRow
from fund.models.treasury import BankLine, BankStatement, PaymentBatch, PaymentOrder
from fund.models.workers import WorkerLease

__all__ = [
    "Account",
    "AuditEvent",
    "BankLine",
    "BankStatement",
    "Campaign",
    "Checkpoint",
    "CheckpointSum",
    "Foundation",
    "Installation",
    "LegalBasis",
    "Movement",
    "OutgoingMail",
    "PaymentBatch",
    "PaymentOrder",
    "Pocket",
    "RateCount",
    "RoleGrant",
    "School",
    "Seal",
    "SealedRow",
    "SignInTries",
    "SubjectKey",
    "TickRun",
    "TransitionLog",
    "User",
    "WorkerLease",
]
