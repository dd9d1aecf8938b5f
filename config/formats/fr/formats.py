"""French dates typed with either separator; the shown forms come from Babel."""

THOUSAND_SEPARATOR = "\u202f"
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
