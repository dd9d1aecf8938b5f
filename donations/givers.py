"""Who gives, as told with a gift: a person or a company, with what a tax receipt must say of each.

The mentions are those of CGI ann. III 299 nonies and of the forms 11580 and 16216. Written under the donor's key and
read back here; nobody else knows the shape.
"""

from dataclasses import asdict, dataclass

from donations.models import Donor, Gift
from donations.models.gifts import GiverKind
from fund import vault
from fund.models import SubjectKey

FRANCE = "FR"


@dataclass(frozen=True)
class Address:
    """A postal address; `country` is the ISO 3166 code of where the giver pays taxes, as far as was told."""

    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = FRANCE

    @property
    def is_complete(self) -> bool:
        return all((self.street, self.town, self.country)) and bool(self.postcode or self.country != FRANCE)


@dataclass(frozen=True)
class Giver:
    """A person by first and last name; a company (`kind`) by its name, legal form and SIREN, its names being those of
    whom we write to."""

    first_name: str
    last_name: str
    kind: str = GiverKind.PERSON
    company_name: str = ""
    legal_form: str = ""
    siren: str = ""
    address: Address = Address()

    @property
    def name(self) -> str:
        """As on a receipt or a list of the staff."""
        return (
            self.company_name
            if self.kind == GiverKind.COMPANY
            else f"{self.first_name} {self.last_name}".strip()
        )

    @property
    def is_taxed_in_france(self) -> bool:
        return self.address.country == FRANCE

    @property
    def can_have_a_receipt(self) -> bool:
        """Whether every identity that the law wants on a receipt was told."""
        company = self.kind == GiverKind.COMPANY
        named = (self.company_name and self.legal_form and self.siren) if company else self.last_name
        return bool(named) and self.address.is_complete


def seal(giver: Giver, donor: Donor) -> str:
    return seal_with(donor.subject_key, giver)


def seal_with(key: SubjectKey, giver: Giver) -> str:
    """For whoever promises to give and is no donor yet: a sponsor."""
    return vault.seal_json_for(key, asdict(giver))


def read_with(key: SubjectKey, sealed: str) -> Giver:
    """Raises vault.Erased."""
    said = vault.open_json_for(key, sealed)
    return Giver(**{**said, "address": Address(**said.get("address", {}))})


def giver_of(gift: Gift) -> Giver:
    """Who gave this gift, as told with it; else as the donor's row says. Raises vault.Erased."""
    return _read(gift.donor, gift.giver_sealed or gift.donor.identity_sealed)


def giver_as_last_told(donor: Donor) -> Giver:
    """Raises vault.Erased."""
    return _read(donor, donor.identity_sealed)


def _read(donor: Donor, sealed: str) -> Giver:
    return read_with(donor.subject_key, sealed)
