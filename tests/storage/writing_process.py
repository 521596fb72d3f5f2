"""A program that writes conversations and is killed, or writes beside another one.

`python -m tests.storage.writing_process answer PATH` begins an exchange and saves a growing answer
for ever; it prints the length of the text before and after each save. `... add PATH ID COUNT` adds
messages to one conversation.
"""

from __future__ import annotations

import sys
from pathlib import Path

from chatapp.domain.conversation import Role
from chatapp.domain.generation import GenerationParameters, Origin
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database

ORIGIN = Origin("small", "/models/small.gguf", GenerationParameters())


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def answer(conversations: Conversations) -> None:
    _, _, message = conversations.begin_exchange(
        None, "Is it safe?", origin=ORIGIN, model_path=None
    )
    text = ""
    while True:
        text += "quite certainly "
        say(f"saving {len(text)}")
        conversations.save_partial(message.id, text)
        say(f"saved {len(text)}")


def add(conversations: Conversations, conversation_id: int, count: int) -> None:
    for _ in range(count):
        conversations.add_message(conversation_id, role=Role.USER, text="me too", parent_id=None)


def main(what: str, path: str, *numbers: str) -> None:
    conversations = Conversations(Database(Path(path)))
    if what == "answer":
        answer(conversations)
    else:
        add(conversations, *map(int, numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
