"""The workflows name nothing that isn't there, and hand on what Chatapp reads.

Their form and safety are checked by tools.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatapp.updates import FEED_FILE, Feed, read_feed

ROOT = Path(__file__).parent.parent.parent
WORKFLOWS = {path.stem: path for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in WORKFLOWS.items()}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_file_that_is_named_is_there(name: str) -> None:
    named = set(re.findall(r"(?:packaging|\.github|\.ci)/[\w./-]*\w", TEXTS[name]))
    assert not [path for path in sorted(named) if not (ROOT / path).exists()]


def test_every_action_is_pinned_to_one_commit() -> None:
    commits: dict[str, set[str]] = {}
    for action, commit in re.findall(r"uses: ([\w-]+/[\w/-]+)@(.*)", "\n".join(TEXTS.values())):
        assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", commit)
        commits.setdefault(action, set()).add(commit)
    assert commits
    assert all(len(same) == 1 for same in commits.values()), commits


def test_every_secret_is_optional_and_handed_on() -> None:
    installers, release = TEXTS["installers"], TEXTS["release"]
    declared = set(re.findall(r"^      (\w+):\n        required: false$", installers, re.MULTILINE))
    assert declared == set(re.findall(r"secrets\.(\w+)", installers))
    assert declared == set(re.findall(r"secrets\.(\w+)", release))


def test_an_installer_learns_where_newer_versions_are(tmp_path: Path) -> None:
    installers = TEXTS["installers"]
    told = re.findall(
        r"printf '(.*)\\n' \"\$RELEASES\" \"\$RELEASES_PAGE\"\n +> (\S+)\n", installers
    )
    assert len(told) == installers.count("python packaging/build.py") == 3
    github = {
        "api_url": "https://api.github.com",
        "server_url": "https://github.com",
        "repository": "somebody/chatapp",
    }
    api, page = (
        re.sub(r"\$\{\{ github\.(\w+) \}\}", lambda found: github[found[1]], value)
        for value in re.findall(r"^  RELEASES(?:_PAGE)?: (.*)$", installers, re.MULTILINE)
    )
    for form, path in told:
        assert path == f"resources/{FEED_FILE}"
        (tmp_path / FEED_FILE).write_text(form % (api, page), encoding="utf-8")
        assert read_feed(tmp_path) == Feed(
            "https://api.github.com/repos/somebody/chatapp/releases",
            "https://github.com/somebody/chatapp/releases",
        )
