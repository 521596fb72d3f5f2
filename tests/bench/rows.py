"""What the READMEs' tables show, in both languages, and from which figures of the history."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`form` takes one value for each key in `figures`; a `*` in a key means the largest."""

    english: str
    chinese: str
    form: str
    figures: tuple[str, ...]
    scale: float = 1.0


ROWS = (
    Row(
        "process start to first paint of the window; to that of an empty Qt window",
        "从进程启动到窗口首次绘制；与空白 Qt 窗口之比",
        "{:.2f} s; {:.1f}×",
        (
            "start: process start to first paint of the window",
            "start: first paint to that of an empty Qt window, ratio",
        ),
    ),
    Row(
        "… of the installed program, to that of the source tree in the same run",
        "…… 安装版，与同次运行中的源码之比",
        "{:.2f}×",
        ("program: first paint, frozen to source, ratio",),
    ),
    Row(
        "`chatapp --version`, more than `python -c pass`",
        "`chatapp --version` 比 `python -c pass` 多用",
        "{:.2f} s",
        ("start: chatapp --version more than python -c pass",),
    ),
    Row(
        "import of `chatapp.app`; of `chatapp.services`",
        "导入 `chatapp.app`；`chatapp.services`",
        "{:.2f} s; {:.2f} s",
        ("start: import chatapp.app", "start: import chatapp.services"),
    ),
    Row(
        "memory (PSS) of the window process at rest",
        "窗口进程静止时的内存（PSS）",
        "{:.0f} MB",
        ("start: memory (PSS) of the window process at rest",),
    ),
    Row(
        "… and of its helpers, with a conversation of 0; 1,000; 10,000 messages open",
        "…… 连同辅助进程，打开 0；1,000；10,000 条消息的对话时",
        "{:.0f}; {:.0f}; {:.0f} MB",
        (
            "memory: window with 0 messages",
            "memory: window with 1000 messages",
            "memory: window with 10000 messages",
        ),
    ),
    Row(
        "writing 128 tokens through the engine, short context; after 2,000 tokens",
        "经引擎生成 128 个词元，短上下文；2,000 词元之后",
        "{:.0f}; {:.0f} tokens/s",
        (
            "speed: 128 tokens, short context: application",
            "speed: 128 tokens, 2,000 tokens of context: application",
        ),
    ),
    Row(
        "… against a bare loop on llama.cpp",
        "…… 与直接调用 llama.cpp 的最短循环之比",
        "{:.2f}×; {:.2f}×",
        (
            "speed: 128 tokens, short context: bare loop, ratio",
            "speed: 128 tokens, 2,000 tokens of context: bare loop, ratio",
        ),
    ),
    Row(
        "… against the peer",
        "…… 与对照对象之比",
        "{:.2f}×; {:.2f}×",
        (
            "speed: 128 tokens, short context: better peer, ratio",
            "speed: 128 tokens, 2,000 tokens of context: better peer, ratio",
        ),
    ),
    Row(
        "through the whole window, against a bare loop: tokens/s; first token of 900 unread words",
        "经整个窗口，与最短循环之比：tokens/s；读 900 个新词后的首个词元",
        "{:.2f}×; {:.2f}×",
        (
            "window: writing: window to bare loop, ratio",
            "window: first token: bare loop to window, ratio",
        ),
    ),
    Row(
        "Stop until it is acknowledged, p95: in a prompt; while writing",
        "按下停止到确认，p95：读提示词时；生成时",
        "{:.1f}; {:.1f} ms",
        (
            "stopping: Stop in a prompt → acknowledged, p95",
            "stopping: Stop while writing → acknowledged, p95",
        ),
    ),
    Row(
        "worker killed: noticed; another one ready for a model",
        "工作进程被杀：察觉；新进程可加载模型",
        "{:.0f} ms; {:.2f} s",
        (
            "stopping: worker killed → noticed",
            "stopping: worker killed → another one ready for a model",
        ),
    ),
    Row(
        "added per token: 20 log-probabilities; JSON Schema",
        "每个词元增加：20 个对数概率；JSON Schema",
        "{:.2f}; {:.2f} ms",
        (
            "extras: log-probabilities (20), added per token",
            "extras: JSON Schema, added per token",
        ),
    ),
    Row(
        "list of 5,000 conversations; conversation of 10,000 messages read",
        "列出 5,000 个对话；读取 10,000 条消息的对话",
        "{:.0f}; {:.0f} ms",
        (
            "storage: list of 5,000 conversations",
            "storage: conversation of 10,000 messages",
        ),
    ),
    Row(
        "search in 10,000 messages, rare word; common word",
        "在 10,000 条消息中搜索：罕见词；常见词",
        "{:.1f}; {:.0f} ms",
        (
            "storage: search in 10,000 messages, rare word",
            "storage: search in 10,000 messages, common word",
        ),
    ),
    Row(
        "follow-up turn: tokens read beyond the new turn, most",
        "后续提问：除新一轮外读取的词元，最多",
        "{:.0f}",
        ("reuse: follow-up turn: tokens evaluated beyond the rendered turn, most",),
    ),
    Row(
        "back to another conversation of 3,000 tokens, added: from memory; disk; after a restart",
        "回到另一个 3,000 词元的对话，增加：从内存；从磁盘；重启后",
        "{:.0f}; {:.0f}; {:.0f} ms",
        (
            "reuse: back to a conversation in memory, added",
            "reuse: back to a conversation on disk, added",
            "reuse: after a restart, added",
        ),
    ),
    Row(
        "5,000 conversations listed; scrolled; searched by typing; one opened: longest pause",
        "5,000 个对话：列出；滚动；键入搜索；打开其中一个，窗口最长停顿",
        "{:.0f}; {:.0f}; {:.0f}; {:.0f} ms",
        (
            "conversations: first list",
            "conversations: scroll",
            "conversations: search by typing",
            "conversations: open a conversation",
        ),
    ),
    Row(
        "a letter typed in the palettes over 5,000 conversations, longest pause",
        "在覆盖 5,000 个对话的面板中键入一个字母，最长停顿",
        "{:.0f} ms",
        ("palettes: *: type",),
    ),
    Row(
        "conversation of 10,000 messages shown; a step of the wheel, p95; another width",
        "显示 10,000 条消息的对话；滚轮一格，p95；改变宽度",
        "{:.0f}; {:.1f}; {:.0f} ms",
        (
            "transcript: open 10000 messages",
            "transcript: wheel step, p95",
            "transcript: resize",
        ),
    ),
    Row(
        "… a redraw while 200 tokens/s stream, p95; find a word; memory that it takes",
        "…… 以 200 tokens/s 输出时的一次重绘，p95；查找一个词；占用内存",
        "{:.1f} ms; {:.0f} ms; {:.0f} MB",
        (
            "transcript: redraw at 200 tokens/s, p95",
            "finding: a word that is in every second message: all counted, first shown",
            "transcript: memory over the empty window",
        ),
    ),
    Row(
        "a megabyte pasted into the composer",
        "向输入框粘贴一兆字节",
        "{:.0f} ms",
        ("composer: paste 1 MB inline (lines of 80), CPU",),
    ),
    Row(
        "save a growing answer of 8 kB; open the database",
        "保存 8 kB 的增长中的回答；打开数据库",
        "{:.2f}; {:.1f} ms",
        ("storage: save a growing answer of 8 kB", "storage: open the database"),
    ),
    Row(
        "a download on loopback with sha256, against curl",
        "本机回环下载并校验 sha256，与 curl 之比",
        "{:.2f}× ({:.0f} MB/s)",
        ("download: Chatapp to curl, ratio", "download: 98 MB on loopback, Chatapp"),
    ),
    Row(
        "tokens/s beside a download of 12.5 MB/s; beside one without a limit, which yields",
        "下载 12.5 MB/s 时的 tokens/s；不限速（会让路）的下载时",
        "{:.2f}×; {:.2f}×",
        (
            "download_while_answering: 12.5 MB/s by the network: tokens with to without, ratio",
            "download_while_answering: no limit but its own: tokens with to without, ratio",
        ),
    ),
    Row(
        "… the window's thread meanwhile, longest pause",
        "…… 其间窗口线程的最长停顿",
        "{:.0f} ms",
        ("download_while_answering: *: main thread, longest",),
    ),
    Row(
        "header of a 98 MB model read in full; memory for it",
        "完整读取 98 MB 模型的文件头；所需内存",
        "{:.0f} ms; {:.1f} MB",
        ("header: the starter model (98 MB)", "header: the starter model (98 MB), peak"),
    ),
    Row(
        "tuning by itself; thoroughly",
        "自动调优；仔细调优",
        "{:.0f}; {:.0f} s",
        ("tuning: by itself: time", "tuning: asked for: time"),
    ),
    Row(
        "tokens/s after tuning by itself, to the best of all: at the beginning; after 2,500 tokens",
        "自动调优后的 tokens/s 与最佳组合之比：开头；2,500 词元之后",
        "{:.2f}×; {:.2f}×",
        (
            "tuning: by itself, depth 0: to the best of all",
            "tuning: by itself, depth 2500: to the best of all",
        ),
    ),
    Row(
        "guessing ahead where a text is copied, tuned: Q4_0; Q4_1",
        "抄写文本时的预测解码，调优后：Q4_0；Q4_1",
        "{:.2f}×; {:.2f}×",
        (
            "speculation: Q4_0, tuned, a text with one word changed, ratio",
            "speculation: Q4_1, tuned, a text with one word changed, ratio",
        ),
    ),
    Row(
        "… on one thread, before tuning",
        "…… 单线程，调优前",
        "{:.2f}×; {:.2f}×",
        (
            "speculation: Q4_0, untuned, a text with one word changed, ratio",
            "speculation: Q4_1, untuned, a text with one word changed, ratio",
        ),
    ),
    Row(
        "a LoRA adapter (rank 8, 9 MiB) in place of another, added: from disk; from memory",
        "换用另一个 LoRA 适配器（秩 8，9 MiB），增加：从磁盘；从内存",
        "{:.0f}; {:.0f} ms",
        (
            "adapters: an adapter from disk in place of another, added",
            "adapters: back to an adapter in memory, added",
        ),
    ),
    Row(
        "what loading takes, found without allocation, against a real load, at worst",
        "不分配内存求得的加载用量与实际加载之差，最大",
        "{:.3f} %",
        ("probe: *probed to taken",),
    ),
    Row(
        "vectors against the peer's, mean, CLS and last pooling: 1 − cosine, at most",
        "向量与对照对象之差，mean、CLS 与 last 池化：1 − 余弦，最大",
        "{:.6f}",
        ("embedding: *the least cosine with the peer",),
        scale=1e-6,
    ),
    Row(
        "500 model files in six folders, names at the first search; again",
        "六个文件夹中的 500 个模型文件，首次列出名称；再次",
        "{:.0f}; {:.0f} ms",
        (
            "library: names of 500 files in six folders, first time",
            "library: names of 500 files in six folders, first time again",
        ),
    ),
)
