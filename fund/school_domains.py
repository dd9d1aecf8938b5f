"""Which addresses are a school's: those of its domains and of their sub-domains."""

from collections.abc import Iterable


def is_of_domains(email: str, domains: Iterable[str]) -> bool:
    """Whether the address belongs to one of `domains` (lower case), or to a sub-domain of one."""
    domain = email.rpartition("@")[2].lower()
    return any(domain == known or domain.endswith("." + known) for known in domains)
