"""Messages to look at and to test with."""

from __future__ import annotations

from dataclasses import replace

from chatapp.domain.conversation import Message, MessageStatus, Role
from chatapp.domain.generation import FinishReason, GenerationParameters, Origin, Usage
from chatapp.domain.reasoning import split_reasoning

ORIGIN = Origin(
    model_name="Qwen3 4B Instruct",
    model_path="qwen.gguf",
    parameters=GenerationParameters(),
    quantization="Q4_K_M",
    seed=42,
    usage=Usage(
        prompt_tokens=1654, completion_tokens=412, first_token_ms=400.0, generation_ms=17564.0
    ),
    finish_reason=FinishReason.END,
)

RICH = """\
After ten years you have **€27,948**. You paid in €24,000, so **€3,948** is interest, *assuming* \
interest is added monthly. See [the note](https://example.com/compound-interest) or \
https://example.com/a.

## The result

| After | Paid in | Interest | Total |
|---|---:|---:|---:|
| 10 years | €24,000 | €3,948 | €27,948 |
| 20 years | €48,000 | €17,660 | €65,660 |

- Doubling the time to twenty years multiplies the interest by four and a half.
- A fee of `0.5%` a year would cost about €690 of the ten-year total.
  1. First ~~wrong~~ right
  2. Then `r = 0.03 / 12`, which is a longer piece of inline code `monthly * ((1 + r) ** n)` that \
may have to wrap at the end of a line
- [x] Done
- [ ] Still to do

```python
def future_value(monthly: float, rate: float, years: int) -> float:
    r, n = rate / 12, years * 12
    return monthly * ((1 + r) ** n - 1) / r  # a long line, so that \
it has to scroll sideways in its frame
print(f"{future_value(200, 0.03, 10):,.2f}")
```

### In other words

> Compound interest is the eighth wonder of the world.
>
> - He who understands it, earns it

十年后共有 **27,948 元**。本金 24,000 元，利息 *3,948 元*。使用`r`计算。

بعد عشر سنوات سيكون لديك **27,948** يورو، منها 3,948 يورو فائدة.

Emoji: 😀 👩‍💻 🇳🇴 👍🏽 and math: e^(iπ) + 1 = 0

1. Install:
   ```bash
   pip install numpy
   ```
2. Run it.

---

A last line.
"""

# A red square with a green middle, 64 wide and 48 high.
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAATklEQVR42u3XMQ0AIA"
    "wAwTrqzlydaEISHmBqeskbuPHjrGxdAAAAAAAAAAAAALQF5K7/AAAAAAAAAAAAAAAAACYCTD0AAAAAAAAAAMB7F4"
    "6+aIt4bbaFAAAAAElFTkSuQmCC"
)

EVERYTHING = f"""\
<think>
The person wants **everything** on one page.

1. Think of all kinds of text.
2. `write` them down.
</think>

# All that an answer can have

{RICH}
1. First
   1. Inside of the first
      - Deeper, with a wrapped line: {"and on it goes " * 8}
2. Second

   | Table | in a list |
   |---|---:|
   | one | 1 |

   > and a quote with `code`
   >
   > > twice quoted

   ```js
   const x = () => {{ return "in a list" }}
   ```
100. Hundredth

Inline $e^{{i\\pi}} + 1 = 0$, $\\frac{{a}}{{b}}$ and \\(\\sum_{{k=1}}^n k\\) in a line.

$$
\\int_0^\\infty e^{{-x^2}} \\, dx = \\frac{{\\sqrt{{\\pi}}}}{{2}}
$$

A note[^1] and another[^long].

[^1]: What the note says.
[^long]: A longer note with **bold** words.

![A red square]({PICTURE})

| Country | Capital | Population | Area | Currency | Language | Head of state | Motto |
|---|---|---:|---:|---|:-:|---|---|
| Norway | Oslo | 5,500,000 | 385,207 km² | krone | Norwegian | Harald V | *Alt for Norge* |
| 中国 | 北京 | 1,411,750,000 | 9,596,961 km² | 人民币 | 汉语 | – | 为人民服务 |
| مصر | القاهرة | 104,000,000 | 1,010,408 km² | جنيه | العربية | – | – |

在`行内代码`旁边的中文，还有**粗体**和*强调*。[链接](https://example.com)。

مرحبا بالعالم، هذا نص `code` مع **كلمات** إنجليزية like this one في الوسط.

> اقتباس من اليمين إلى اليسار

- عنصر في قائمة
- عنصر آخر

Combining: e\u0301 n\u0303, {"unbreakable" * 12}

- [ ] open
- [x] done

###### The smallest heading

Line one\\
line two after a hard break.
"""

QUESTION = (
    "I save €200 a month at 3% a year. What do I have after ten years, and how much of it is "
    "interest? Show the formula and a Python function."
)


def message(number: int, text: str = "text", **changes: object) -> Message:
    """Odd numbers are questions, even ones answers: a thought in tags is apart, as in storage."""
    thought = ""
    if number % 2 == 0 and "reasoning" not in changes:
        is_growing = changes.get("status") is MessageStatus.GENERATING
        both = split_reasoning(text, is_complete=not is_growing)
        thought, text = both.text, both.answer
    plain = Message(
        id=number,
        conversation_id=1,
        parent_id=number - 1 or None,
        role=Role.USER if number % 2 else Role.ASSISTANT,
        text=text,
        status=MessageStatus.COMPLETE,
        created_at=0.0,
        origin=None if number % 2 else ORIGIN,
        reasoning=thought,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def conversation(count: int) -> list[Message]:
    """Messages of every sort, of usual length."""
    sections = RICH.split("\n\n")
    return [
        message(
            number,
            f"Question {number}. {QUESTION}"
            if number % 2
            else f"Answer {number}.\n\n" + "\n\n".join(sections[number % 5 : number % 5 + 4]),
        )
        for number in range(1, count + 1)
    ]
