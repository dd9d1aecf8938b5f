"""Language and theme: kept in a cookie, and the mails follow the language of who is signed in."""


def test_the_chosen_language_is_that_of_the_page_and_of_the_mails(client_of, student, foundation):
    client = client_of(student)
    client.post("/affichage/", {"language": "en", "next": "/"})
    student.refresh_from_db()
    assert student.language == "en"
    assert '<html lang="en"' in client.get("/").content.decode()


def test_an_unknown_language_or_theme_changes_nothing(client_of, student, foundation):
    client = client_of(student)
    response = client.post("/affichage/", {"language": "xx", "theme": "neon", "next": "/"})
    student.refresh_from_db()
    assert student.language == "fr"
    assert not response.cookies
