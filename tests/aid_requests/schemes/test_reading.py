"""A faulty schedule file: every fault is found, told in a sentence, with its place; nothing unsafe is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid_requests.schemes import SchemeError, dump, load
from aid_requests.schemes.grammar import Requirement
from aid_requests.schemes.nodes import MAX_BYTES
from tests.aid_requests.schemes import strategies
from tests.aid_requests.schemes.examples import SMALL, small

NBSP = "\u00a0"

# (what is written, what is written instead, the place of the fault, a piece of its sentence)
FAULTS = [
    ("slug: project-fund", "slug: project-fund\ncolour: red", "colour", "Clé inconnue"),
    ("pocket: general\n", "", "", "Il manque la clé «\u00a0pocket\u00a0»"),
    ("pocket: general", "pocket: general\npocket: other", "pocket", "écrite deux fois"),
    ("pocket: general", "pocket: Général", "pocket", "le code de l’enveloppe"),
    ("grammar: 1", "grammar: 2", "grammar", "version de la grammaire"),
    ("slug: project-fund", "slug: Project Fund", "slug", "minuscules sans accent"),
    ("slug: project-fund", "slug: [a]", "slug", "une seule valeur"),
    ("reference_prefix: P", "reference_prefix: PX", "reference_prefix", "une seule lettre majuscule"),
    ("opens_on: 2020-04-03", "opens_on: 03/04/2020", "opens_on", "Écrivez une date"),
    ("opens_on: 2020-04-03", "opens_on: 2020-02-30", "opens_on", "qui existe"),
    ("closes_on: 2020-06-30", "closes_on: 2020-04-02", "closes_on", "vient avant l’ouverture"),
    ("bank_label: FONDATION", "bank_label: AIDE D’URGENCE", "bank_label", "Les banques"),
    ("bank_label: FONDATION", "bank_label: A//B", "bank_label", "Les banques"),
    ("days_to_payment: 6", "days_to_payment: 0", "delays.days_to_payment", "de 1 à 90"),
    ("votes: 2", "votes: two", "decision.votes", "de 1 à 15"),
    ("own_school: excluded", "own_school: maybe", "decision.own_school", "Valeurs possibles"),
    ("title: {fr: Fonds de projets, en: Project fund}", "title: Fonds", "title", "des clés et des valeurs"),
    ("en: Project fund}", "de: Projekt}", "title", "Il manque la clé «\u00a0en\u00a0»"),
    ("en: Project fund}", 'en: ""}', "title.en", "Ce texte est vide"),
    ("en: Project fund}", 'en: "a\\0b"}', "title.en", "caractère invisible"),
    ("en: Project fund}", 'en: "a\\u202eb"}', "title.en", "caractère invisible"),
    ("en: Project fund}", "en: " + "x" * 2001 + "}", "title.en", "dépasse 2000 caractères"),
    ("requests: 1, amount: 700.00", "requests: 0", "caps[1].requests", "de 1 à 100"),
    (", requests: 1, amount: 700.00", "", "caps[1]", "Un plafond fixe"),
    ("per: person_and_university_year", "per: village", "caps[1].per", "Valeurs possibles"),
    ("id: weeks", "id: kind", "questions[2]", "déjà pris"),
    ("id: weeks", "id: Weeks!", "questions[2].id", "Un code commence"),
    ("kind: number", "kind: decimal", "questions[2].kind", "Valeurs possibles"),
    ("value: firm", "value: lab", "questions[1].options[2]", "déjà pris"),
    ("minimum: 1\n", "minimum: 60\n", "questions[2]", "Le minimum dépasse"),
    ("minimum: 1\n", "minimum: 1.5\n", "questions[2].minimum", "nombre entier"),
    ("minimum: 1\n", "max_length: 5\n", "questions[2].max_length", "n’a pas de sens"),
    ("minimum: 2019-09-01", "minimum: soon", "questions[5].minimum", "Écrivez une date"),
    ("required: no", "required: false", "questions[7].required", "Écrivez yes ou no"),
    (
        "{answer: abroad, eq: yes}",
        "{answer: elsewhere, eq: yes}",
        "questions[4].visible_if.answer",
        "Aucune question",
    ),
    (
        "{answer: abroad, eq: yes}",
        "{answer: cost, lt: 1}",
        "questions[4].visible_if.answer",
        "vient plus bas",
    ),
    (
        "{answer: abroad, eq: yes}",
        "{answer: country, eq: FR}",
        "questions[4].visible_if.answer",
        "vient plus bas",
    ),
    ("{answer: abroad, eq: yes}", "{answer: abroad, eq: true}", "questions[4].visible_if.eq", "yes ou no"),
    (
        "  invalid_message: {fr: Cette date est à venir., en: This date is to come.}\n",
        "",
        "questions[5]",
        "vont ensemble",
    ),
    ("{date: requested_on}", "{date: tomorrow}", "questions[5].valid_if.le.date", "n’est pas connu"),
    ("{date: requested_on}", "{answer: weeks}", "questions[5].valid_if.le", "pas de la même sorte"),
    ("{date: requested_on}", "{}", "questions[5].valid_if.le", "une seule source"),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {answer: weeks}",
        "eligibility[1].refuse_when",
        "une seule source",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {answer: weeks, lt: 4, le: 5}",
        "eligibility[1].refuse_when",
        "un seul opérateur",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: weeks < 4",
        "eligibility[1].refuse_when",
        "des clés et des valeurs",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {answer: weeks, over: 4}",
        "eligibility[1].refuse_when.over",
        "Clé inconnue",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {answer: weeks, lt: four}",
        "eligibility[1].refuse_when.lt",
        "nombre entier",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {register: marks, lt: 4}",
        "eligibility[1].refuse_when.register",
        "n’est pas connu",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {answer: story, eq: x}",
        "eligibility[1].refuse_when.answer",
        "texte libre",
    ),
    (
        "orientation: [crous]\notherwise",
        "orientation: [police]\notherwise",
        "eligibility[1].orientation[1]",
        "Aucune porte",
    ),
    (
        "orientation: [crous]\ncases",
        "orientation: []\ncases",
        "otherwise.orientation",
        "Cette liste est vide",
    ),
    ("{answer: kind, eq: firm}", "{answer: kind, eq: shop}", "cases[3].when.eq", "n’est pas une réponse"),
    ("{answer: kind, eq: firm}", "{answer: kind, lt: firm}", "cases[3].when", "compare des nombres"),
    ("{answer: kind, eq: firm}", "{all: []}", "cases[3].when.all", "Cette liste est vide"),
    (
        "{answer: kind, eq: firm}",
        "{any: {answer: kind, eq: firm}}",
        "cases[3].when.any",
        "Il faut ici une liste",
    ),
    ("between: [4, 12]", "between: [12, 4]", "cases[1].when.all[2]", "commence par la plus petite"),
    ("between: [4, 12]", "between: [4, 8, 12]", "cases[1].when.all[2]", "demande deux valeurs"),
    ("amount: 150.00", "amount: 150.005", "cases[1].amount", "deux décimales au plus"),
    ("amount: 150.00", "amount: 1.5e2", "cases[1].amount", "Écrivez un montant"),
    ("amount: 150.00", "amount: -150", "cases[1].amount", "Écrivez un montant"),
    ("amount: 150.00", "amount: 0", "cases[1].amount", "au moins un centime"),
    ("amount: 150.00", "amount: 99999999999", "cases[1].amount", "Écrivez un montant"),
    ("amount: 150.00", "amount: cent cinquante", "cases[1].amount", "Écrivez un montant"),
    ("amount: 150.00", "amount: .inf", "cases[1].amount", "Écrivez un montant"),
    ("- code: long_lab", "- code: short_lab", "cases[2]", "déjà pris"),
    ("required: subject_to", "required: never", "cases[3].documents[1].required", "Valeurs possibles"),
    ("code: agreement", "code: rent", "cases[3].documents[1]", "déjà pris"),
    ("code: firm_weeks", "code: cost", "cases[3].facts[1]", "déjà pris"),
    (
        'fr: "je fais {weeks} semaines"',
        'fr: "je fais {week} semaines"',
        "cases[3].facts[1].text",
        "Aucune question",
    ),
    (
        'fr: "je fais {weeks} semaines"',
        'fr: "je fais {cost} semaines"',
        "cases[3].facts[1].text",
        "Les deux langues",
    ),
    (
        'fr: "je fais {weeks} semaines"',
        'fr: "je fais {weeks!r} semaines"',
        "cases[3].facts[1].text",
        "Les accolades",
    ),
    ("{weeks}", "{story}", "cases[3].facts[1].text", "pourrait avoir un trou"),
    ('[JP, CA, "NO"]', "[JP, Canada]", "parts[1].when.in[2]", "code de pays"),
    ('[JP, CA, "NO"]', "JP", "parts[1].when.in", "Il faut ici une liste"),
    ("doors:\n- {code: crous", "doors:\n- {code: crous, url: x", "doors[1].url", "Clé inconnue"),
    # What cannot be expressed is answered by what can be written instead.
    ("amount: 150.00", "amount: 150.00\n  percent: 50", "cases[1].percent", "Un pourcentage ne s’écrit pas"),
    ("amount: 150.00", "amount: 150.00\n  formula: a*b", "cases[1].formula", "Un calcul ne s’écrit pas"),
    ("amount: 150.00", "amount: 150.00\n  score: 3", "cases[1].score", "ni points ni classement"),
    ("amount: 150.00", "amount: 150.00\n  prorata: x", "cases[1].prorata", "ne se partage pas"),
    ("amount: 150.00", "amount: 150.00\n  amount_asked: x", "cases[1].amount_asked", "Personne ne saisit"),
    # Sets, access, caps.
    ("pocket: general", "pocket: general\naccess: secret", "access", "Valeurs possibles"),
    (
        "slug: project-fund",
        "slug: project-fund\nsets: [{code: a, label: {fr: A, en: A}, countries: [fr]}]",
        "sets[1].countries[1]",
        "deux lettres majuscules",
    ),
    (
        "slug: project-fund",
        "slug: project-fund\nsets: [{code: a, label: {fr: A, en: A}, countries: [FR, FR]}]",
        "sets[1].countries[2]",
        "déjà pris",
    ),
    ('[JP, CA, "NO"]', "[asia]", "parts[1].when.in[1]", "ni un nom de « sets »"),
    ("requests: 1, amount: 700.00", "requests: 1, need: [kind]", "caps[1].need", "« need » ne sert qu’avec"),
    (
        "per: person_and_university_year, requests: 1",
        "per: person_and_need, need: [story], requests: 1",
        "caps[1].need[1]",
        "ne peut pas distinguer les besoins",
    ),
    (
        "per: person_and_university_year, requests: 1",
        "per: person_and_need, need: [nothing], requests: 1",
        "caps[1].need[1]",
        "Aucune question",
    ),
    # Spans.
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {days_between: [{answer: began_on}], lt: 4}",
        "eligibility[1].refuse_when",
        "demande deux dates",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {days_between: [{answer: began_on}, {answer: began_on}], lt: 4}",
        "eligibility[1].refuse_when",
        "deux dates différentes",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {days_between: [{answer: weeks}, 2020-01-01], lt: 4}",
        "eligibility[1].refuse_when.days_between[1]",
        "entre deux dates",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {days_between: [hier, 2020-01-01], lt: 4}",
        "eligibility[1].refuse_when.days_between[1]",
        "une date qui existe",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {days_between: [{answer: began_on}, 2020-01-01], lt: {answer: weeks}}",
        "eligibility[1].refuse_when.lt",
        "avec un nombre écrit ici",
    ),
    (
        "refuse_when: {answer: weeks, lt: 4}",
        "refuse_when: {answer: weeks, lt: {answer: weeks}}",
        "eligibility[1].refuse_when.lt",
        "elle-même",
    ),
    # Parts by unit.
    ("amount: 250.00", "amount: 250.00\n  times: {answer: weeks}", "parts[1]", "vont ensemble"),
    ("amount: 250.00", "amount: 250.00\n  at_most: 3", "parts[1]", "vont ensemble"),
    (
        "amount: 250.00",
        "amount: 250.00\n  at_most: 3\n  times: {answer: cost}",
        "parts[1].times",
        "nomme un nombre",
    ),
    # Groups.
    ("kind: yes_no", "kind: group", "questions[3]", "a ses propres questions"),
    (
        "kind: yes_no",
        "kind: yes_no\n  row_label: {fr: A, en: A}",
        "questions[3].row_label",
        "n’a pas de sens",
    ),
    (
        "kind: yes_no",
        "kind: yes_no\n  questions: [{id: x, kind: date, label: {fr: X, en: X}}]",
        "questions[3].questions",
        "n’a pas de sens",
    ),
]


def problems_of(text: str):
    with pytest.raises(SchemeError) as caught:
        load(text)
    return caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "path", "sentence"), FAULTS, ids=[f"{new[:40]!r}" for _, new, _, _ in FAULTS]
)
def test_a_fault_is_told_with_its_place_and_what_to_do(old, new, path, sentence):
    assert old in SMALL
    problems = problems_of(SMALL.replace(old, new))
    assert any(problem.path == path and sentence in problem.message_fr for problem in problems), problems
    assert all(problem.line > 0 for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "path", "sentence"), FAULTS, ids=[f"{new[:40]!r}" for _, new, _, _ in FAULTS]
)
def test_the_sentence_of_a_fault_is_a_french_sentence(old, new, path, sentence):
    for problem in problems_of(SMALL.replace(old, new)):
        assert problem.message_fr[0].isupper() or problem.message_fr[0] == "«"
        assert problem.message_fr.endswith(".")


# What cannot be read at all: one fault, and nothing of the file is used.
UNREADABLE = [
    ("", "Le fichier est vide"),
    ("# rien\n", "Le fichier est vide"),
    ("title: {fr: [", "pas du YAML lisible"),
    ("a: b: c", "pas du YAML lisible"),
    ("a: \x07", "caractères qui ne sont pas du texte"),
    ('a: "\\U99999999"', "caractères qui ne sont pas du texte"),
    ("a: &x 1\nb: *x", "renvois YAML"),
    ("a: *x", "renvois YAML"),
    ("a: !!python/object/apply:os.system [ls]", "types YAML"),
    ("a: !!float 150.00", "types YAML"),
    ("? [a, b]\n: c", "Une clé doit être un mot"),
    ("a: 1\n---\nb: 2", "Un seul dispositif par fichier"),
    ("a: " + "[" * 5000, "niveaux"),
    ("a: " + "x" * MAX_BYTES, "200 ko"),
]


@pytest.mark.parametrize(("text", "sentence"), UNREADABLE, ids=[f"{text[:30]!r}" for text, _ in UNREADABLE])
def test_what_is_not_safe_plain_yaml_is_refused_with_one_sentence(text, sentence):
    (problem,) = problems_of(text)
    assert sentence in problem.message_fr


@pytest.mark.parametrize("text", ["- a\n- b", "just words", "~"])
def test_a_file_that_holds_no_mapping_is_refused(text):
    (problem,) = problems_of(text)
    assert "des clés et des valeurs" in problem.message_fr


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    text = SMALL.replace("votes: 2", "votes: 99").replace("150.00", "0").replace("eq: firm", "eq: shop")
    problems = problems_of(text)
    assert [problem.path for problem in problems] == ["decision.votes", "cases[1].amount", "cases[3].when.eq"]
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


@strategies.SLOW_MACHINE
@given(
    st.integers(0, len(SMALL)),
    st.integers(0, 60),
    st.text(max_size=12) | st.sampled_from(["[", "}", "- ", "\n"]),
)
def test_a_damaged_file_is_read_or_refused_with_sentences_never_a_crash(place, length, junk):
    damaged = SMALL[:place] + junk + SMALL[place + length :]
    try:
        scheme = load(damaged)
    except SchemeError as error:
        assert error.problems
        assert all(problem.message_fr.endswith(".") for problem in error.problems)
    else:
        assert load(dump(scheme)) == scheme


def test_a_question_with_a_faulty_kind_does_not_bring_faults_where_it_is_used():
    problems = problems_of(SMALL.replace("kind: number", "kind: decimal"))
    assert [problem.path for problem in problems] == ["questions[2].kind"]


def test_the_error_prints_each_fault_with_its_line():
    with pytest.raises(SchemeError, match=f"^ligne 11, decision.votes{NBSP}: Écrivez un nombre entier"):
        load(SMALL.replace("votes: 2", "votes: 99"))


def test_a_case_without_amount_needs_parts():
    without_parts = SMALL[: SMALL.index("parts:")] + SMALL[SMALL.index("documents:\n- {code: rent") :]
    problems = problems_of(without_parts.replace("  amount: 150.00\n", ""))
    assert [problem.path for problem in problems] == ["cases[1]"]
    assert "Il manque le montant" in problems[0].message_fr


@pytest.mark.parametrize(
    ("written", "cents"), [("150", 15000), ("150.5", 15050), ("0.01", 1), ("1234.56", 123456)]
)
def test_an_amount_becomes_exact_cents(written, cents):
    scheme = load(SMALL.replace("amount: 150.00", f"amount: {written}"))
    assert scheme.cases[0].amount_cents == cents


def test_norway_is_a_country_and_yes_is_no_boolean_of_yaml():
    scheme = load(SMALL.replace('"NO"', "NO"))
    assert scheme == small()
    assert scheme.parts[0].when.values == ("JP", "CA", "NO")


def test_a_document_is_needed_unless_the_file_says_otherwise():
    scheme = small()
    assert scheme.documents[0].required is Requirement.ALWAYS
    assert scheme.cases[2].documents[0].required is Requirement.SUBJECT_TO


def test_unknown_names_are_key_errors():
    with pytest.raises(KeyError):
        small().question("nothing")
    with pytest.raises(KeyError):
        small().door("nothing")
