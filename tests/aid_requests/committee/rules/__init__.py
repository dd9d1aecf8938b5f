"""The rules of a committee, without a database."""
