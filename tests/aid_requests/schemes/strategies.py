"""Random schemes and answers: every kind, every operator, conditions nested, texts of any printable character."""

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from aid_requests.schemes.fields import read_text
from aid_requests.schemes.grammar import (
    Access,
    AllOf,
    AnyOf,
    Cap,
    CapScope,
    Case,
    Comparison,
    CountrySet,
    DecisionRules,
    Delays,
    Document,
    Door,
    EligibilityRule,
    Fact,
    Kind,
    Measure,
    Not,
    Operand,
    Operator,
    Option,
    Otherwise,
    OwnSchool,
    Part,
    Question,
    Requirement,
    Scheme,
    Source,
    Span,
    Text,
)
from aid_requests.schemes.nodes import has_unprintable
from aid_requests.schemes.values import ValueFault, country_codes
from tests.aid_requests.schemes.examples import small

# Building a whole scheme takes long on a busy machine; that says nothing about the code under test.
SLOW_MACHINE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_CHARACTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.sampled_from(
    "\n\u00a0\u202f:#-'\"[]&*!%@`?|>"
)


def _is_text(raw: str) -> bool:
    try:
        return read_text(raw) == raw and not has_unprintable(raw)
    except ValueFault:
        return False


_WORDS = st.text(_CHARACTERS, min_size=1, max_size=12).map(lambda raw: raw.strip()).filter(_is_text)
TEXTS = st.builds(Text, fr=_WORDS, en=_WORDS)
_NO_BRACES = _WORDS.map(lambda text: text.replace("{", "(").replace("}", ")"))
CENTS = st.integers(1, 99_999_999_999)
DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))
OPTION_VALUES = ("yes", "no", "null", "rent")

VALUES = {
    Kind.YES_NO: st.booleans(),
    Kind.CHOICE: st.sampled_from(OPTION_VALUES),
    Kind.NUMBER: st.integers(-999_999_999, 999_999_999),
    Kind.DATE: DATES,
    Kind.COUNTRY: st.sampled_from(sorted(country_codes())),
    Kind.AMOUNT: st.integers(0, 99_999_999_999),
}
_ORDER = (Operator.LT, Operator.LE, Operator.GT, Operator.GE, Operator.BETWEEN)
_EQUALITY = (Operator.EQ, Operator.NE, Operator.IN)


ZONE = CountrySet("zone", Text("zone", "zone"), ("ES", "IT"))


@st.composite
def _spans(draw, dates):
    """Days, months or years between two different dates of the answers, the request or the calendar."""
    moments = [Operand(Source.ANSWER, question.id) for question in dates]
    start = draw(st.sampled_from(moments))
    others = [one for one in moments if one != start]
    end = draw(
        st.one_of(DATES, st.just(Operand(Source.DATE, "requested_on")), *(st.just(one) for one in others))
    )
    ends = draw(st.permutations([start, end]))
    number = draw(st.integers(-999, 999))
    return Comparison(
        Span(draw(st.sampled_from(Measure)), *ends), draw(st.sampled_from(_ORDER[:4])), (number,)
    )


@st.composite
def _rows_compared(draw, group):
    """The number of rows, or what is made of the amounts in them."""
    operator = draw(st.sampled_from(_ORDER[:4]))
    if draw(st.booleans()):
        return Comparison(Operand(Source.COUNT, group.id), operator, (draw(st.integers(0, 5)),))
    source = draw(st.sampled_from([Source.SUM, Source.MIN, Source.MAX]))
    return Comparison(Operand(source, f"{group.id}.{group.questions[0].id}"), operator, (draw(CENTS),))


@st.composite
def comparisons(draw, questions):
    question = draw(st.sampled_from(questions))
    if question.kind is Kind.GROUP:
        return draw(_rows_compared(question))
    if question.kind is Kind.DATE and draw(st.booleans()):
        return draw(_spans([one for one in questions if one.kind is Kind.DATE]))
    if question.kind is Kind.COUNTRY and draw(st.booleans()):
        return Comparison(
            Operand(Source.ANSWER, question.id), Operator.IN, (ZONE, draw(VALUES[Kind.COUNTRY]))
        )
    ordered = question.kind in (Kind.NUMBER, Kind.DATE, Kind.AMOUNT)
    operator = draw(st.sampled_from(_EQUALITY + _ORDER if ordered else _EQUALITY))
    value = VALUES[question.kind]
    operand = Operand(Source.ANSWER, question.id)
    if operator is Operator.BETWEEN:
        return Comparison(operand, operator, tuple(sorted((draw(value), draw(value)))))
    if operator is Operator.IN:
        return Comparison(operand, operator, tuple(draw(st.lists(value, min_size=1, max_size=3))))
    same_kind = [
        Operand(Source.ANSWER, other.id)
        for other in questions
        if other.kind is question.kind and other is not question
    ]
    return Comparison(operand, operator, (draw(st.one_of(value, *(st.just(one) for one in same_kind))),))


def conditions(questions):
    return st.recursive(
        comparisons(questions),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda found: AllOf(tuple(found))),
            st.lists(inner, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found))),
            inner.map(Not),
        ),
        max_leaves=5,
    )


@st.composite
def questions(draw, texts):
    """Questions q0, q1…: all required and comparable, each perhaps shown only after earlier answers."""
    made: list[Question] = []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(list(VALUES)))
        options = tuple(Option(value, draw(texts), draw(st.none() | texts)) for value in OPTION_VALUES)
        visible_if = draw(st.none() | conditions(made)) if made else None
        made.append(
            Question(
                id=f"q{number}",
                kind=kind,
                label=draw(texts),
                hint=draw(st.none() | texts),
                options=options if kind is Kind.CHOICE else (),
                visible_if=visible_if,
            )
        )
    return made


# Schemes whose words and cases do not matter: only what is asked, and when.
ASKING = questions(st.just(Text("mot", "word"))).map(lambda asked: replace(small(), questions=tuple(asked)))


def _documents(codes, asked):
    return st.tuples(
        *(
            st.builds(
                Document,
                code=st.just(code),
                label=TEXTS,
                hint=st.none() | TEXTS,
                required=st.sampled_from(Requirement),
                when=st.none() | conditions(asked),
                watermark=st.booleans(),
            )
            for code in codes
        )
    )


@st.composite
def _facts(draw, codes, asked):
    named = [""] + [f" {{{question.id}}}" for question in asked]
    facts = []
    for code in codes:
        hole = draw(st.sampled_from(named))
        text = Text(draw(_NO_BRACES) + hole, draw(_NO_BRACES) + hole)
        facts.append(Fact(code, text, draw(st.none() | conditions(asked))))
    return tuple(facts)


@st.composite
def _cases(draw, asked):
    return tuple(
        Case(
            code=f"case{number}",
            label=draw(TEXTS),
            when=draw(conditions(asked)),
            amount_cents=draw(CENTS),
            hint=draw(st.none() | TEXTS),
            documents=draw(_documents(["own"], asked)),
            facts=draw(_facts(["own"], asked)),
        )
        for number in range(draw(st.integers(1, 3)))
    )


def _none_or_one(one):
    return st.just(()) | st.tuples(one)


_CAPS = st.builds(
    Cap, st.sampled_from(CapScope), requests=st.integers(1, 100_000), amount_cents=st.none() | CENTS
)


@st.composite
def _group(draw, asked):
    """A group `rows` of one amount and perhaps a note, shown after some of what was asked."""
    fewest, most = sorted(draw(st.tuples(st.integers(0, 20), st.integers(1, 20))))
    note = Question(
        "note", Kind.TEXT, draw(TEXTS), required=False, visible_if=draw(st.none() | conditions(asked))
    )
    return Question(
        id="rows",
        kind=Kind.GROUP,
        label=draw(TEXTS),
        minimum=fewest,
        maximum=most,
        visible_if=draw(st.none() | conditions(asked)),
        questions=(Question("price", Kind.AMOUNT, draw(TEXTS)), *([note] if draw(st.booleans()) else [])),
        row_label=draw(st.none() | TEXTS),
    )


@st.composite
def _part(draw, asked):
    times = [Operand(Source.ANSWER, one.id) for one in asked if one.kind is Kind.NUMBER]
    times += [Operand(Source.COUNT, one.id) for one in asked if one.kind is Kind.GROUP]
    unit = draw(st.sampled_from([None, *times]))
    at_most = None if unit is None else draw(st.integers(1, 100))
    return Part("part", draw(TEXTS), draw(conditions(asked)), draw(CENTS), times=unit, at_most=at_most)


@st.composite
def schemes(draw):
    asked = draw(questions(TEXTS))
    if draw(st.booleans()):
        asked.append(draw(_group(asked)))
    limit = draw(st.none() | st.just(9))
    opens_on = draw(DATES)
    rules = st.builds(EligibilityRule, st.just("rule"), conditions(asked), TEXTS, st.just(("door",)))
    return Scheme(
        slug=draw(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)),
        title=draw(TEXTS),
        summary=draw(TEXTS),
        reference_prefix=draw(st.sampled_from("UMP")),
        pocket="general",
        opens_on=opens_on,
        closes_on=draw(st.dates(opens_on, date(2199, 12, 31))),
        bank_label="FONDATION VERSEMENT 1",
        delays=Delays(draw(st.integers(1, 90))),
        decision=DecisionRules(draw(st.integers(1, 15)), draw(st.sampled_from(OwnSchool))),
        questions=(*asked, Question("story", Kind.TEXT, draw(TEXTS), required=False, max_length=limit)),
        otherwise=Otherwise(draw(TEXTS), ("door",)),
        cases=draw(_cases(asked)),
        doors=(Door("door", draw(TEXTS), draw(TEXTS)),),
        eligibility=draw(_none_or_one(rules)),
        parts=draw(_none_or_one(_part(asked))),
        documents=draw(_documents(["shared"], asked)),
        opening_facts=draw(_facts(["opening"], asked)),
        closing_facts=draw(_facts(["closing"], asked)),
        caps=draw(_none_or_one(_CAPS)),
        access=draw(st.sampled_from(Access)),
        sets=(ZONE,),
    )


@st.composite
def answers_to(draw, scheme):
    """Answers to some of the questions of an ASKING scheme, of the right kind each."""
    return {question.id: draw(VALUES[question.kind]) for question in scheme.questions if draw(st.booleans())}


@st.composite
def every_answer_to(draw, scheme):
    """Whole answers to all questions that may decide: of a group, as many rows as it takes."""
    answers = {}
    for question in scheme.questions:
        if question.kind is Kind.GROUP:
            fewest, most = question.row_bounds
            prices = draw(st.lists(CENTS, min_size=fewest, max_size=most))
            answers[question.id] = tuple({question.questions[0].id: price} for price in prices)
        elif question.kind in VALUES:
            answers[question.id] = draw(VALUES[question.kind])
    return answers
