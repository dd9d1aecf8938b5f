"""Every column of the fund's tables, by class (see `fund/privacy.py`)."""

from fund.privacy import Columns

PERSONAL_DATA = {
    "installation": Columns(none="id is_demo field_key_check blind_key_check created_at"),
    "foundation": Columns(
        none="id legal_name short_name siren street postcode town country iban bic contact_email"
    ),
    "school": Columns(none="id code name city host_university email_domains is_open"),
    "campaign": Columns(none="id slug name opens_on closes_on goal_cents"),
    "pocket": Columns(none="id code name campaign scheme school"),
    "legalbasis": Columns(
        none="id kind school text reference decided_on object_text recorded_at ended_at",
        identity="signer_name signer_quality",
        act="recorded_by ended_by",
    ),
    "user": Columns(
        none="language is_active created_at last_login password",
        pseudonym="id",
        identity="email display_name",
    ),
    "rolegrant": Columns(
        none="id role power school granted_at revoked_at",
        pseudonym="user",
        act="granted_by consented_by revoked_by",
    ),
    "ratecount": Columns(none="taken ends_at", pseudonym="key"),
    "signintries": Columns(none="id code_key tries created_at"),
    "subjectkey": Columns(none="kind created_at erased_at", pseudonym="id", sealed="wrapped_key"),
    "account": Columns(none="code label figure"),
    "movement": Columns(
        none="id cause_key debit credit amount_cents kind entry_ref occurred_on recorded_at pocket scheme school "
        "reverses row_hash",
        pseudonym="subject_kind subject_id",
    ),
    "checkpoint": Columns(none="id up_to made_at"),
    "checkpointsum": Columns(none="id checkpoint account pocket net_cents"),
    "auditevent": Columns(
        none="id at recorded_at action object_kind details row_hash", pseudonym="object_id", act="by"
    ),
    "transitionlog": Columns(
        none="id object_kind name from_state to_state at why", pseudonym="object_id", act="by"
    ),
    "outgoingmail": Columns(
        none="id key subject state tries error_code created_at sent_at",
        sealed="to_sealed text_sealed html_sealed",
    ),
    "seal": Columns(none="id number sealed_at count content_hash previous_hash chain_hash"),
    "sealedrow": Columns(none="id seal position movement event link_hash"),
    "workerlease": Columns(none="id worker_id started_at beat_at"),
    "tickrun": Columns(none="id job slot started_at finished_at outcome"),
    "paymentbatch": Columns(
        none="id number state message_id execution_on count total_cents prepared_at signed_at cancelled_at file_sha256",
        act="prepared_by signed_by cancelled_by",
        sealed="file_sealed",
    ),
    "paymentorder": Columns(
        none="id reference_kind payee_kind attempt end_to_end_id label amount_cents pocket scheme school state batch "
        "created_at debited_on returned_on return_code",
        pseudonym="reference_id payee_id subject_key iban_fingerprint iban_tail",
        subject_sealed="iban_sealed holder_sealed",
    ),
    "bankstatement": Columns(
        none="id account statement_id file_format file_sha256 opening_cents closing_cents closing_on imported_at "
        "warnings",
        act="imported_by",
        sealed="file_sealed",
    ),
    "bankline": Columns(
        none="id statement entry_index detail_index amount_cents booked_on message_id return_code state reason",
        pseudonym="end_to_end_id matched_kind matched_id",
        sealed="text_sealed",
    ),
}
