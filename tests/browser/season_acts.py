"""What the people of the season do, by what their pages show: forms, buttons and labels."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from playwright.sync_api import Locator, expect

from fund.models import User
from tests.browser.season_hall import Hall, Person
from tests.browser.season_plan import GRANT, Ballot
from tests.papers import pdf

CHOICES = {
    "grant": "J’accorde",
    "fund_later": "J’accorde, même s’il faut attendre l’argent",
    "grant_subject": "J’accorde, sous réserve d’une pièce",
    "adjourn": "J’ajourne",
    "refuse": "Je refuse",
    "redirect": "Je réoriente",
    "abstain": "Je m’abstiens",
}
REFERENCE = re.compile(r"[A-Z]-2020-\d{4}")


def open_rules(administrator: Person, text: str) -> None:
    """A text becomes the draft, and the draft what holds."""
    page = administrator.goto("/comite/reglement/brouillon/")
    page.get_by_label("Ou son texte").fill(text)
    administrator.press("Prendre ce fichier comme brouillon")
    administrator.press("Ouvrir ce règlement")
    expect(page.locator("body")).to_contain_text(re.compile(r"Le règlement nº\s\d+ est ouvert"))


def read_statement(treasurer: Person, name: str, data: bytes) -> None:
    page = treasurer.goto("/tresorerie/releves/")
    page.locator("input[type=file]").set_input_files(
        {"name": f"{name}.xml", "mimeType": "application/xml", "buffer": data}
    )
    treasurer.press("Lire ce relevé", exact=False)


# Before ------------------------------------------------------------------------------------------------------------


def prepare(chair: Person, when: datetime, *, ends: datetime | None = None, place: str = "Salle 12") -> str:
    """A draft with every file that is ready on its agenda; the address of its page."""
    chair.goto("/comite/seances/")
    page = chair.follow("Préparer une séance")
    page.get_by_label("Forme").select_option("consultation" if ends else "both")
    page.get_by_label("Date et heure").fill(f"{when:%Y-%m-%dT%H:%M}")
    if ends:
        page.get_by_label("Fin de la consultation").fill(f"{ends:%Y-%m-%dT%H:%M}")
    else:
        page.get_by_label("Lieu ou lien").fill(place)
    chair.press("Continuer avec l’ordre du jour")
    while page.get_by_role("button", name="Ajouter tous les dossiers prêts").count():
        chair.press("Ajouter tous les dossiers prêts")
    return page.url


def convene(
    chair: Person, address: str, secretary: User, *, urgency: str = "", alternates: Mapping[str, str] = {}
) -> None:
    """`alternates`: label of a field → the titular who is replaced."""
    page = chair.goto(address)
    form = page.locator("form").filter(has=page.get_by_role("heading", name="Convoquer"))
    form.get_by_label("Secrétariat de séance").select_option(label=secretary.display_name)
    if urgency:
        form.get_by_label("Urgence").fill(urgency)
    for label, titular in alternates.items():
        form.get_by_label(label).select_option(label=titular)
    chair.press("Convoquer", form)
    expect(page.locator("body")).to_contain_text("La convocation est partie")


def give_proxy(giver: Person, address: str, holder: User) -> None:
    page = giver.goto(address)
    page.get_by_text("Je ne pourrai pas venir").click()
    page.get_by_label("Donner procuration à").select_option(label=holder.display_name)
    giver.press("Donner procuration")
    expect(page.locator("body")).to_contain_text("Votre procuration est donnée")


def step_back(member: Person, reference: str) -> None:
    page = open_file(member, reference)
    page.get_by_text("Je connais cette personne").first.click()
    page.get_by_label("Votre lien avec ce dossier").select_option("personal_tie")
    member.press("Me déporter")


def open_file(member: Person, reference: str):
    member.goto(f"/comite/?reference={reference}")
    return member.follow(reference, member.page.get_by_role("table"))


# At the table ------------------------------------------------------------------------------------------------------


def open_sitting(hall: Hall, address: str, present: Mapping[str, str]) -> None:
    """The chair opens and notes who is there: name → « en salle » or « à distance »."""
    chair = hall["chair"]
    chair.goto(address)
    chair.press("Ouvrir la séance")
    for name, where in present.items():
        row = chair.page.get_by_role("row").filter(has_text=hall.users[name].display_name)
        chair.press(where, row, exact=False)


def take_next(clerk: Person, address: str, order: Sequence[str]) -> str | None:
    """Puts the first file of `order` that still waits to the vote; its reference."""
    page = clerk.goto(f"{address}bureau/")
    buttons = page.get_by_role("button", name=re.compile("^Mettre au vote"))
    waiting = REFERENCE.findall(" ".join(buttons.all_inner_texts()))
    reference = next((one for one in order if one in waiting), None)
    if reference is not None:
        clerk.press(f"Mettre au vote {reference}")
    return reference


def fill(form: Locator, ballot: Ballot) -> None:
    form.get_by_text(CHOICES[ballot.choice], exact=True).click()
    if ballot.reason:
        form.get_by_label("Motif", exact=True).select_option(ballot.reason)
    if ballot.door:
        form.get_by_label("Vers qui", exact=True).select_option(ballot.door)
    if ballot.paper:
        form.get_by_text(ballot.paper, exact=True).click()


def may_vote(member: Person, address: str) -> bool:
    """Whether the member's page of the open sitting shows a ballot."""
    page = member.goto(address)
    return page.locator("section[aria-labelledby=vote] form").count() > 0


def vote(member: Person, ballot: Ballot) -> None:
    """On the page of the sitting that is open before the member."""
    form = member.page.locator("section[aria-labelledby=vote] form")
    fill(form, ballot)
    member.press("Voter", form)
    expect(member.page.locator("main")).to_contain_text("Votre vote est enregistré")


def note_vote(clerk: Person, address: str, voter: User, ballot: Ballot) -> None:
    """A vote given by hand, noted at the desk."""
    page = clerk.goto(f"{address}bureau/")
    page.get_by_text("Noter un vote donné à main levée").click()
    form = page.locator("form").filter(has=page.get_by_role("button", name="Noter ce vote"))
    form.get_by_label("Qui vote").select_option(label=voter.display_name)
    fill(form, ballot)
    clerk.press("Noter ce vote", form)
    expect(page.locator("body")).to_contain_text("Le vote est noté")


def end_vote(clerk: Person, address: str) -> None:
    clerk.goto(f"{address}bureau/")
    clerk.press("Clore le vote")


def put_off(clerk: Person, address: str) -> None:
    page = clerk.goto(f"{address}bureau/")
    page.get_by_text("Ajourner ce dossier").click()
    page.get_by_label("Ajourner, parce que").select_option("discussed")
    clerk.press("Ajourner")


def close_sitting(clerk: Person, address: str) -> None:
    page = clerk.goto(f"{address}bureau/")
    page.locator("summary").filter(has_text="Lever la séance").click()
    clerk.press("Lever la séance")
    expect(page.locator("body")).to_contain_text("procès-verbal")


def sign_minutes(people: Sequence[Person], address: str) -> str:
    """By two persons, each on the own page; the number."""
    for person in people:
        person.goto(address)
        page = person.follow("Lire le procès-verbal")
        person.press("Signer ce procès-verbal")
    expect(page.locator("main")).to_contain_text("Version complète")
    return page.locator("h1").inner_text().split()[-1]


# In writing --------------------------------------------------------------------------------------------------------


def write_vote(member: Person, reference: str, ballot: Ballot) -> None:
    page = open_file(member, reference)
    form = page.locator("form").filter(has=page.get_by_role("heading", name="Votre vote"))
    assert form.count() == 1, (member.name, reference, page.locator("aside").first.inner_text())
    fill(form, ballot)
    member.press("Voter et passer au suivant", form)


def decide_alone(delegate: Person, reference: str, ballot: Ballot) -> None:
    page = open_file(delegate, reference)
    form = page.locator("form").filter(has=page.get_by_role("heading", name="Décider par délégation"))
    fill(form, ballot)
    delegate.press("Décider et passer au suivant", form)


def sign_decision(signer: Person, reference: str) -> None:
    """As the committee advised."""
    signer.goto("/comite/signatures/")
    page = signer.follow(reference)
    form = page.locator("form").filter(has=page.get_by_role("heading", name="Votre décision"))
    fill(form, GRANT)
    signer.press("Signer la décision", form)
    expect(page.locator("body")).to_contain_text("décision signée")


def bring_paper(student: Person, token: object) -> None:
    page = student.goto(f"/demandes/{token}/pieces-attendues/")
    paper = {"name": "facture.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.locator("input[type=file]").set_input_files(paper)
    student.press("Envoyer cette pièce")


def accept_paper(referent: Person, reference: str) -> None:
    referent.goto("/pieces-attendues/")
    referent.follow(reference)
    referent.press("Elle convient")


def vote_on_many(member: Person, references: Sequence[str], ballot: Ballot) -> list[str]:
    """Ticked on one page of the queue, listed, confirmed; the worker does the rest. Those that were ticked."""
    page = member.goto("/comite/")
    boxes = page.locator("main table").get_by_role("checkbox")
    while not (mine := sorted(set(_rows(boxes)) & set(references))):
        page = member.follow("Les suivantes")
    for reference in mine:
        page.get_by_label(f"Cocher {reference}").check()
    page.get_by_label("Le même vote pour tous").select_option(ballot.choice)
    if ballot.reason:
        page.get_by_label("Motif, si vous refusez").select_option(ballot.reason)
    member.press("Voir les dossiers cochés")
    listed = REFERENCE.findall(page.get_by_role("table").inner_text())
    assert sorted(listed) == mine, (listed, mine)
    member.press("Voter sur ce", exact=False)
    member.page.goto("about:blank")  # the page asks again and again while the worker works
    return mine


def _rows(boxes: Locator) -> list[str]:
    """References of the rows that can be ticked."""
    return REFERENCE.findall(" ".join(boxes.locator("xpath=..").all_inner_texts()))
