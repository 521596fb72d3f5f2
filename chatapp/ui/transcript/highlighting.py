"""Which parts of a program text mean what, by Pygments. Without Qt.

Pygments is imported when the first code is shown: it costs a tenth of a second.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer


class Syntax(StrEnum):
    """The colour roles of code. The values are names of theme roles."""

    PLAIN = "text"
    KEYWORD = "syntax_keyword"
    STRING = "syntax_string"
    NUMBER = "syntax_number"
    COMMENT = "syntax_comment"
    FUNCTION = "syntax_function"
    TYPE = "syntax_type"


class Highlighter:
    """Splits code of one language into runs. A language that is not known gives plain text."""

    def __init__(self, language: str) -> None:
        self._lexer = _find_lexer(language)
        self._known: dict[object, Syntax] = {}  # by Pygments' token type

    @property
    def name(self) -> str:
        """The language as people write it; empty when it is not known."""
        return "" if self._lexer is None else self._lexer.name

    def runs(self, code: str) -> list[tuple[Syntax, str]]:
        """`code` in pieces; joined, they are `code` again."""
        if self._lexer is None:
            return [(Syntax.PLAIN, code)]
        runs: list[tuple[Syntax, str]] = []
        # Unlike `get_tokens`, this neither strips nor adds line breaks.
        for _, kind, text in self._lexer.get_tokens_unprocessed(code):
            syntax = self._known.get(kind)
            if syntax is None:
                syntax = self._known[kind] = _syntax(str(kind))
            if runs and (runs[-1][0] is syntax or text.isspace()):
                runs[-1] = (runs[-1][0], runs[-1][1] + text)
            elif text:
                runs.append((syntax, text))
        # Some of Pygments' lexers lose text that they don't expect.
        if "".join(text for _, text in runs) != code:
            return [(Syntax.PLAIN, code)]
        return runs


def _find_lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if not language:
        return None
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


# By the beginnings of Pygments' token names; the first that fits counts.
_BY_TOKEN = (
    ("Token.Comment.Preproc", Syntax.KEYWORD),
    ("Token.Comment", Syntax.COMMENT),
    ("Token.Keyword.Type", Syntax.TYPE),
    ("Token.Keyword.Constant", Syntax.NUMBER),
    ("Token.Keyword", Syntax.KEYWORD),
    ("Token.Operator.Word", Syntax.KEYWORD),
    ("Token.Literal.String.Interpol", Syntax.PLAIN),
    ("Token.Literal.String", Syntax.STRING),
    ("Token.Literal.Number", Syntax.NUMBER),
    ("Token.Name.Function", Syntax.FUNCTION),
    ("Token.Name.Decorator", Syntax.FUNCTION),
    ("Token.Name.Builtin", Syntax.TYPE),
    ("Token.Name.Class", Syntax.TYPE),
    ("Token.Name.Namespace", Syntax.TYPE),
    ("Token.Name.Exception", Syntax.TYPE),
    ("Token.Name.Tag", Syntax.KEYWORD),
    ("Token.Name.Attribute", Syntax.FUNCTION),
    ("Token.Generic.Deleted", Syntax.NUMBER),
    ("Token.Generic.Inserted", Syntax.STRING),
    ("Token.Generic.Heading", Syntax.FUNCTION),
    ("Token.Generic.Subheading", Syntax.FUNCTION),
)


def _syntax(token: str) -> Syntax:
    for beginning, syntax in _BY_TOKEN:
        if token.startswith(beginning):
            return syntax
    return Syntax.PLAIN
