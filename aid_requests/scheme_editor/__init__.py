"""Writing a schedule in the browser: places in its tree, the fields of each place, conditions by choices.

Pure like `aid_requests.schemes`: no database, no clock, no request. A tree is the mappings, lists and texts of a
schedule file (`writing.to_plain`), incomplete as it may be; what is wrong in it is said by `schemes.load` alone.
"""
