"""One thing that can be chosen in a palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatapp.domain.conversation import SnippetPart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chatapp.ui.icons import IconName


@dataclass(frozen=True, slots=True)
class Entry:
    """`parts` is the title, in pieces where letters of it were typed; `caps` are its keys.

    With a `snippet` it takes two lines. What has an `id` is remembered when it was chosen.
    """

    parts: tuple[SnippetPart, ...]
    run: Callable[[], None]
    icon: IconName = "chevron-right"
    context: str = ""
    caps: tuple[str, ...] = ()
    snippet: tuple[SnippetPart, ...] = ()
    id: str = ""
    words: str = ""  # that it is found by, besides those that are seen

    @property
    def title(self) -> str:
        """The words of it."""
        return "".join(part.text for part in self.parts)

    @property
    def spoken(self) -> str:
        """All that is seen of it, for people who hear it."""
        snippet = "".join(part.text for part in self.snippet)
        said = (self.title, self.context, snippet, " ".join(self.caps))
        return ", ".join(part for part in said if part)


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a heading, which may be empty."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries come from; it is asked whenever something is typed, so it must be quick.

    With a `prefix` what is typed after it means these alone. What is not `is_listed` is found by
    typing only.
    """

    heading: Callable[[], str]
    entries: Callable[[], Iterable[Entry]]
    prefix: str = ""
    is_listed: bool = True


def plain(title: str) -> tuple[SnippetPart, ...]:
    """A title of which nothing was typed."""
    return (SnippetPart(title, is_match=False),)
