"""`chatapp engines`: another build of llama.cpp, from a file and from an index on this computer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import RunHere
from tests.models.wheels import (
    ANYWHERE,
    TINY,
    VERSION,
    LocalIndex,
    installed_files,
    write_wheel,
)

WHEEL = f"llama_cpp_python-{VERSION}-{ANYWHERE}.whl"


def test_another_engine_from_a_file(run_here: RunHere, tmp_path: Path) -> None:
    home = tmp_path / "home"
    wheel = write_wheel(tmp_path / "mine.whl", installed_files())
    added = json.loads(run_here("engines", "add", str(wheel), "--json", home=home).stdout)
    name = added["name"]
    assert (name, added["problem"]) == (f"cpu-{VERSION}", None)
    used = run_here("engines", "use", name, home=home)
    assert used.stdout.startswith(f"{name}: llama.cpp ")
    listed = json.loads(run_here("engines", "list", "--json", home=home).stdout)
    assert [(one["name"], one["is_chosen"]) for one in listed] == [("", False), (name, True)]
    report = json.loads(run_here("doctor", "--json", home=home).stdout)
    assert report["engine"]["name"] == name
    assert f"{name}, cpu: llama.cpp" in run_here("doctor", home=home).stdout
    assert "was deleted" in run_here("engines", "remove", name, home=home).stdout
    assert "* built-in" in run_here("engines", "list", home=home).stdout
    assert "built-in, cpu: llama.cpp" in run_here("doctor", home=home).stdout


def test_one_that_does_not_start(run_here: RunHere, tmp_path: Path) -> None:
    home = tmp_path / "home"
    wheel = write_wheel(tmp_path / "tiny.whl")
    assert run_here("engines", "add", str(wheel), home=home).returncode == 0
    used = run_here("engines", "use", f"vulkan-{VERSION}", home=home)
    assert used.stdout.startswith("built-in: llama.cpp")
    assert "there is nothing here" in used.stdout
    report = json.loads(run_here("doctor", "--json", home=home).stdout)
    assert report["engine"]["name"] == ""
    assert any("there is nothing here" in problem["text"] for problem in report["problems"])
    answer = run_here("ask", "Hello", "--max-tokens", "3", home=home)
    assert (answer.returncode, answer.stderr) == (0, "")
    used = json.loads(run_here("engines", "use", "built-in", "--json", home=home).stdout)
    assert (used["name"], used["problem"]) == ("", None)


def test_from_an_index(run_here: RunHere, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with LocalIndex() as index:
        for version in ("0.3.1", "99.0"):
            file = WHEEL.replace(VERSION, version)
            content = write_wheel(tmp_path / "w.whl", version=version).read_bytes()
            index.add("vulkan", file, content)
        add = ("engines", "add", "--build", "vulkan", "--index", index.address)
        done = run_here(*add, home=home)
        assert done.stdout.startswith("vulkan-99.0: "), done.stderr
        done = run_here(*add, "--version", "0.3.1", home=home)
        assert done.stdout.startswith("vulkan-0.3.1: "), done.stderr
        done = run_here(*add, "--version", "0.3.2", home=home)
        assert "has no engine “vulkan 0.3.2”" in done.stderr
    refused = run_here(*add, home=home)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1


def test_wrong_usage(run_here: RunHere, tmp_path: Path) -> None:
    for arguments in (("engines",), ("engines", "add"), ("engines", "add", "x", "--build", "y")):
        with pytest.raises(SystemExit) as ended:
            run_here(*arguments, home=tmp_path)
        assert ended.value.code == 2
    missing = run_here("engines", "use", "cuda-1", home=tmp_path)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "There is no engine cuda-1." in missing.stderr
    assert "There is no engine" in run_here("engines", "remove", "../x", home=tmp_path).stderr
    bad = write_wheel(tmp_path / "bad.whl", {**TINY}, tags=["py2-none-any"])
    assert "made for py2-none-any" in run_here("engines", "add", str(bad), home=tmp_path).stderr
