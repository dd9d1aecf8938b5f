"""The schools' lists of enrolled students: files read, lines judged, people recognised. Acts are in `actions`."""
