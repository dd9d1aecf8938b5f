"""Tax receipts and attestations: words and drawing know no database; issuing, voiding and runs change it."""
