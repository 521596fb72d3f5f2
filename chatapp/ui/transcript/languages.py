"""Which programming language the word after a code fence means. Without Qt and without Pygments."""

from __future__ import annotations

import re
from typing import Final

_LONGEST_NAME: Final = 40  # characters

# Nothing in these is coloured.
_PLAIN: Final = frozenset(
    ("", "text", "plain", "plaintext", "plain-text", "txt", "none", "nohighlight", "output", "raw")
)

# What people and models write beside what Pygments knows: its own aliases and file name endings.
_ALIASES: Final = {
    "asm": "nasm",
    "assembly": "nasm",
    "batchfile": "bat",
    "bigquery": "sql",
    "csv": "text",
    "dotenv": "bash",
    "env": "bash",
    "gyp": "python",
    "ipython3": "python",
    "jinja2": "jinja",
    "jsonc": "json",
    "log": "text",
    "m": "matlab",
    "mssql": "tsql",
    "mts": "typescript",
    "node": "javascript",
    "nodejs": "javascript",
    "pgsql": "postgresql",
    "psql": "postgresql",
    "pyspark": "python",
    "pytorch": "python",
    "sparksql": "sql",
    "sqlite": "sql",
    "tsv": "text",
    "vba": "vb.net",
    "zshrc": "bash",
}

# Names as their own people write them, for the words that are met most.
_NAMES: Final = {
    "bash": "Bash",
    "bat": "Batch",
    "bibtex": "BibTeX",
    "c": "C",
    "c#": "C#",
    "c++": "C++",
    "clojure": "Clojure",
    "cmake": "CMake",
    "console": "Console",
    "cpp": "C++",
    "cs": "C#",
    "csharp": "C#",
    "css": "CSS",
    "csv": "CSV",
    "dart": "Dart",
    "diff": "Diff",
    "docker": "Dockerfile",
    "dockerfile": "Dockerfile",
    "elixir": "Elixir",
    "go": "Go",
    "golang": "Go",
    "graphql": "GraphQL",
    "h": "C",
    "haskell": "Haskell",
    "html": "HTML",
    "http": "HTTP",
    "ini": "INI",
    "java": "Java",
    "javascript": "JavaScript",
    "js": "JavaScript",
    "json": "JSON",
    "json5": "JSON5",
    "jsonc": "JSON",
    "jsonl": "JSON Lines",
    "jsx": "JSX",
    "julia": "Julia",
    "kotlin": "Kotlin",
    "kt": "Kotlin",
    "latex": "LaTeX",
    "log": "Log",
    "lua": "Lua",
    "makefile": "Makefile",
    "markdown": "Markdown",
    "matlab": "MATLAB",
    "md": "Markdown",
    "mermaid": "Mermaid",
    "mysql": "MySQL",
    "node": "JavaScript",
    "nodejs": "JavaScript",
    "objective-c": "Objective-C",
    "patch": "Diff",
    "perl": "Perl",
    "php": "PHP",
    "postgresql": "PostgreSQL",
    "powershell": "PowerShell",
    "ps1": "PowerShell",
    "py": "Python",
    "python": "Python",
    "python3": "Python",
    "r": "R",
    "rb": "Ruby",
    "rs": "Rust",
    "ruby": "Ruby",
    "rust": "Rust",
    "scala": "Scala",
    "scss": "SCSS",
    "sh": "Shell",
    "shell": "Shell",
    "sql": "SQL",
    "sqlite": "SQLite",
    "svelte": "Svelte",
    "svg": "SVG",
    "swift": "Swift",
    "terraform": "Terraform",
    "tex": "TeX",
    "toml": "TOML",
    "ts": "TypeScript",
    "tsv": "TSV",
    "tsx": "TSX",
    "typescript": "TypeScript",
    "vue": "Vue",
    "xml": "XML",
    "yaml": "YAML",
    "yml": "YAML",
    "zsh": "Zsh",
}


def language_word(written: str) -> str:
    """The language alone, in lower case: "python" of "{.Python", "rust" of "rust,ignore"."""
    word = written[: 2 * _LONGEST_NAME].strip().lower()
    word = word.removeprefix("language-").removeprefix("lang-").lstrip("{.")
    return re.split(r"[,:;{}\s]", word, maxsplit=1)[0][:_LONGEST_NAME]


def is_plain(written: str) -> bool:
    """Whether the word says that the text is no program."""
    return language_word(written) in _PLAIN


def lexer_word(written: str) -> str:
    """The language in Pygments' words, as far as this table knows better than Pygments."""
    word = language_word(written)
    return _ALIASES.get(word, word)


def well_known_name(written: str) -> str:
    """The language's own name; empty when it is not in the small table here."""
    return _NAMES.get(language_word(written), "")


def name_as_written(written: str) -> str:
    """What to show of a language that nobody knows; empty for plain text."""
    return "" if is_plain(written) else written.strip()[:_LONGEST_NAME]
