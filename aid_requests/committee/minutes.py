"""The minutes (procès-verbal): what they say, and their two papers, full and public (CRPA R133-13, L312-1-2).

French, the reference version. Neither paper names a student, a school, or who took no part in which file: a headcount
is all that is told. The full one names the members who were there; the extract has counts of files alone, and counts of
fewer than DISCLOSURE_MIN are merged. The page of a member tells less than the full paper (`for_member`).
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation

from aid_requests import paper
from aid_requests.committee import papers, reasons, rules, seats, table
from aid_requests.declarations import french_day
from aid_requests.models import AgendaItem, AidRequest, Decision, Minutes, MinutesSignature, Sitting
from aid_requests.models.decisions import DecisionOutcome
from aid_requests.models.sittings import Adjourned, Attended, ItemState, SeatKind, SignedAs, SittingKind
from fund import clock, money, vault
from fund.models import Foundation, User
from fund.templatetags.fund_format import moment

Content = dict[str, Any]
_OUTCOMES = {
    DecisionOutcome.GRANTED.value: "accordée",
    DecisionOutcome.CONDITIONAL.value: "accordée sous réserve d’une pièce",
    DecisionOutcome.UNFUNDED.value: "favorable, en attente d’argent",
    DecisionOutcome.REFUSED.value: "refusée",
    DecisionOutcome.REDIRECTED.value: "réorientée",
    ItemState.ADJOURNED.value: "ajournée",
    ItemState.ADVISED.value: "avis donné, décision à signer",
}
_PLURALS = {
    DecisionOutcome.GRANTED.value: "accordées",
    DecisionOutcome.CONDITIONAL.value: "accordées sous réserve d’une pièce",
    DecisionOutcome.UNFUNDED.value: "favorables, en attente d’argent",
    DecisionOutcome.REFUSED.value: "refusées",
    DecisionOutcome.REDIRECTED.value: "réorientées",
    ItemState.ADJOURNED.value: "ajournées",
    ItemState.ADVISED.value: "avis donnés",
}
_MERGED = "autres issues"


@dataclass(frozen=True)
class Block:
    """A piece of the minutes: `kind` is small, text, heading or points (then `lines`)."""

    kind: str
    text: str = ""
    lines: list[str] = field(default_factory=list)


def content_of(sitting: Sitting, *, year: int, number: int) -> Content:
    """What both signatures are given to: plain values, in French."""
    with translation.override("fr"):
        items = sitting.items.select_related("request", "decision").order_by("number")
        lines = [_item(item) for item in items]
        return {
            "number": f"{year}-{number}",
            "committee": sitting.committee.name,
            "form": str(SittingKind(sitting.kind).label),
            "is_consultation": sitting.is_consultation,
            "call": sitting.call,
            "convened_on": _day(sitting.convened_at),
            "is_urgent": bool(sitting.urgency_sealed),
            "opened_at": moment(sitting.opened_at),
            "closed_at": moment(sitting.closed_at),
            "presiding": _name(sitting.opened_by),
            "secretary": _name(sitting.secretary),
            "members": _members(sitting),
            "quorum": "" if sitting.is_consultation else rules.quorum_words(table.quorum_of(sitting)),
            "items": lines,
            "granted_cents": sum(
                item["amount_cents"] for item in lines if item["outcome"] == DecisionOutcome.GRANTED.value
            ),
        }


def seal_content(content: Content) -> tuple[str, str]:
    """The ciphertext under the field keys, and the SHA-256 of what was sealed."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return vault.seal_text(text), hashlib.sha256(text.encode()).hexdigest()


def open_content(minutes: Minutes) -> Content:
    """Raises ValueError when what is kept is not what was hashed."""
    text = vault.open_text(minutes.content_sealed)
    if hashlib.sha256(text.encode()).hexdigest() != minutes.content_sha256:
        raise ValueError(f"Minutes {minutes.pk} do not have their hash.")
    content: Content = json.loads(text)
    return content


def for_member(content: Content, readable: Collection[int]) -> Content:
    """What a member reads who does not sign: of files that others read their number alone, of the `readable` ones the
    votes without who keeps out, and no sum that would tell a hidden file by difference."""
    items = [
        {**item, "told": item["told"][:1]}
        if item["number"] in readable
        else {"number": item["number"], "is_hidden": True}
        for item in content["items"]
    ]
    is_whole = not any("is_hidden" in item for item in items)
    return {
        **content,
        "items": items,
        "members": [{**one, "moves": _was_there(content, one)} for one in content["members"]],
        "granted_cents": content["granted_cents"] if is_whole else None,
    }


def _was_there(content: Content, member: Mapping[str, Any]) -> list[str]:
    """Whether, never when: who did not vote, or left the room while a file was voted on, keeps out of it."""
    if content["is_consultation"]:
        return []
    forms = list(dict.fromkeys(move.rsplit(" à ", 1)[0] for move in member["moves"]))
    absent = str(Attended.ABSENT.label)
    return [form for form in forms if form != absent] or [absent]


def outcome_counts(content: Content) -> list[tuple[str, int]]:
    """Outcome → how many files, small numbers merged until no count says of fewer than DISCLOSURE_MIN.

    Empty when even all of them together are too few: then the extract tells no number at all.
    """
    counts: dict[str, int] = {}
    for item in content["items"]:
        counts[item["outcome"]] = counts.get(item["outcome"], 0) + 1
    order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown = [(outcome, number) for outcome, number in order if number >= settings.DISCLOSURE_MIN]
    rest = sum(number for _outcome, number in order) - sum(number for _outcome, number in shown)
    while 0 < rest < settings.DISCLOSURE_MIN and shown:
        rest += shown.pop()[1]
    if 0 < rest < settings.DISCLOSURE_MIN:
        return []
    return [*((_PLURALS[outcome], n) for outcome, n in shown), *([(_MERGED, rest)] if rest else [])]


def render_full(content: Content, signatures: list[MinutesSignature]) -> bytes:
    """The paper of members and the auditor."""
    name = f"Procès-verbal nº\u00a0{content['number']}"
    signed = [
        Block("heading", "Signatures"),
        Block("points", lines=[_signature_line(content, one) for one in signatures]),
    ]
    pages = [paper.text(name, paper.TITLE), *_flowables([*told(content), *signed])]
    return paper.make_pdf(pages, title=name, foot=name)


def told(content: Content) -> list[Block]:
    """What the minutes say, for their paper and their page."""
    people = f" Présidence\u00a0: {content['presiding']}. Secrétariat\u00a0: {content['secretary']}."
    return [
        *_opening(content, people),
        Block("heading", "Membres"),
        Block("points", lines=[_member_line(one) for one in content["members"]]),
        *([Block("text", f"À la levée\u00a0: {content['quorum']}.")] if content["quorum"] else []),
        Block("heading", "Délibérations"),
        *[block for item in content["items"] for block in _item_blocks(item)],
        *_granted(content),
        Block("text", f"Fin\u00a0: {content['closed_at']}."),
    ]


def render_extract(content: Content, signatures: list[MinutesSignature]) -> bytes:
    """The public paper: no person, no reference, no amount."""
    name = f"Procès-verbal nº\u00a0{content['number']}, extrait public"
    counts = outcome_counts(content)
    total = sum(number for _words, number in counts)
    least = settings.DISCLOSURE_MIN
    few = f"Moins de {least} demandes ont été examinées\u00a0: leur issue n’est pas publiée."
    merged = f"Les nombres inférieurs à {least} sont regroupés, pour que personne ne s’y reconnaisse."
    blocks = [
        *_opening(content, ""),
        Block("heading", "Délibérations"),
        Block("text", f"{total} demandes ont été examinées." if counts else few),
        *([Block("points", lines=[f"{words}\u00a0: {n}" for words, n in counts])] if counts else []),
        Block("small", merged),
        Block("small", f"Signé par la présidence et le secrétariat de séance{_in_place(signatures)}."),
    ]
    return paper.make_pdf([paper.text(name, paper.TITLE), *_flowables(blocks)], title=name, foot=name)


def _flowables(blocks: list[Block]) -> list[paper.Flowable]:
    styles = {"small": paper.SMALL, "text": paper.TEXT, "heading": paper.HEADING}
    return [
        paper.points(block.lines) if block.kind == "points" else paper.text(block.text, styles[block.kind])
        for block in blocks
    ]


def _opening(content: Content, people: str) -> list[Block]:
    foundation = Foundation.objects.get(pk=1)
    call = " sur seconde convocation" if content["call"] > 1 else ""
    urgent = ", en urgence" if content["is_urgent"] else ""
    when = f"Ouverte le {content['opened_at']}{call}, convoquée le {content['convened_on']}{urgent}."
    return [
        Block("small", f"{foundation.legal_name}\u00a0· {content['committee']}"),
        Block("text", f"{content['form']}. {when}{people}"),
    ]


def _item(item: AgendaItem) -> Content:
    decision = item.decision
    outcome = decision.outcome if decision else item.state
    return {
        "number": item.number,
        "reference": item.request.reference,
        "outcome": outcome,
        "amount_cents": decision.amount_cents if decision else 0,
        # A vote to put the file off decided just that.
        "why": str(Adjourned(item.why).label) if item.why and not item.result.get("put_off_by_vote") else "",
        "reasons": reasons.sentences(decision.reason_codes if decision else item.result.get("missing", [])),
        "papers": _papers(item.request, decision) if decision else [],
        "told": list(item.result.get("told", [])),
    }


def _papers(request: AidRequest, decision: Decision) -> list[str]:
    labels = papers.papers_for(request)
    return [f"À apporter\u00a0: {labels.get(code, code)}" for code in decision.paper_codes]


def _granted(content: Content) -> list[Block]:
    if content["granted_cents"] is None:
        return []
    number = sum(item["outcome"] == DecisionOutcome.GRANTED.value for item in content["items"])
    amount = money.format_euros(content["granted_cents"], "fr")
    return [Block("text", f"Accordé ce jour\u00a0: {number} aide{'s' if number > 1 else ''}, {amount}.")]


def _item_blocks(item: Mapping[str, Any]) -> list[Block]:
    if "is_hidden" in item:
        return [Block("text", f"{item['number']}. Lu par d’autres membres.")]
    amount = ""
    if item["outcome"] in (DecisionOutcome.GRANTED.value, DecisionOutcome.CONDITIONAL.value):
        amount = f", {money.format_euros(item['amount_cents'], 'fr')}"
    head = f"{item['number']}. {item['reference']}\u00a0: {_OUTCOMES[item['outcome']]}{amount}."
    lines = [*item["told"], *([f"{item['why']}."] if item["why"] else []), *item["reasons"], *item["papers"]]
    return [Block("text", head), *([Block("points", lines=lines)] if lines else [])]


def _members(sitting: Sitting) -> list[Content]:
    """Each seat, with its comings and goings at their hour, and the proxy it gave."""
    moves: dict[int, list[str]] = {}
    for row in sitting.attendances.order_by("pk"):
        local = row.noted_at.astimezone(clock.PARIS)
        words = f"{Attended(row.presence).label} à {local.hour}\u00a0h\u00a0{local.minute:02d}"
        moves.setdefault(row.member_id, []).append(words)
    proxies = {one.giver_id: one.holder for one in sitting.proxies.select_related("holder")}
    voted = _voters(sitting) if sitting.is_consultation else set()
    rows = sitting.seats.select_related("member", "replaces").order_by("member__display_name", "pk")
    return [
        {
            "name": _name(seat.member),
            "quality": str(SeatKind(seat.kind).label),
            "replaces": _name(seat.replaces) if seat.replaces else "",
            "moves": ["a voté" if seat.member_id in voted else "n’a pas voté"]
            if sitting.is_consultation
            else moves.get(seat.member_id, [str(Attended.ABSENT.label)]),
            "proxy": _name(proxies[seat.member_id]) if seat.member_id in proxies else "",
        }
        for seat in rows
    ]


def _voters(sitting: Sitting) -> set[int]:
    """Whose votes were counted, those given before the convocation too, or were given to one of its items."""
    voted = set(sitting.items.filter(votes__isnull=False).values_list("votes__member", flat=True))
    for item in sitting.items.select_related("request"):
        voted.update(item.result.get("heard", []))
        # Put off without a count: what was given before still stands.
        if item.why in (Adjourned.NO_MONEY, Adjourned.BLOCKED):
            voted.update(seats.standing_votes(item.request).values_list("member", flat=True))
    return voted


def _member_line(member: Mapping[str, Any]) -> str:
    replaces = f" de {member['replaces']}" if member["replaces"] else ""
    proxy = f", pouvoir à {member['proxy']}" if member["proxy"] else ""
    moves = f"\u00a0: {', '.join(member['moves'])}" if member["moves"] else ""
    return f"{member['name']}, {member['quality']}{replaces}{moves}{proxy}"


def _signature_line(content: Content, signature: MinutesSignature) -> str:
    is_chair = signature.signed_as == SignedAs.CHAIR
    named = content["presiding"] if is_chair else content["secretary"]
    name, whom = (_name(signature.by), f", pour {named}") if stands_in(signature) else (named, "")
    quality = "présidence de séance" if is_chair else "secrétariat de séance"
    with translation.override("fr"):
        return f"{name}, {quality}{whom}, le {moment(signature.signed_at)}"


def stands_in(signature: MinutesSignature) -> bool:
    """Whether somebody else signed than the one of that quality: that person had left the committee."""
    sitting = signature.minutes.sitting
    is_chair = signature.signed_as == SignedAs.CHAIR
    return signature.by_id != (sitting.opened_by_id if is_chair else sitting.secretary_id)


def _in_place(signatures: list[MinutesSignature]) -> str:
    return ", ou en leur place" if any(stands_in(one) for one in signatures) else ""


def _name(user: User | None) -> str:
    return user.display_name or f"membre {user.pk}" if user else ""


def _day(when: Any) -> str:
    return french_day(clock.paris_date(when)) if when else ""
