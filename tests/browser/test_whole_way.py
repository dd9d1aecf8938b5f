"""The whole way in a browser: a gift, a request, a decision, a payment that comes back, and the account corrected.

Six people of the demo do their part, each in a browser of their own, on the database that `start.py` made.
"""

import json
import re
import urllib.request
from importlib.resources import files as package_files
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.papers import pdf

pytestmark = pytest.mark.browser

IBAN, OTHER_IBAN = "fr76 3000 3005 4052 6018 1590 815", "DE89 3704 0044 0532 0130 00"
PAPER = pdf()
STORY = "Mon stage s’est arrêté le 17 mars et le loyer est resté."


class Walk:
    """One browser per person; every page is watched for script errors and refused resources (CSP)."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self.browser, self.address, self.folder = browser, address, folder
        self.complaints: list[str] = []
        self.pages: dict[str, Page] = {}

    def as_(self, who: str) -> Page:
        if who not in self.pages:
            page = self._new_page(self.browser.new_context(locale="fr-FR", accept_downloads=True))
            if who != "visitor":
                page.goto(f"{self.address}/demo/")
                page.get_by_role("listitem").filter(has_text=who).get_by_role("button").click()
                expect(page.get_by_role("button", name="Quitter")).to_be_visible()
            self.pages[who] = page
        return self.pages[who]

    def _new_page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _note(self, kind: str, text: str) -> None:
        # 4xx pages are part of the walk (a wrong code, a refusal); the browser logs them as failed loads.
        if kind == "error" and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def totals(self) -> dict[str, int]:
        with urllib.request.urlopen(f"{self.address}/api/totals.json", timeout=10) as answer:
            return json.load(answer)

    def code_for(self, name: str, subject: str) -> str:
        """The newest six digits in the demo's mailbox for this person's address."""
        page = self.as_("mailbox-reader") if "mailbox-reader" in self.pages else self._mailbox()
        for _attempt in range(40):
            page.goto(f"{self.address}/demo/courrier/")
            mail = page.locator("article").filter(has_text=name).filter(has_text=subject).first
            if mail.count():
                found = re.search(r"(?<!\d)\d{6}(?!\d)", mail.inner_text())
                if found and found.group() not in self._used:
                    self._used.add(found.group())
                    return found.group()
            page.wait_for_timeout(500)
        raise AssertionError(f"no new code came for {name}")

    _used: set[str] = set()

    def _mailbox(self) -> Page:
        page = self._new_page(self.browser.new_context(locale="fr-FR"))
        self.pages["mailbox-reader"] = page
        return page


@pytest.fixture(scope="module")
def walk(browser: Browser, site) -> Walk:
    return Walk(browser, site.address, site.folder)


def give(walk: Walk) -> None:
    before = walk.totals()["raised_cents"]
    page = walk.as_("visitor")
    page.goto(f"{walk.address}/don/")
    page.get_by_label("Autre montant").fill("-5")
    page.get_by_role("textbox", name="Prénom").fill("Ada")
    page.get_by_label("Nom", exact=True).fill("Essai")
    page.get_by_label("Adresse électronique").fill("ada@donateurs.example")
    page.get_by_role("button", name="Continuer vers le paiement").click()
    expect(page.locator("p.error").first).to_contain_text("plus grand que zéro")
    expect(page.get_by_role("textbox", name="Prénom")).to_have_value("Ada")
    page.get_by_label("Autre montant").fill("1 234,50")
    page.get_by_role("button", name="Continuer vers le paiement").click()
    pay_origin = re.match(r"https?://[^/]+", page.url).group()
    assert pay_origin != walk.address, "the pay page is on a second origin"
    expect(page.get_by_role("heading", name=re.compile("1.234,50"))).to_be_visible()
    page.get_by_role("link", name="Annuler et revenir").click()
    expect(page.get_by_text("Rien n’a été débité")).to_be_visible()
    assert walk.totals()["raised_cents"] == before, "a pay page that was left counts for nothing"
    page.get_by_role("button", name=re.compile("Reprendre|payer|Payer")).first.click()
    page.get_by_role("button", name="Payer par carte").click()
    expect(page.get_by_role("heading", name=re.compile("Votre don est arrivé"))).to_be_visible(timeout=30_000)
    assert walk.totals()["raised_cents"] == before + 123_450


def ask(walk: Walk) -> None:
    """Eligibility without account, sign-in by code, five steps, a wrong code, and the signature."""
    page = walk.as_("visitor")
    page.goto(f"{walk.address}/aide/emergency-aid/")
    for question, answer in (
        ("inscrit", "Oui"),
        ("Vivez-vous en France", "Oui"),
        ("a changé", "Mon stage est rompu"),
        ("dépense", "Mon loyer"),
    ):
        group = page.get_by_role("group", name=re.compile(question))
        group.get_by_text(answer).first.click()
        page.wait_for_timeout(150)
    expect(page.locator(".register")).to_contain_text("150\u00a0€")  # before any button
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator(".register")).to_contain_text("150 €".replace(" ", "\u00a0"))
    page.get_by_role("link", name="Demander cette aide").click()
    page.get_by_label("Votre adresse électronique").fill("ines@lyon.polytech.example")
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code à six chiffres").fill(walk.code_for("ines@lyon.polytech.example", "code"))
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Demander cette aide").click()
    walk.pages["Inès"] = walk.pages.pop("visitor")
    fill_the_steps(page)
    sign(walk, page)


def fill_the_steps(page: Page) -> None:
    page.get_by_label("Prénom", exact=False).first.fill("Inès")
    page.get_by_label(re.compile("^Nom")).first.fill("Marchetti")
    page.get_by_label("Date de naissance").fill("09/09/1999")
    page.get_by_label(re.compile("Lieu de naissance|Ville de naissance|Né")).first.fill("Grenoble")
    page.get_by_label(re.compile("^Adresse")).first.fill("27 rue de l’Essai, 69003 Lyon")
    page.get_by_role("button", name="Continuer").click()
    page.locator("[name=q-stopped_on]").fill("17/03/2020")
    page.locator("[name=q-amount_due]").fill("410")
    page.locator("textarea[name$=story]").fill(STORY)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("PDF, JPEG, PNG")).to_be_visible()
    upload(page, 0, "faux.pdf", b"pas un pdf")
    expect(page.locator("p.error").first).to_be_visible()
    upload(page, 0, "piece.pdf", PAPER)
    expect(page.get_by_text("La pièce est reçue.")).to_be_visible()
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator(".call.err")).to_contain_text("il manque")
    for number in range(1, page.locator(".drop").count()):  # chosen, and sent by « Continuer » itself
        choose(page, number, "piece.pdf", PAPER)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("IBAN").fill("FR76 3000 3005 4052 6018 1590 816")
    page.get_by_label(re.compile("itulaire")).fill("Inès Marchetti")
    page.get_by_role("button", name="Vérifier ce compte").click()
    expect(page.locator("p.error").first).to_contain_text("erreur de frappe")
    page.get_by_label("IBAN").fill(IBAN)
    page.get_by_role("button", name="Vérifier ce compte").click()
    page.get_by_role("link", name="C’est bien mon compte").click()


def choose(page: Page, number: int, name: str, content: bytes) -> None:
    field = page.locator(".drop").nth(number).locator("input[type=file]")
    field.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})


def upload(page: Page, number: int, name: str, content: bytes) -> None:
    choose(page, number, name, content)
    page.locator(".drop").nth(number).get_by_role("button", name="Envoyer").click()
    page.wait_for_load_state()


def sign(walk: Walk, page: Page) -> None:
    boxes = page.locator(".swear input[type=checkbox]")
    assert not any(boxes.nth(number).is_checked() for number in range(boxes.count())), (
        "nothing is ticked in advance"
    )
    for number in range(boxes.count()):
        boxes.nth(number).check()
    page.get_by_label("Fait à").fill("Lyon")
    page.get_by_role("button", name="Recevoir mon code").click()
    tick_all(page)
    code = walk.code_for("ines@lyon.polytech.example", "sign")
    wrong = "000000" if code != "000000" else "111111"
    page.get_by_label(re.compile("Code")).fill(wrong)
    page.get_by_role("button", name="Signer").click()
    expect(page.locator("p.error, .call.err").first).to_contain_text("essai")
    tick_all(page)
    page.get_by_label(re.compile("Code")).fill(code)
    page.get_by_role("button", name="Signer").click()
    expect(page.locator(".swear")).to_have_count(0)


def tick_all(page: Page) -> None:
    boxes = page.locator(".swear input[type=checkbox]")
    for number in range(boxes.count()):
        boxes.nth(number).check()


def certify(walk: Walk, reference: str) -> None:
    page = walk.as_("Paul Garancher")
    page.goto(f"{walk.address}/inscriptions/")
    page.get_by_role("link", name=re.compile("Inès Marchetti")).click()
    assert STORY not in page.content(), "the school does not read the story"
    page.locator("[name=level]").select_option(index=2)
    page.get_by_role("button", name="Confirmer l’inscription").click()


def vote(walk: Walk, who: str, reference: str) -> None:
    page = walk.as_(who)
    page.goto(f"{walk.address}/comite/")
    page.get_by_role("link", name=reference).click()
    text = page.content()
    assert STORY in text
    assert "Marchetti" not in text
    assert "Lyon" not in text
    page.get_by_text("J’accorde").first.click()
    page.get_by_role("button", name=re.compile("Voter")).click()
    expect(page.locator("main")).to_be_visible()


def prepare(walk: Walk) -> str:
    page = walk.as_("Olivier Brandelaert")
    page.goto(f"{walk.address}/tresorerie/")
    page.get_by_role("button", name=re.compile("Préparer le lot")).click()
    expect(page.get_by_text("une autre personne doit le signer")).to_be_visible()
    return page.url


def sign_batch(walk: Walk, url: str) -> Path:
    page = walk.as_("Nadia Ferrandelle")
    page.goto(url)
    page.get_by_role("button", name="Signer le lot").click()
    expect(page.get_by_role("button", name="Télécharger")).to_be_visible()
    treasurer = walk.as_("Olivier Brandelaert")
    treasurer.goto(url)
    with treasurer.expect_download() as download:
        treasurer.get_by_role("button", name="Télécharger").click()
    return Path(download.value.path())


def bank_answers(walk: Walk, returned: str | None) -> Path:
    page = walk.as_("visitor")
    page.goto(f"{walk.address}/demo/banque/")
    form = page.locator("form").filter(has_text="AC04").first
    form.locator("select").select_option(returned or "")
    with page.expect_download() as download:
        form.get_by_role("button", name="Exécuter").click()
    path = walk.folder / f"releve-{returned or 'aucun'}.xml"
    download.value.save_as(path)
    return path


def read_statement(walk: Walk, path: Path) -> Page:
    page = walk.as_("Olivier Brandelaert")
    page.goto(f"{walk.address}/tresorerie/releves/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Lire ce relevé").click()
    return page


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring((package_files("sepaxml") / "schemas" / name).read_bytes()))


def figures(site) -> dict[str, int]:
    """What the ledger says, aid included: no page tells it live."""
    asked = (
        "import json; from reports.figures import read_figures; print(json.dumps(read_figures().as_json()))"
    )
    told = site.manage("shell", "--verbosity", "0", "--command", asked)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_the_whole_way(walk: Walk, site) -> None:
    before, public = figures(site), walk.totals()["aid"]
    give(walk)
    ask(walk)
    student = walk.as_("Inès")
    reference = re.search(r"U-2020-\d{4}", student.inner_text("main")).group()
    certify(walk, reference)
    vote(walk, "Hélène Vassivière", reference)
    vote(walk, "Jeanne Aubrelle", reference)
    assert figures(site)["promised_cents"] == before["promised_cents"] + 15_000

    batch = prepare(walk)
    document = etree.parse(str(sign_batch(walk, batch)))
    schema("pain.001.001.09.xsd").assertValid(document)
    total = sum(int(str(node.text).replace(".", "")) for node in document.iter("{*}InstdAmt"))
    ours = transfer_of(walk, batch, reference)
    assert ours in [node.text for node in document.iter("{*}EndToEndId")]
    statement = bank_answers(walk, ours)
    read_statement(walk, statement)
    returned = figures(site)
    assert returned["given_cents"] == before["given_cents"] + total - 15_000
    again = read_statement(walk, statement)
    expect(again.locator("main")).to_contain_text("déjà été lu")
    assert figures(site)["given_cents"] == returned["given_cents"]
    student.goto(f"{walk.address}/demandes/")
    expect(student.locator("main")).to_contain_text("ce compte est fermé")
    correct_account(walk, student)
    second = prepare(walk)
    sign_batch(walk, second)
    assert transfer_of(walk, second, reference) != ours
    read_statement(walk, bank_answers(walk, None))
    student.goto(f"{walk.address}/demandes/")
    expect(student.locator(".badge").first).to_contain_text("Payée")
    after = figures(site)
    assert after["given_cents"] == before["given_cents"] + total
    assert after["promised_cents"] == before["promised_cents"] + 15_000 - total
    assert walk.totals()["aid"] == public, "nothing live tells about an aid"
    checked = site.manage("check_ledger", "--json")
    assert checked.returncode == 0, checked.stdout
    assert walk.complaints == []


def transfer_of(walk: Walk, batch: str, reference: str) -> str:
    page = walk.as_("Olivier Brandelaert")
    page.goto(batch)
    return page.get_by_role("row").filter(has_text=reference).locator(".mono").inner_text().replace("\n", "")


def correct_account(walk: Walk, page: Page) -> None:
    page.get_by_role("link", name=re.compile("autre compte")).first.click()
    page.get_by_label("IBAN").fill(IBAN)
    page.get_by_label(re.compile("itulaire")).fill("Inès Marchetti")
    page.get_by_role("button", name="Vérifier ce compte").click()
    expect(page.locator("p.error").first).to_be_visible()
    page.get_by_label("IBAN").fill(OTHER_IBAN)
    page.get_by_label(re.compile("itulaire")).fill("Inès Marchetti")
    page.get_by_role("button", name="Vérifier ce compte").click()
    tick_all(page)
    page.get_by_label("Fait à").fill("Lyon")
    page.get_by_role("button", name="Recevoir mon code").click()
    tick_all(page)
    page.get_by_label(re.compile("Code")).fill(walk.code_for("ines@lyon.polytech.example", "sign"))
    page.get_by_role("button", name="Signer").click()
    expect(page.locator(".swear")).to_have_count(0)
