"""A program that writes conversations and is killed, or writes beside another one.

`python -m tests.storage.writing_process answer PATH` begins an exchange and saves a growing answer
for ever; it prints the length of the text before and after each save. `... work PATH ID` does with
one conversation for ever what a person does, and prints a line before each step. `... add PATH ID
COUNT` adds messages to one conversation.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from chatapp.domain.conversation import Attachment, MessageStatus, Opinion, Rating, Role
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


def work(conversations: Conversations, conversation_id: int) -> None:
    """The text of a question, its attachment and that of a draft always tell the same number."""
    for number in itertools.count():
        attachments = (Attachment(f"{number}.txt", "text/plain", number, f"{number} " * 2000),)
        question, answer = conversations.branch(conversation_id)[:2]
        say("editing")
        _, _, begun = conversations.edit_question(
            question.id, f"{number}", attachments, origin=ORIGIN
        )
        say("ending")
        conversations.end_answer(
            begun.id, text=f"answer {number}", status=MessageStatus.COMPLETE, origin=ORIGIN
        )
        say("rating")
        conversations.rate(begun.id, Rating(Opinion.LIKED, f"{number}", f"{number}"))
        say("branching")
        conversations.branch_off(begun.id)
        say("drafting")
        conversations.save_draft(conversation_id, f"{number}", attachments)
        say("deleting")
        conversations.delete_message(answer.id)
        conversations.delete_message(question.id)
        say("emptying")
        conversations.empty_trash()


def add(conversations: Conversations, conversation_id: int, count: int) -> None:
    for _ in range(count):
        conversations.add_message(conversation_id, role=Role.USER, text="me too", parent_id=None)


def main(what: str, path: str, *numbers: str) -> None:
    conversations = Conversations(Database(Path(path)))
    match what:
        case "answer":
            answer(conversations)
        case "work":
            work(conversations, *map(int, numbers))
        case _:
            add(conversations, *map(int, numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
