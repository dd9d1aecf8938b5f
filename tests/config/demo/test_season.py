"""The demo replays spring 2020: the same story on each machine, to the cent, and the one that is told."""

import json
import os
import subprocess
import sys
from datetime import datetime

import pytest
from django.conf import settings

from aid_requests.committee.actions.presiding import OPENS_BEFORE
from config.demo import cast
from config.demo.season.students import MOBILITY
from fund import clock

# Both loads make embedded databases of their own: under PostgreSQL the same would be proved a second time.
pytestmark = pytest.mark.embedded

# Two machines that have nothing in common but the program: order of sets, hour, language, folder.
MACHINES = (
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C"},
    {"PYTHONHASHSEED": "2", "TZ": "America/Bogota", "LC_ALL": "C.UTF-8", "LANG": "fr_FR.UTF-8"},
)


@pytest.fixture(scope="module")
def seasons(tmp_path_factory):
    """What the demo tells after it was loaded on each of two machines, at the same time."""
    running = [start(tmp_path_factory.mktemp("machine"), machine) for machine in MACHINES]
    told = []
    for process in running:
        out, errors = process.communicate(timeout=900)
        assert process.returncode == 0, errors[-3000:]
        told.append(json.loads(out))
    return told


def start(folder, machine):
    environment = {
        **os.environ,
        **machine,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": f"sqlite:///{folder}/fund.sqlite3",
        "TEST_DEMO": "1",
    }
    command = [sys.executable, "-X", "utf8", "-m", "tests.config.demo.season_account"]
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def season(seasons):
    return seasons[0]


def test_two_machines_tell_the_same_to_the_last_movement(seasons):
    first, second = seasons
    assert first.keys() == second.keys()
    for name in first:
        assert first[name] == second[name], name


def test_every_proof_of_the_ledger_holds(season):
    assert season["problems"] == []


def test_more_than_eleven_thousand_euros_were_given_by_the_middle_of_may(season):
    figures = season["figures"]
    assert 1_100_000 <= figures["raised_cents"] <= 1_250_000
    assert 170 <= figures["gifts"] <= 220
    assert sum(cents for _day, cents in season["days"]) == figures["raised_cents"]
    assert season["days"][0][0] == "2020-04-03" and season["days"][-1][0] <= "2020-05-15"
    assert min(season["amounts"]) == 500 and max(season["amounts"]) == 100_000


def test_the_sums_close_to_the_cent(season):
    figures = season["figures"]
    taken = ("fees_cents", "promised_cents", "given_cents", "open_disputes_cents")
    assert figures["left_cents"] == figures["raised_cents"] - sum(figures[name] for name in taken)
    assert figures["left_cents"] > 0
    assert figures["open_disputes_cents"] == 6_000
    assert [figures[name] for name in ("raised_cents", "left_cents", "gifts", "donors")] == [
        1_166_000, 225_902, 180, 155,
    ]  # fmt: skip


def test_exactly_forty_students_of_all_fifteen_schools_were_given_150_euros(season):
    assert (season["emergency_paid"], season["given_150"]) == (40, 40)
    assert season["emergency_schools"] == 15
    assert season["figures"]["students_helped"] == 45
    assert season["figures"]["given_cents"] == 40 * 15_000 + 175_000


def test_mobility_requests_stand_in_every_state_with_the_amounts_of_the_schedule(season):
    rows = [row for row in season["requests"] if row[0] == MOBILITY]
    states = {row[1] for row in rows}
    assert states == {
        "draft", "submitted", "in_review", "granted", "paid", "returned", "refused", "withdrawn",
    }  # fmt: skip
    assert {row[2] for row in rows} == {20_000, 25_000, 30_000, 35_000, 40_000, 50_000}


def test_donors_changed_their_minds_and_banks_took_their_time(season):
    states = season["states"]
    assert states["MonthlyGift"] == {"active": 12}
    assert states["Refund"] == {"succeeded": 1} and states["Dispute"] == {"open": 1, "won": 1}
    assert states["Gift"]["pending"] >= 2 and states["Gift"]["failed"] == 2
    words = states["GiftWords"]
    assert words["hidden"] == 1 and words["waiting"] == 4 and words["approved"] >= 35


def test_two_publications_are_released_and_a_draft_waits(season):
    assert [row[:2] for row in season["publications"]] == [["released", 1], ["released", 2], ["draft", None]]


def test_one_refusal_is_re_examined_and_every_bank_line_is_explained(season):
    assert season["reexaminations"] == 1 and season["refused_by"] == sorted(cast.REFUSERS)
    assert set(season["states"]["BankLine"]) == {"matched"}
    assert season["states"]["PaymentOrder"] == {"debited": 45, "due": 5, "returned": 2}


def test_one_sitting_was_held_and_another_may_be_opened_by_whoever_arrives(season):
    (state, _when, held), (waiting, convened, called) = season["sittings"]
    assert (state, [item for _reference, item in held]) == ("signed", ["adjourned"])
    assert (waiting, [item for _reference, item in called]) == ("convened", ["waiting"])
    assert convened == "2020-05-15T08:30:00+00:00"
    assert datetime.fromisoformat(convened) - OPENS_BEFORE <= clock.DEMO_START


def test_two_teams_collect_and_one_waits_to_be_read(season):
    assert season["teams"] == [
        ["le-gala-qui-na-pas-eu-lieu", "open", 90_500, 16],
        ["promotion-1998", "open", 35_500, 6],
        ["les-coureurs-du-dimanche", "proposed", 0, 0],
    ]


def test_one_sponsor_doubles_the_gifts_of_a_team_and_another_waits_for_its_second_person(season):
    assert season["offers"] == [["active", 90_500, 150_000], ["recorded", 0, 200_000]]


def test_receipts_are_given_to_whoever_told_an_address_and_one_is_replaced_after_a_refund(season):
    assert season["receipts"] == [
        ["2020-000001", "11580", 50_000, "2020-04-08", ""],
        ["2020-000002", "11580", 2_000, "2020-04-08", ""],
        ["2020-000003", "11580", 10_000, "2020-04-08", "refund"],
        ["2020-000004", "11580", 5_000, "2020-04-09", ""],
        ["2020-000005", "11580", 30_000, "2020-04-17", ""],
        ["2020-000006", "16216", 100_000, "2020-04-20", ""],
        ["2020-000007", "11580", 25_000, "2020-04-30", ""],
    ]
    assert season["replaced"] == [["2020-000003", "2020-000004"]]


def test_cheques_a_transfer_and_an_agreement_wait_and_count_nowhere(season):
    assert season["deposits"] == [["closed", 3, 37_000]]
    assert season["transfers"] == [["waiting", 40_000]]
    assert season["agreements"] == [["proposed", 600_000]]
    assert season["states"]["Gift"]["pledged"] == 4


def test_a_company_gave_and_the_books_call_it_so(season):
    assert season["companies"] == season["company_account"] == [100_000]


def test_april_is_closed_and_told_to_the_donor_one_can_become(season):
    assert season["closings"] == [["2020-04", 0, 30]]
    assert season["told"] == ["2020-04"] and season["shown_share"] == 1


def test_each_feature_beside_the_requests_left_a_few_rows(season):
    left = season["meanwhile"]
    assert [row[:2] for row in left["registers"]] == [["marseille", "applied"], ["marseille", "compared"]]
    assert left["calls"] == [["lyon", "waiting"], ["marseille", "taken"]]
    assert left["typed"] == [["lyon", "waiting"]]
    assert left["messages"] == [["team", False], ["student", True]]
    assert [state for state, _fields in left["corrections"]] == ["open"]
    assert {state for state, _sent in left["invitations"]} == {"sent"}
    assert [len(left[name]) for name in ("scheme_drafts", "doors", "half_typed", "links")] == [1, 2, 1, 1]
