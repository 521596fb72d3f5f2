"""`chatapp models pull`, in processes of its own, from the local Hub."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import RunHere
from tests.cli.test_cli import assert_one_sentence, chatapp
from tests.hub.small_files import gguf_bytes
from tests.local_hub import Fault, Hollow, LocalHub, Request

REPO = "org/Small-GGUF"
MB = 1 << 20
GGUF = {"total": 100_000_000, "architecture": "llama", "context_length": 2048}
SPLIT = ("Big-Q5_K_M-00001-of-00002.gguf", "Big-Q5_K_M-00002-of-00002.gguf")


def model(mark: str, size: int) -> bytes:
    """A header, and weights that nobody reads."""
    seed = hashlib.sha256(mark.encode()).digest()
    return (gguf_bytes(mark=mark) + seed * (size // len(seed) + 1))[:size]


FILES = {
    "Small-Q4_0.gguf": model("4", MB),
    "Small-Q8_0.gguf": model("8", 2 * MB),
    "Small-F32.gguf": model("32", 24 * MB),
    SPLIT[0]: model("a", 3 * MB),
    SPLIT[1]: model("b", MB),
    "mmproj-F16.gguf": gguf_bytes("clip"),
    "README.md": b"",
}


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as local:
        local.add_repo(REPO, FILES, card_data={"license": "mit"}, gguf=GGUF)
        yield local


class Person:
    """Somebody who pulls from the local Hub, with a home of their own."""

    def __init__(self, hub: LocalHub, folder: Path, run_here: RunHere) -> None:
        self.hub = hub
        self._run_here = run_here
        self.data = folder / "data-dir"
        self.home = folder / "person"
        self.home.mkdir()
        self.models = self.data / "data" / "models"
        self.at = self.models / "org" / "Small-GGUF"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HF_", "HUGGINGFACE_", "OLLAMA_", "XDG_", "JAN_"))
        } | {"HOME": str(self.home)}

    def pull(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return chatapp(
            *("models", "pull", *arguments, "--endpoint", self.hub.endpoint),
            home=self.data,
            **{**self.environment, **environment},
        )

    def pull_here(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same in this process."""
        where = ("--endpoint", self.hub.endpoint)
        return self._run_here("models", "pull", *arguments, *where, home=self.data)

    @contextlib.contextmanager
    def pulling(self, name: str, received: int) -> Iterator[subprocess.Popen[str]]:
        """The command at work, once so many bytes lie on the disk."""
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "chatapp", "--data-dir", str(self.data)),
                *("models", "pull", name, "--endpoint", self.hub.endpoint),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        with process:
            known = len(data_requests(self.hub))
            try:
                self.hub.wait_for(
                    lambda: any(r.bytes_sent > received for r in data_requests(self.hub)[known:])
                )
            except TimeoutError:
                process.kill()
                pytest.fail(process.communicate()[1])
            yield process

    def here(self) -> dict[str, bytes]:
        """The models in their folder."""
        return {p.name: p.read_bytes() for p in self.at.glob("*") if not p.name.endswith(".json")}


@pytest.fixture
def person(hub: LocalHub, tmp_path: Path, run_here: RunHere) -> Person:
    return Person(hub, tmp_path, run_here)


def data_requests(hub: LocalHub) -> list[Request]:
    return [request for request in hub.requests if request.origin == "data"]


def content(*names: str) -> dict[str, bytes]:
    return {name: FILES[name] for name in names}


def test_a_named_file_and_its_projector(person: Person) -> None:
    done = person.pull(f"{REPO}:q8_0")
    assert (done.returncode, done.stderr) == (0, "")
    path = person.at / "Small-Q8_0.gguf"
    assert done.stdout == f"Small Q8_0: {path}\n"
    assert person.here() == content("Small-Q8_0.gguf", "mmproj-F16.gguf")
    facts = json.loads(Path(f"{path}.json").read_text())
    assert facts["repo"] == REPO
    assert facts["repo_file"] == "Small-Q8_0.gguf"
    assert len(facts["revision"]) == 40
    assert facts["sha256"] == hashlib.sha256(FILES["Small-Q8_0.gguf"]).hexdigest()
    assert facts["verified_at"] > 1.7e9
    assert facts["licence"] == "mit"
    assert len(data_requests(person.hub)) == 2, "no header was looked at: nothing was to choose"


def test_what_suits_this_computer(person: Person) -> None:
    done = person.pull(REPO)
    assert (done.returncode, done.stderr) == (0, "")
    reason, result = done.stdout.splitlines()
    assert reason == "Q8_0: a small model deserves the precision"
    assert result == f"Small Q8_0: {person.at / 'Small-Q8_0.gguf'}"


def test_as_json(person: Person, run_here: RunHere) -> None:
    done = person.pull(REPO, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    pulled = json.loads(done.stdout)
    assert (pulled["name"], pulled["quantization"]) == ("Small", "Q8_0")
    assert (pulled["repo"], pulled["licence"]) == (REPO, "mit")
    assert (pulled["reason"], pulled["is_new"]) == ("small_model", True)
    assert pulled["projector"] == str(person.at / "mmproj-F16.gguf")
    assert pulled["verified_at"] > 0
    listed = json.loads(run_here("models", "list", "--json", home=person.data).stdout)
    [same] = [m for m in listed if m["path"] == pulled["path"]]
    assert same == {name: value for name, value in pulled.items() if name in same}


def test_a_split_model(person: Person) -> None:
    done = person.pull(f"{REPO}:Q5_K_M", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert person.here() == content(*SPLIT, "mmproj-F16.gguf")
    pulled = json.loads(done.stdout)
    assert pulled["shards"] == [str(person.at / name) for name in SPLIT]
    assert pulled["missing_shards"] == 0
    assert pulled["reason"] is None


def test_a_link_to_a_file(person: Person) -> None:
    done = person.pull_here(f"{person.hub.endpoint}/{REPO}/blob/main/Small-Q4_0.gguf")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Small-Q4_0.gguf" in person.here()


def test_what_is_here_is_not_downloaded_again(person: Person) -> None:
    person.pull_here(f"{REPO}:Q8_0")
    person.hub.clear_requests()
    done = person.pull_here(f"{REPO}:Q8_0")
    assert done.stdout == f"Small Q8_0: {person.at / 'Small-Q8_0.gguf'} (was here already)\n"
    assert data_requests(person.hub) == []
    (person.at / "mmproj-F16.gguf").unlink()
    assert json.loads(person.pull_here(f"{REPO}:Q8_0", "--json").stdout)["is_new"] is True
    assert [Path(r.path).name for r in data_requests(person.hub)] == ["mmproj-F16.gguf"]


def test_what_another_program_has_is_not_downloaded(person: Person) -> None:
    name = "Small-Q8_0.gguf"
    path = person.home / ".lmstudio" / "models" / "org" / "Small-GGUF" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(FILES[name])
    done = person.pull_here(f"{REPO}:Q8_0")
    assert done.stdout == f"Small Q8_0: {path} (was here already)\n"
    assert data_requests(person.hub) == []
    path.write_bytes(FILES[name][:-1])
    assert person.pull_here(f"{REPO}:Q8_0").stdout == f"Small Q8_0: {person.at / name}\n"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_and_gone_on_with(person: Person, end: signal.Signals) -> None:
    name = "Small-F32.gguf"
    person.hub.limit(16 * MB)
    with person.pulling(f"{REPO}:F32", 6 * MB) as process:
        process.send_signal(end)
        out, said = process.communicate()
    assert out == ""
    part = person.at / f"{name}.part"
    have = part.stat().st_size
    assert 0 < have < len(FILES[name])
    if end is signal.SIGINT:
        assert process.returncode == 130
        told = re.fullmatch(r"Stopped at (\d+) %\. What has arrived is kept.*\.\n", said)
        assert told is not None, said
        assert 0 < int(told[1]) <= 100 * have // len(FILES[name])
    person.hub.limit(None)
    person.hub.clear_requests()
    done = person.pull(f"{REPO}:F32")
    assert (done.returncode, done.stderr) == (0, "")
    assert data_requests(person.hub)[0].range_start == have
    assert person.here() == content(name, "mmproj-F16.gguf")


def test_between_two_files_of_a_set(person: Person) -> None:
    person.hub.fault(Fault(kind="stall", match=SPLIT[1], after=MB // 2))
    with person.pulling(f"{REPO}:Q5_K_M", 3 * MB - 1) as process:
        person.hub.wait_for(lambda: len(data_requests(person.hub)) > 1)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert person.here()[SPLIT[0]] == FILES[SPLIT[0]]
    person.hub.clear_faults()
    person.hub.clear_requests()
    assert person.pull_here(f"{REPO}:Q5_K_M").returncode == 0
    assert not any(SPLIT[0] in request.path for request in data_requests(person.hub))
    assert person.here() == content(*SPLIT, "mmproj-F16.gguf")


def test_faults_on_the_way(person: Person) -> None:
    for fault in (
        Fault(kind="status", value=503, times=1),
        Fault(kind="reset", after=MB),
        Fault(kind="cut", after=MB // 2),
    ):
        person.hub.fault(fault)
    done = person.pull_here(f"{REPO}:Q8_0")
    assert (done.returncode, done.stderr) == (0, "")
    assert person.here() == content("Small-Q8_0.gguf", "mmproj-F16.gguf")


def test_wrong_bytes(person: Person) -> None:
    person.hub.fault(Fault(kind="corrupt", match="Small-Q4_0", after=MB // 2, times=9))
    assert_one_sentence(person.pull_here(f"{REPO}:Q4_0"), "is damaged")
    assert person.here() == {}


def test_more_than_the_disk_takes(person: Person) -> None:
    person.hub.add_repo("org/Huge", {"Huge-Q4_0.gguf": Hollow(FILES["Small-Q4_0.gguf"], 10**15)})
    assert_one_sentence(person.pull_here("org/Huge:Q4_0"), "full")
    assert data_requests(person.hub) == []
    half = 10**15 // 2
    names = [f"Set-Q4_0-0000{number}-of-00002.gguf" for number in (1, 2)]
    small = FILES["Small-Q4_0.gguf"]
    person.hub.add_repo("org/Set", {names[0]: small, names[1]: Hollow(b"", half)})
    assert_one_sentence(person.pull_here("org/Set:Q4_0"), "full")
    assert data_requests(person.hub) == [], "not even what there is space for"


def test_nothing_fits(person: Person) -> None:
    head = FILES["Small-Q4_0.gguf"]
    person.hub.add_repo("org/Huge", {"Huge-Q4_0.gguf": Hollow(head, 10**15)})
    done = person.pull_here("org/Huge")
    assert_one_sentence(done, "Nothing in org/Huge fits into this computer")
    assert "org/Huge:Q4_0" in done.stderr
    assert not (person.models / "org").exists()


def test_a_gated_repository(person: Person) -> None:
    person.hub.add_repo("org/closed", {"m-Q4_0.gguf": FILES["Small-Q4_0.gguf"]}, gated="auto")
    for name in ("org/closed", "org/closed:Q4_0"):
        assert_one_sentence(person.pull(name), "Accept them on its page")
    done = person.pull(
        "org/closed:Q4_0", HF_TOKEN=person.hub.token, HF_ENDPOINT=person.hub.endpoint
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert data_requests(person.hub) != []
    assert not any("authorization" in request.headers for request in data_requests(person.hub))
    logs = (path for path in (person.data / "logs").rglob("*") if path.is_file())
    said = "".join(path.read_text() for path in logs)
    assert person.hub.token not in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (f"{REPO}:Q2_K", "has no file Q2_K"),
        (f"{REPO}:none.gguf", "has no file none.gguf"),
        ("org/none", "no repository org/none"),
        ("nonsense", "no repository nonsense"),
        ("https://example.com/a/b", "no repository"),
        ("org/odd:Q4_0", "has no file Q4_0"),
        ("org/empty", "has no file"),
    ],
)
def test_what_goes_wrong_is_one_sentence(person: Person, name: str, words: str) -> None:
    person.hub.add_repo("org/odd", {"aux.Q4_0.gguf": FILES["Small-Q4_0.gguf"]})
    person.hub.add_repo("org/empty", {"notes.txt": b"x"})
    assert_one_sentence(person.pull_here(name), words)
    assert list(person.models.rglob("*.gguf*")) == []


def test_while_another_one_does_the_same(person: Person) -> None:
    person.hub.limit(2 * MB)
    with person.pulling(f"{REPO}:F32", MB) as process:
        assert_one_sentence(person.pull_here(f"{REPO}:F32"), "by another window")
        assert process.poll() is None
        process.kill()


def test_progress_on_a_terminal(person: Person) -> None:
    import pty

    person.hub.limit(4 * MB)
    master, terminal = pty.openpty()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "chatapp", "--data-dir", str(person.data)),
            *("models", "pull", f"{REPO}:Q5_K_M", "--json", "--endpoint", person.hub.endpoint),
        ],
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        env={**person.environment, "COLUMNS": "100"},
        check=True,
        timeout=100,
    )
    os.close(terminal)
    os.set_blocking(master, False)
    said = b""
    with contextlib.suppress(OSError):  # its end
        while data := os.read(master, 1 << 16):
            said += data
    os.close(master)
    lines = said.decode().split("\r")
    assert json.loads(done.stdout)["is_new"] is True
    assert any("of 4.2 MB, file 1 of 3, " in line and "MB/s" in line for line in lines), lines
    assert any("file 2 of 3" in line for line in lines)
    assert max(map(len, lines)) < 100
    assert lines[-1].strip() == ""
