"""What a page that is only read asks the database more than once, it asks once.

GET never writes (`fund.http.ReadOnlyGetMiddleware`), so that no answer can change under its own page. Anything else,
an action above all, reads anew each time: there `once_a_page` does nothing.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")
_answers: ContextVar[dict[Hashable, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Answers are kept until the end of the block."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once_a_page(function: Callable[..., T]) -> Callable[..., T]:
    """For functions of hashable arguments whose answer nobody changes."""

    @wraps(function)
    def answer(*arguments: Hashable) -> T:
        kept = _answers.get()
        if kept is None:
            return function(*arguments)
        key = (function, *arguments)
        if key not in kept:
            kept[key] = function(*arguments)
        return kept[key]

    return answer
