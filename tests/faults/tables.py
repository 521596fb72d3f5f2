"""What was done at random and what came of it, in the READMEs."""

from __future__ import annotations

from collections.abc import Iterable

from tests import readme_blocks

Row = dict[str, str | int | float]

_MARK = "faults"
_WORDS = {
    "soak": (
        (
            "requests to the engine, stopped, edited and repeated, while its process is killed: "
            "answers compared with those of an empty context"
        ),
        "向引擎的请求，中途停止、编辑、重试，进程反复被杀：回答与空上下文的结果逐一比较",
        "{requests:,.0f} ({checked:,.0f}); {kills:,.0f} ×",
    ),
    "kills": (
        (
            "the whole application killed at any moment; questions that it had stored by then, "
            "all of them there"
        ),
        "随时杀死整个应用；此前已保存的问题全部还在",
        "{kills:,.0f} ×; {questions:,.0f}",
    ),
    "disk": (
        "questions asked while the disk is full or nearly; given back, the others stored",
        "磁盘已满或将满时提出的问题；被退回的，其余均已保存",
        "{questions:,.0f}; {refused:,.0f}",
    ),
    "monkey": (
        (
            "clicks, keys and commands anywhere in the window; questions stored, none lost; memory "
            "more than after the first ones"
        ),
        "在窗口任意位置点击、按键、执行命令；已保存的问题无一丢失；内存比开始时多",
        "{deeds:,.0f}; {questions:,.0f}; {grown:.0f} MB",
    ),
    "fuzz gguf_header": ("damaged headers of models", "损坏的模型文件头", "{cases:,.0f}"),
    "fuzz template": ("damaged chat templates", "损坏的对话模板", "{cases:,.0f}"),
    "fuzz database": ("damaged databases", "损坏的数据库", "{cases:,.0f}"),
    "fuzz settings": ("damaged settings files", "损坏的设置文件", "{cases:,.0f}"),
    "fuzz imports": ("damaged files to import", "损坏的导入文件", "{cases:,.0f}"),
    "fuzz links": ("links and names from anywhere", "任意来源的链接和名称", "{cases:,.0f}"),
}


def write(rows: Iterable[Row], date: str, machine: str, minutes: float, seed: int) -> None:
    """Replace the tables of both files."""
    found = [(_WORDS[str(row["part"])], row) for row in rows]
    english = "\n".join(f"| {one} | {form.format(**row)} |" for (one, _, form), row in found)
    chinese = "\n".join(f"| {other} | {form.format(**row)} |" for (_, other, form), row in found)
    command = f"`python -m tests.faults --minutes {minutes:g} --seed {seed}`"
    readme_blocks.put(
        "README.md",
        _MARK,
        f"Faults at random, {command} on {date} ({machine}), in which nothing was found:\n\n"
        f"| what | how often |\n|---|---|\n{english}",
    )
    readme_blocks.put(
        "README.zh-CN.md",
        _MARK,
        f"随机故障，{date} 运行 {command}（{machine}），没有发现问题：\n\n"
        f"| 内容 | 次数 |\n|---|---|\n{chinese}",
    )
