from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.cli.arguments import parse
from chatapp.hub.gguf_header import read_header
from tests.cli.conftest import RunHere
from tests.cli.test_cli import assert_one_sentence, chatapp
from tests.local_hub import Hollow, LocalHub

pytestmark = pytest.mark.model

REPO = "unsloth/Small-GGUF"
GGUF = {"total": 134_515_008, "architecture": "llama", "context_length": 8192}


@pytest.fixture
def hub(starter_model: Path) -> Iterator[LocalHub]:
    with starter_model.open("rb") as file:
        head = file.read(4 * 2**20)
    with LocalHub() as local:
        local.add_repo(
            REPO,
            {
                "Small-Q4_1.gguf": starter_model,
                "Small-Q8_0.gguf": Hollow(head, 145_000_000),
                "Small-F16-00001-of-00002.gguf": Hollow(head, 10**13),
                "Small-F16-00002-of-00002.gguf": Hollow(b"", 10**13),
                "mmproj-F16.gguf": b"GGUF",
            },
            downloads=1234,
            card_data={"license": "apache-2.0", "base_model": "org/Small"},
            gguf=GGUF,
        )
        local.add_repo("google/closed", {"m-Q4_0.gguf": starter_model}, gated="auto", gguf=GGUF)
        yield local


def test_search(hub: LocalHub, tmp_path: Path, run_here: RunHere) -> None:
    arguments = ("models", "search", "small", "--endpoint", hub.endpoint)
    done = chatapp(*arguments, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.split() == [REPO, "135M", "1,234", "apache-2.0"]
    (found,) = json.loads(run_here(*arguments, "--json", home=tmp_path).stdout)
    assert found["id"] == REPO
    assert found["parameters"] == GGUF["total"]
    done = run_here("models", "search", "nix", "--endpoint", hub.endpoint, home=tmp_path)
    assert done.stdout == "Nothing was found.\n"
    done = run_here(
        *("models", "search", "", "--sort", "likes", "--limit", "1", "--kind", "chat"),
        *("--endpoint", hub.endpoint),
        home=tmp_path,
    )
    assert done.returncode == 0
    assert "filter=conversational" in hub.requests[-1].query
    assert "limit=1&" in hub.requests[-1].query


def test_info(hub: LocalHub, tmp_path: Path, run_here: RunHere) -> None:
    arguments = ("models", "info", f"{hub.endpoint}/{REPO}/tree/main", "--endpoint", hub.endpoint)
    done = chatapp(*arguments, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "apache-2.0" in done.stdout
    assert "org/Small" in done.stdout
    rows = [line.split() for line in done.stdout.splitlines()[-3:]]
    assert rows[0][0] == "Q4_1"
    assert rows[0][-1] == "mmproj-F16.gguf"
    assert rows[1] == ["Q8_0", "145.0", "MB", "Small-Q8_0.gguf", "+", "mmproj-F16.gguf"]
    assert rows[2][:5] == ["F16", "20,000.00", "GB", "2", "files"]
    info = json.loads(run_here(*arguments, "--json", home=tmp_path).stdout)
    assert info["license"] == "apache-2.0"
    assert [v["quantization"] for v in info["variants"]] == ["Q4_1", "Q8_0", "F16"]
    assert len(info["variants"][2]["files"]) == 2


def test_fit_of_a_repository(hub: LocalHub, tmp_path: Path) -> None:
    arguments = ("models", "fit", REPO, "--context", "1024", "--endpoint", hub.endpoint)
    done = chatapp(*arguments, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    verdicts = {line.split()[0]: line.split("  ")[-1] for line in done.stdout.splitlines()[:3]}
    assert verdicts["F16"] == "too large"
    assert verdicts["Q8_0"] == "fits"
    assert "Recommended: Q8_0" in done.stdout
    assert "1,024 tokens" in done.stdout
    fit = json.loads(chatapp(*arguments, "--json", home=tmp_path).stdout)
    assert fit["repo"] == REPO
    assert fit["machine"]["memory_total"] > 0
    assert [f["is_recommended"] for f in fit["files"]] == [False, True, False]
    need = fit["files"][1]["fit"]["need"]
    assert need["weights"] == 145_000_000
    assert need["cache"] == 1024 * 30 * 3 * 64 * 2 * 2
    assert fit["reason"] == "small_model"


def test_fit_of_one_file_and_of_none(hub: LocalHub, tmp_path: Path, run_here: RunHere) -> None:
    done = run_here(
        *("models", "fit", f"{REPO}:q4_1", "--json", "--endpoint", hub.endpoint), home=tmp_path
    )
    assert [f["quantization"] for f in json.loads(done.stdout)["files"]] == ["Q4_1"]
    done = run_here("models", "fit", f"{REPO}:Q2_K", "--endpoint", hub.endpoint, home=tmp_path)
    assert_one_sentence(done, "has no file Q2_K")


def test_fit_of_a_file_on_this_computer(
    starter_model: Path, tmp_path: Path, run_here: RunHere
) -> None:
    for name in (str(starter_model), "starter"):
        done = chatapp("models", "fit", name, "--json", home=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        fit = json.loads(done.stdout)["fit"]
        assert fit["verdict"] in {"fits", "tight"}
        header = read_header(starter_model)
        assert fit["need"]["weights"] == starter_model.stat().st_size - header.header_bytes
    done = run_here("models", "fit", "starter", "--context", "2048", home=tmp_path)
    assert "2,048 tokens" in done.stdout
    assert_one_sentence(run_here("models", "fit", "./none.gguf", home=tmp_path), "is not there")
    assert_one_sentence(run_here("models", "fit", "none", home=tmp_path), "No model is called")


def test_gated_repositories_and_the_token_of_the_environment(
    hub: LocalHub, tmp_path: Path, run_here: RunHere
) -> None:
    info = ("models", "info", "google/closed", "--endpoint", hub.endpoint)
    assert "conditions to accept" in run_here(*info, home=tmp_path).stdout
    fit = ("models", "fit", "google/closed", "--endpoint", hub.endpoint)
    assert_one_sentence(run_here(*fit, home=tmp_path), "Accept them on its page")
    # The token is for the endpoint that goes with it, and for no other.
    elsewhere = {"HF_TOKEN": hub.token, "HF_ENDPOINT": "https://hub.example.org"}
    assert_one_sentence(chatapp(*fit, home=tmp_path, **elsewhere), "Accept them on its page")
    done = chatapp(*fit, home=tmp_path, HF_TOKEN=hub.token, HF_ENDPOINT=hub.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    data = [r for r in hub.requests if r.origin == "data"]
    assert data
    assert not any("authorization" in r.headers for r in data)
    log = (tmp_path / "logs" / "chatapp.log").read_text()
    assert hub.token not in log


def test_the_endpoint_of_the_settings(hub: LocalHub, tmp_path: Path, run_here: RunHere) -> None:
    (tmp_path / "config").mkdir()
    settings = tmp_path / "config" / "settings.json"
    settings.write_text(json.dumps({"hub_endpoint": hub.endpoint}))
    assert REPO in run_here("models", "search", "small", home=tmp_path).stdout
    settings.write_text(json.dumps({"hub_endpoint": hub.endpoint, "offline": True}))
    done = run_here("models", "search", "small", home=tmp_path)
    assert_one_sentence(done, "Connections are turned off")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["search", "x", "--endpoint", "http://127.0.0.1:9"], "127.0.0.1 can't be reached"),
        (["search", "x", "--endpoint", "ftp://x"], "not an address"),
        (["info", "nonsense"], "no repository nonsense"),
        (["info", "https://example.com/a/b"], "no repository"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    arguments: list[str], words: str, tmp_path: Path, run_here: RunHere
) -> None:
    assert_one_sentence(run_here("models", *arguments, home=tmp_path), words)


@pytest.mark.parametrize(
    "arguments",
    [
        ["models", "search"],
        ["models", "search", "x", "--limit", "0"],
        ["models", "search", "x", "--sort", "fame"],
        ["models", "search", "x", "--kind", "song"],
        ["models", "info"],
        ["models", "fit"],
        ["models", "fit", "x", "--context", "0"],
        ["models", "fit", "x", "--cache-type", "q1"],
    ],
)
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err
