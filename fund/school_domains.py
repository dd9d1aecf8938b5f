"""Which addresses are a school's: those of its domains and of their sub-domains."""

from collections.abc import Iterable


def is_of_domains(email: str, domains: Iterable[str]) -> bool:
    """Whether the address belongs to one of `domains` (lower case), or to a sub-domain of one."""
    domain = email.rpartition("@")[2].lower()
    return any(domain == known or domain.endswith("." + known) for known in domains)


def has_tag(email: str) -> bool:
    """Whether the address is one of the many that lead to one mailbox: « name+anything@… ». No school gives such a one,
    so it is somebody whom the school knows by another address."""
    return "+" in email.rpartition("@")[0]


def mailbox_of(email: str) -> str:
    """The mailbox behind an address, to compare: lower case, without what follows a « + »."""
    name, _at, domain = email.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"
