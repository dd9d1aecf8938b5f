"""Every column of the requests' tables, by class (see `fund/privacy.py`)."""

from fund.privacy import Columns

PERSONAL_DATA = {
    "scheme": Columns(none="id slug created_at"),
    "schemeversion": Columns(
        none="id scheme number definition definition_hash pocket state created_at opened_at closed_at"
    ),
    "applicant": Columns(
        none="created_at school",
        pseudonym="id user subject_key identity_fingerprint",
        subject_sealed="identity_sealed",
    ),
    "bankdetails": Columns(
        none="id country bank_name created_at",
        pseudonym="applicant iban_fingerprint iban_tail",
        subject_sealed="iban_sealed holder_sealed",
    ),
    "aidrequest": Columns(
        none="id scheme_version school through_school state revision round case_code amount_cents created_at "
        "submitted_at decided_at withdrawn_at",
        pseudonym="token reference applicant bank_details",
        subject_sealed="answers_sealed story_sealed",
    ),
    "document": Columns(
        none="id kind content_type size created_at removed_at",
        pseudonym="request token sha256 fingerprint storage_name",
        subject_sealed="title_sealed",
    ),
    "signaturecode": Columns(
        none="id revision purpose code_hash content_hash created_at expires_at tries used_at",
        pseudonym="request",
    ),
    "declaration": Columns(
        none="id revision purpose scheme_hash facts content_hash pdf_sha256 signed_at",
        pseudonym="request bank_details",
        subject_sealed="pdf_sealed proof_sealed",
    ),
    "enrolmentcertificate": Columns(
        none="id revision university_year level certified_at lapsed_at",
        pseudonym="request",
        act="certified_by",
    ),
    "vote": Columns(
        none="id revision round choice reason_code cast_at",
        pseudonym="request",
        act="member",
        sealed="note_sealed",
    ),
    "recusal": Columns(none="id ground declared_at", pseudonym="request", act="member"),
    "decision": Columns(
        none="id revision round outcome case_code amount_cents pocket reason_codes vote_ids decided_at letter_sha256",
        pseudonym="request",
        act="last_vote_by",
        subject_sealed="letter_sealed",
    ),
    "reexamination": Columns(none="id contested asked_at", pseudonym="request", subject_sealed="text_sealed"),
}
