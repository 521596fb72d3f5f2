"""What programs write into the READMEs: everything between `<!-- NAME -->` and `<!-- /NAME -->`."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]


def put(readme: str, name: str, text: str) -> None:
    """Replace what stands between the marks of `name` in a file of the project's folder."""
    path = ROOT / readme
    content = path.read_text(encoding="utf-8")
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = content.partition(start)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise SystemExit(f"{readme} has no {start} … {end}")
    path.write_text(f"{before}{start}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
