"""What can be said on the command line."""

from __future__ import annotations

import argparse
import sys

from chatapp import __version__

_MAX_SEED = 2**32 - 1
_MAX_TOKENS = 2**20


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; ends the program with code 2 on wrong usage."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data-dir",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="put everything (data, settings, cache, logs) under this folder",
    )
    parser = argparse.ArgumentParser(
        prog="chatapp",
        description="Talk to language models that run on your own computer.",
        epilog="Without a command the window opens, with the models FILE.gguf … or the link"
        " chatapp://models/AUTHOR/NAME if they are given.",
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"chatapp {__version__}")
    parser.add_argument(
        "--smoke-test", action="store_true", help="try everything once in a temporary folder"
    )
    parser.add_argument(
        "--quick-ask", action="store_true", help="open the small window for one question"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    ask = commands.add_parser("ask", parents=[common], help="answer one question, store nothing")
    ask.add_argument(
        "text", nargs="?", help="the question; “-” or nothing reads it from standard input"
    )
    ask.add_argument("--json", action="store_true", help="print one JSON object at the end")
    _add_generation_options(ask)

    chat = commands.add_parser("chat", parents=[common], help="a conversation in the terminal")
    _add_generation_options(chat)
    chat.add_argument(
        "--continue", dest="resume", action="store_true", help="go on with the latest conversation"
    )

    models = commands.add_parser(
        "models", parents=[common], help="the models on this computer and on the Hub"
    )
    if "models" in arguments:  # it knows much that no other command needs
        from chatapp.cli.model_arguments import add_model_actions

        add_model_actions(models, common)

    bench = commands.add_parser(
        "bench", parents=[common], help="how fast a model reads and writes on this computer"
    )
    _add_bench_options(bench)

    engines = commands.add_parser(
        "engines", parents=[common], help="other builds of llama.cpp: for GPUs, or newer ones"
    )
    if "engines" in arguments:
        from chatapp.cli.engines import add_engine_actions

        add_engine_actions(engines, common)

    doctor = commands.add_parser("doctor", parents=[common], help="what is there, what is missing")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    if _is_target(_first_word(arguments)):
        options = _parse_targets(arguments, common)
    else:
        options = parser.parse_args(arguments)
        options.targets = []
    if "data_dir" not in options:
        options.data_dir = None
    if options.command == "bench" and not (options.prompt or options.generate):
        bench.error("--prompt and --generate can't both be 0")
    if options.command == "ask" and options.text is None:
        if sys.stdin is None or sys.stdin.isatty():
            ask.error("the question is missing")
        options.text = "-"
    return options


def _first_word(arguments: list[str]) -> str:
    """The first that is no option and no option's value; empty if there is none."""
    words = iter(arguments)
    for word in words:
        if word == "--data-dir":
            next(words, None)
        elif word == "--":
            return next(words, "")
        elif not word.startswith("-"):
            return word
    return ""


def _is_target(word: str) -> bool:
    """Whether the window shall open it, as model files and links to Chatapp."""
    word = word.casefold()
    return word.endswith(".gguf") or word.startswith("chatapp:")


def _parse_targets(arguments: list[str], common: argparse.ArgumentParser) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chatapp", parents=[common])
    parser.add_argument("targets", nargs="+", type=_target, metavar="FILE.gguf|LINK")
    parser.set_defaults(command=None, smoke_test=False, quick_ask=False)
    return parser.parse_args(arguments)


def _target(word: str) -> str:
    if not _is_target(word):
        raise argparse.ArgumentTypeError(f"neither a .gguf file nor a link to Chatapp: {word!r}")
    return word


def _add_generation_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="PATH|NAME", help="a GGUF file or a name from the list")
    parser.add_argument("--system", metavar="TEXT", default="", help="the system prompt")
    parser.add_argument("--max-tokens", metavar="N", type=at_least_one, help="end after N tokens")
    parser.add_argument(
        "--temperature",
        metavar="T",
        type=_temperature,
        help="0 is deterministic; default: what suits the model",
    )
    parser.add_argument("--seed", metavar="N", type=_seed, help="the same seed, the same answer")
    parser.add_argument(
        "--thinking",
        action=argparse.BooleanOptionalAction,
        help="have the model think first, or not; default: as the model has it",
    )


def _add_bench_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="PATH|NAME", help="a GGUF file or a name from the list")
    parser.add_argument(
        "--prompt", metavar="N", type=_count, default=512, help="read N tokens (pp); default: 512"
    )
    parser.add_argument(
        "--generate",
        metavar="N",
        type=_count,
        default=128,
        help="write N tokens (tg); default: 128",
    )
    parser.add_argument(
        "--depth",
        metavar="N,…",
        type=_counts,
        default=(0, 1024, 4096),
        help="after N others; default: 0,1024,4096",
    )
    parser.add_argument(
        "--repetitions", metavar="N", type=at_least_one, default=3, help="default: 3"
    )
    parser.add_argument("--threads", metavar="N", type=at_least_one)
    parser.add_argument("--gpu-layers", metavar="N", type=_count)
    parser.add_argument(
        "--flash-attention", action=argparse.BooleanOptionalAction, help="default: automatic"
    )
    parser.add_argument("--cache-type", choices=("f16", "q8_0", "q4_0"), default="f16")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= _MAX_TOKENS:
        raise argparse.ArgumentTypeError(f"must lie between 0 and {_MAX_TOKENS}")
    return value


def _counts(text: str) -> tuple[int, ...]:
    return tuple(map(_count, text.split(",")))


def at_least_one(text: str) -> int:
    """A number of one or more.

    Raises `argparse.ArgumentTypeError` for anything less, `ValueError` for no number.
    """
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _temperature(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 10:
        raise argparse.ArgumentTypeError("must lie between 0 and 10")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value <= _MAX_SEED:
        raise argparse.ArgumentTypeError(f"must lie between 0 and {_MAX_SEED}")
    return value
