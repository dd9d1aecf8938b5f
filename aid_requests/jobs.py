"""The timed work of this app: each job may run twice and must not mind."""

from datetime import timedelta

from aid_requests.actions import (
    forget_old_address_codes,
    forget_old_call_backs,
    keep_second_looks,
    lapse_typed_requests,
    note_missing_marks,
    register_retention,
    remind_of_corrections,
    sweep_documents,
)
from aid_requests.actions.advances import pay_advances_again, tell_late_advances
from aid_requests.committee.actions import (
    end_consultations,
    keep_conditions,
    reopen_unsigned,
    serve_waiting_list,
)
from fund import registry


def register() -> None:
    registry.register_job("document_sweep", timedelta(hours=6), sweep_documents)
    registry.register_job("correction_reminders", timedelta(hours=6), remind_of_corrections)
    registry.register_job("call_backs_forgotten", timedelta(hours=12), forget_old_call_backs)
    registry.register_job("typed_requests_lapsed", timedelta(hours=12), lapse_typed_requests)
    registry.register_job("look_alike_marks", timedelta(hours=6), note_missing_marks)
    registry.register_job("second_looks", timedelta(hours=1), keep_second_looks)
    registry.register_job("consultations", timedelta(minutes=5), end_consultations)
    registry.register_job("unsigned_opinions", timedelta(hours=1), reopen_unsigned)
    registry.register_job("waiting_list", timedelta(hours=1), serve_waiting_list)
    registry.register_job("advances_again", timedelta(hours=1), pay_advances_again)
    registry.register_job("late_advances", timedelta(hours=6), tell_late_advances)
    registry.register_job("awaited_papers", timedelta(hours=1), keep_conditions)
    registry.register_job("old_address_codes", timedelta(hours=24), forget_old_address_codes)
    registry.register_job("old_registers", timedelta(hours=24), register_retention.forget_old_registers)
    registry.register_job("old_invitations", timedelta(hours=24), register_retention.forget_old_invitations)
    registry.register_job(
        "undecided_registers", timedelta(hours=24), register_retention.drop_undecided_imports
    )
