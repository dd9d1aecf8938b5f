"""A promise to give: the donor, and the gift before any money moved."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from donations import givers
from donations.givers import Giver
from donations.models import Donor, Gift, GiftWords, MonthlyGift, Team
from donations.models.gifts import Channel, GiverKind
from fund import audit, clock, vault
from fund.models import Pocket

ONCE, MONTHLY = "once", "monthly"


@dataclass(frozen=True)
class Words:
    """What a donor wants said in public: an empty name is anonymous. Shown only once a person has read it."""

    name: str = ""
    message: str = ""


@dataclass(frozen=True)
class Pledge:
    """What the form asks for. `amount_cents` is in euro cents, of each month when `rhythm` is MONTHLY.

    `giver` is who gives when more is known than a name: a company, an address; `team` the page it was given on.
    """

    amount_cents: int
    pocket: Pocket
    first_name: str
    last_name: str
    email: str
    language: str
    rhythm: str = ONCE
    words: Words = Words()
    giver: Giver | None = None
    team: Team | None = None

    @property
    def giver_told(self) -> Giver:
        return self.giver or Giver(self.first_name, self.last_name)


def pledge_gift(*, pledge: Pledge, form_token: uuid.UUID) -> Gift:
    """The gift promised by one form, made once whatever how often the form is sent (failure 10).

    The same form with another amount, purpose, address or giver (the back button) is another gift: what is unique is
    the form together with what it says.
    """
    content = f"{pledge.amount_cents}:{pledge.pocket.pk}:{fingerprint_of(pledge.email)}"
    if pledge.rhythm == MONTHLY:
        content += f":{MONTHLY}"
    if pledge.team is not None:
        content += f":team-{pledge.team.pk}"
    told = json.dumps(asdict(pledge.giver_told), sort_keys=True)
    content += f":{vault.blind_index('giver-told', told)}"
    once = uuid.uuid5(form_token, content)
    try:
        with transaction.atomic():
            return _pledge_once(pledge, once)
    except IntegrityError:  # the same form in another thread was first: its gift is there now
        return Gift.objects.get(form_token=once)


def _pledge_once(pledge: Pledge, once: uuid.UUID) -> Gift:
    known = Gift.objects.filter(form_token=once).first()
    if known is not None:
        return known
    donor = donor_told(giver=pledge.giver_told, email=pledge.email, language=pledge.language)
    now = clock.moment()
    monthly = None
    if pledge.rhythm == MONTHLY:
        monthly = MonthlyGift.objects.create(
            donor=donor, amount_cents=pledge.amount_cents, pocket=pledge.pocket, created_at=now
        )
    gift = make_gift(
        form_token=once,
        donor=donor,
        amount_cents=pledge.amount_cents,
        pocket=pledge.pocket,
        created_at=now,
        monthly=monthly,
        giver=pledge.giver_told,
        team=pledge.team,
    )
    _keep_words(gift, pledge.words)
    audit.record("gift.pledged", gift, by=None, amount_cents=gift.amount_cents, pocket=gift.pocket_id)
    return gift


def make_gift(
    *,
    form_token: uuid.UUID,
    donor: Donor,
    amount_cents: int,
    pocket: Pocket,
    created_at: datetime,
    paid_twice_as: Gift | None = None,
    monthly: MonthlyGift | None = None,
    invoice_id: str | None = None,
    giver: Giver | None = None,
    giver_of: Gift | None = None,
    team: Team | None = None,
    channel: str = Channel.ONLINE,
) -> Gift:
    """A gift row with its reference « D-2020-000123 »: the Paris year and the row's number, unique, not gapless.

    Who gives is `giver`, or whoever gave the gift `giver_of` (it need not be read: the donor may be erased); without
    both, whom the donor's row names.
    """
    kind, sealed = _told(giver, giver_of, donor)
    gift = Gift.objects.create(
        reference=form_token.hex[:20],  # replaced below, in the same transaction, once the number is known
        form_token=form_token,
        donor=donor,
        amount_cents=amount_cents,
        pocket=pocket,
        created_at=created_at,
        paid_twice_as=paid_twice_as,
        monthly=monthly,
        invoice_id=invoice_id,
        giver_kind=kind,
        giver_sealed=sealed,
        channel=channel,
        team=team,
    )
    gift.reference = f"D-{clock.paris_date(created_at).year}-{gift.pk:06d}"
    gift.save(update_fields=["reference"])
    return gift


def _told(giver: Giver | None, giver_of: Gift | None, donor: Donor) -> tuple[str, str]:
    """The kind of giver, and who it is under the donor's key (empty: as the donor's row says)."""
    if giver is not None:
        return giver.kind, givers.seal(giver, donor)
    if giver_of is not None:
        return giver_of.giver_kind, giver_of.giver_sealed
    return GiverKind.PERSON.value, ""


def _keep_words(gift: Gift, words: Words) -> None:
    """Nothing to keep of a gift that is anonymous and silent."""
    said = {"name": words.name.strip(), "message": words.message.strip()}
    if any(said.values()):
        GiftWords.objects.create(gift=gift, text_sealed=vault.seal_json_for(gift.donor.subject_key, said))


def fingerprint_of(email: str) -> str:
    """The keyed hash a donor is recognised by; case and outer spaces do not matter."""
    return vault.blind_index("donor-email", email.strip().lower())


def donor_told(*, giver: Giver, email: str, language: str) -> Donor:
    """The donor of this address, with the names as last given, written under the donor's own key.

    Without an address nobody is recognised: each such gift has a donor of its own, to whom nothing is sent.
    `language` is "" when somebody else writes down the gift: it then stays what it was, French at first.
    """
    known = None
    if email.strip():
        rows = Donor.objects.select_for_update(of=("self",))
        known = rows.filter(email_fingerprint=fingerprint_of(email)).first()
    if known is not None:
        known.identity_sealed = givers.seal(giver, known)
        known.language = language or known.language
        known.save(update_fields=["identity_sealed", "language"])
        return known
    key = vault.make_subject_key("donor")
    donor = Donor(
        subject_key=key,
        email_fingerprint=fingerprint_of(email) if email.strip() else None,
        email_sealed=vault.seal_text_for(key, email.strip()) if email.strip() else "",
        language=language or "fr",
        created_at=clock.moment(),
    )
    donor.identity_sealed = givers.seal(giver, donor)
    donor.save(force_insert=True)
    return donor
