"""What the bank reads and writes: transfer files out, statements and status reports in.

Pure functions and frozen values: no database, no clock, no network. Amounts are
integers in the smallest unit of the currency (cents for the euro), dates are the
bank's business dates. See ``iban``, ``pain001``, ``reading`` and ``pain002``.
"""
