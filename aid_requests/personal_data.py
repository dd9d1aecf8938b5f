"""Every column of the requests' tables, by class (see `fund/privacy.py`)."""

from fund.privacy import Columns

PERSONAL_DATA = {
    "committee": Columns(none="id slug name created_at"),
    "rulesversion": Columns(
        none="id committee number definition definition_hash revision state changed_at opened_at closed_at",
        act="changed_by opened_by",
    ),
    "scheme": Columns(none="id slug committee created_at"),
    "schemeversion": Columns(
        none="id scheme number definition definition_hash pocket state created_at opened_at closed_at"
    ),
    "schemedraft": Columns(
        none="id token form_token scheme based_on tree revision state made_at changed_at opened_as discarded_at",
        act="made_by changed_by discarded_by",
    ),
    "applicant": Columns(
        none="created_at school",
        pseudonym="id user subject_key identity_fingerprint school_email_fingerprint",
        subject_sealed="identity_sealed school_email_sealed",
    ),
    "bankdetails": Columns(
        none="id country bank_name created_at",
        pseudonym="applicant iban_fingerprint iban_tail",
        subject_sealed="iban_sealed holder_sealed",
    ),
    "aidrequest": Columns(
        none="id scheme_version school through_school state revision round turn case_code amount_cents created_at "
        "submitted_at decided_at withdrawn_at typed_at",
        pseudonym="token reference applicant bank_details",
        act="typed_by",
        subject_sealed="answers_sealed story_sealed register_sealed",
    ),
    "document": Columns(
        none="id kind content_type size created_at removed_at",
        pseudonym="request token sha256 fingerprint storage_name",
        subject_sealed="title_sealed",
    ),
    "unfinishedstep": Columns(
        none="id step page saved_at", pseudonym="request", subject_sealed="typed_sealed"
    ),
    "addresscode": Columns(
        none="id code_hash created_at expires_at tries used_at",
        pseudonym="applicant",
        subject_sealed="email_sealed",
    ),
    "signaturecode": Columns(
        none="id revision purpose code_hash content_hash created_at expires_at tries used_at",
        pseudonym="request",
    ),
    "declaration": Columns(
        none="id revision purpose scheme_hash facts content_hash pdf_sha256 signed_at previous kept_facts",
        pseudonym="request bank_details",
        subject_sealed="pdf_sealed proof_sealed",
    ),
    "lookalikemark": Columns(none="id kind key_mark noted_at", pseudonym="request applicant value_hash"),
    "lookalike": Columns(none="id kind state noted_at", pseudonym="token first second"),
    "lookalikeruling": Columns(
        none="id reason follows ruled_at", pseudonym="look_alike", act="by", subject_sealed="note_sealed"
    ),
    "secondlookmonth": Columns(
        none="id month one_in from_cents commitment committed_at seed revealed_at", sealed="seed_sealed"
    ),
    "secondlook": Columns(
        none="id month state drawn_at read_at reason answered_at",
        pseudonym="token decision",
        act="read_by answered_by",
        subject_sealed="note_sealed answer_sealed",
    ),
    "message": Columns(
        none="id party side kind form_token sent_at read_at settled_at",
        pseudonym="request",
        act="author settled_by",
        subject_sealed="text_sealed",
    ),
    "correction": Columns(
        none="id revision party fields form_token asked_at state scope opened_at closed_at cancel_reason reminders "
        "reminded_at",
        pseudonym="request",
        act="asked_by closed_by",
        subject_sealed="sentences_sealed",
    ),
    "requestrevision": Columns(
        none="id revision origin declaration case_code amount_cents signed_at",
        pseudonym="request bank_details",
        subject_sealed="snapshot_sealed",
    ),
    "enrolmentcertificate": Columns(
        none="id revision university_year level certified_at certified_from lapsed_at",
        pseudonym="request",
        act="certified_by",
    ),
    "invitationlist": Columns(
        none="id scheme school university_year from_register filters state form_token last_entry refused expires_on "
        "made_at ended_at",
        act="made_by sent_by ended_by",
    ),
    "invitation": Columns(
        none="id invitation_list sent_at opened_at",
        pseudonym="email_fingerprint token_hash request",
        sealed="email_sealed",
    ),
    "registercolumns": Columns(none="id school saved_at", sealed="headers_sealed"),
    "registerimport": Columns(
        none="id school university_year state form_token file_fingerprint storage_name size lines encoding delimiter "
        "columns lines_done applied_line found fault fault_line base uploaded_at applied_at file_removed_at",
        act="uploaded_by applied_by",
        sealed="values_sealed",
    ),
    "registerline": Columns(
        none="id register_import number outcome reason changed",
        pseudonym="number_fingerprint email_fingerprint identity_fingerprint facts_fingerprint",
        sealed="facts_sealed",
    ),
    "registerentry": Columns(
        none="id school university_year source left_in left_at",
        pseudonym="number_fingerprint email_fingerprint identity_fingerprint facts_fingerprint",
        sealed="facts_sealed",
    ),
    "vote": Columns(
        none="id revision round turn choice reason_code door_code paper_codes rules agenda_item cast_at",
        pseudonym="request",
        act="member entered_by",
        sealed="note_sealed",
    ),
    "votebatch": Columns(
        none="id choice reason_code language form_token made_at finished_at", pseudonym="token", act="by"
    ),
    "votebatchitem": Columns(
        none="id batch position revision round turn outcome said done_at", pseudonym="request"
    ),
    "unmasking": Columns(
        none="id round reason form_token unmasked_at",
        pseudonym="request",
        act="by",
        subject_sealed="note_sealed",
    ),
    "recusal": Columns(none="id ground declared_at", pseudonym="request", act="member"),
    "decision": Columns(
        none="id revision round outcome follows case_code amount_cents pocket reason_codes door_codes paper_codes "
        "due_on delegation opinion departure_code vote_ids rules decided_at letter_sha256",
        pseudonym="request",
        act="last_vote_by signed_by",
        subject_sealed="letter_sealed",
    ),
    "opinion": Columns(
        none="id revision round turn outcome reason_codes door_codes paper_codes vote_ids rules last_vote given_at",
        pseudonym="request",
    ),
    "broughtpaper": Columns(none="id code brought_at", pseudonym="token decision document"),
    "paperruling": Columns(none="id is_accepted fault ruled_at", pseudonym="paper", act="ruled_by"),
    "adjournment": Columns(
        none="id revision round turn reason_codes vote_ids rules adjourned_at read_again_on letter_sha256",
        pseudonym="request",
        act="last_vote_by",
        subject_sealed="letter_sealed",
    ),
    "advancerules": Columns(none="id pocket cap_cents month_cap_cents ratify_days set_at", act="set_by"),
    "advance": Columns(
        none="id revision rules pocket amount_cents as_role reason given_at ratify_by",
        pseudonym="request",
        act="given_by",
        subject_sealed="note_sealed",
    ),
    "advanceoutcome": Columns(none="id advance outcome decision noted_at"),
    "reexamination": Columns(none="id contested asked_at", pseudonym="request", subject_sealed="text_sealed"),
    "callback": Columns(
        none="id form_token school through_school part_of_day state tries asked_at due_at taken_at done_at outcome "
        "erased_at",
        pseudonym="token subject_key request phone_fingerprint",
        act="taken_by done_by",
        subject_sealed="person_sealed note_sealed",
    ),
    "schooldoor": Columns(
        none="id school code label_fr label_en hint_fr hint_en url phone position changed_at retired_at",
        act="changed_by",
    ),
    "typedrequest": Columns(
        none="id form_token school scheme_version state typed_at lapses_on ended_at",
        pseudonym="token subject_key email_fingerprint call_back request",
        act="typed_by",
        subject_sealed="content_sealed",
    ),
    "representative": Columns(
        none="id named_at ended_at", pseudonym="request", subject_sealed="person_sealed"
    ),
    "representativelink": Columns(
        none="id token_hash revision content_hash created_at expires_at ended_at signed_at",
        pseudonym="representative",
    ),
    "sitting": Columns(
        none="id token form_token committee kind state call first_call scheduled_at ends_at rules made_at convened_at "
        "opened_at closed_at cancelled_at",
        act="secretary made_by convened_by opened_by closed_by cancelled_by",
        sealed="place_sealed urgency_sealed",
    ),
    "sittingseat": Columns(none="id sitting kind", act="member replaces"),
    "attendance": Columns(none="id sitting presence noted_at", act="member noted_by"),
    "sittingproxy": Columns(none="id sitting given_at", act="giver holder"),
    "agendaitem": Columns(
        none="id token sitting number state added_at revision round taken_at ended_at why decision",
        pseudonym="request",
        act="added_by taken_by ended_by result",
    ),
    "minutes": Columns(
        none="id token sitting committee year number content_sha256 made_at", sealed="content_sealed"
    ),
    "minutessignature": Columns(none="id minutes signed_as content_sha256 signed_at", act="by"),
    "minutespaper": Columns(
        none="id minutes full_sha256 extract_sha256 sealed_at", sealed="full_sealed extract_sealed"
    ),
}
