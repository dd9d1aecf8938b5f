"""An honest browser for the editor: it fills only fields that a page shows and presses only buttons that are there."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client


@dataclass
class Control:
    """One field of a form. `options` are the values of a select, None for what is typed."""

    name: str
    value: str
    options: list[str] | None = None


@dataclass
class Form:
    action: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.forms: list[Form] = []
        self.inside: Form | None = None
        self.select: Control | None = None
        self.area: Control | None = None

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        name, value = attributes.get("name", ""), attributes.get("value", "")
        if tag == "form":
            self.inside = Form(attributes.get("action") or self.here)
            self.forms.append(self.inside)
        elif self.inside is None:
            return
        elif tag == "input" and name and attributes.get("type") not in ("radio", "checkbox", "file"):
            self.inside.controls.append(Control(name, value))
        elif tag == "select":
            self.select = Control(name, "", [])
            self.inside.controls.append(self.select)
        elif tag == "option" and self.select is not None:
            if not self.select.options or "selected" in attributes:
                self.select.value = value
            self.select.options.append(value)
        elif tag == "textarea":
            self.area = Control(name, "")
            self.inside.controls.append(self.area)
        elif tag == "button":
            self.inside.buttons.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data


class Page:
    """The page a person looks at, and the one form of it that is filled."""

    def __init__(self, client: Client, address: str) -> None:
        self.client = client
        self.posts = 0
        self.go(address)

    def go(self, address: str) -> None:
        self._take(self.client.get(address.partition("#")[0], follow=True))

    def _take(self, response: Any) -> None:
        self.status = response.status_code
        assert self.status == 200, f"{response.request['PATH_INFO']}: {self.status}"
        self.path = response.request["PATH_INFO"]
        self.html = response.content.decode()
        parsed = _Forms(self.path)
        parsed.feed(self.html)
        self.forms = parsed.forms

    def form_with(self, name: str, value: str) -> Form:
        """The form that has this button. Raises AssertionError when no form has."""
        for form in self.forms:
            if (name, value) in form.buttons:
                return form
        raise AssertionError(f"{self.path} has no button {name}={value}")

    def controls(self, name: str) -> list[Control]:
        return [one for form in self.forms for one in form.controls if one.name == name]

    def has(self, name: str) -> bool:
        return bool(self.controls(name))

    def fill(self, name: str, value: str, number: int = 0) -> None:
        """Types into the `number`th field of that name, or chooses there: only what the select offers."""
        found = self.controls(name)
        assert number < len(found), f"{self.path} has no field {name} ({number})"
        control = found[number]
        assert control.options is None or value in control.options, f"{name} does not offer {value!r}"
        control.value = value

    def press(self, value: str, name: str = "do") -> None:
        form = self.form_with(name, value)
        data: dict[str, list[str]] = {name: [value]}
        for control in form.controls:
            data.setdefault(control.name, []).append(control.value)
        self.posts += 1
        self._take(self.client.post(form.action.partition("#")[0], data, follow=True))
