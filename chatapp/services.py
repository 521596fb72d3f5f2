"""The composition root without Qt: builds every service and hands it over by constructor argument.

`app.py` puts a window on top of it, `cli.py` a terminal.
"""

from __future__ import annotations

import logging

from chatapp.chat.session import Session
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions, StateFolder
from chatapp.engine.process import StartWorker
from chatapp.engine.state_files import StateFiles
from chatapp.hub.library import Library
from chatapp.jobs import Jobs, Post, call_now
from chatapp.logs import Logs
from chatapp.network import Network
from chatapp.paths import Paths
from chatapp.settings import SettingsFile
from chatapp.storage.conversations import Conversations
from chatapp.storage.database import Database
from chatapp.storage.search import Search

logger = logging.getLogger(__name__)


class ModelServices:
    """What it takes to ask a model something without storing it.

    `start_worker` starts something else than the real worker process, for tests.

    Raises `FolderNotWritable` when the folders can't be made.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        post: Post = call_now,
        start_worker: StartWorker | None = None,
    ) -> None:
        paths.create()
        self.paths = paths
        self.logs = Logs(paths.logs)
        self.settings = SettingsFile(paths.settings)
        self.network = Network()
        self.jobs = Jobs(post)
        self.library = Library(paths, self.jobs)
        settings = self.settings.current
        budget = max(0, settings.kv_cache_budget)
        if not budget:
            self.jobs.general.run(self._delete_states)
        self.engine = Engine(
            logs=paths.logs,
            default_options=LoadOptions(settings.context_length),
            states=StateFolder(str(paths.kv_cache), budget) if budget else None,
            start_worker=start_worker,
        )

    def close(self) -> None:
        """End the worker and the lanes."""
        self.engine.close()
        self.library.close()
        self.jobs.close()
        self.logs.close()

    def _delete_states(self) -> None:
        """What was kept before it was turned off."""
        try:
            StateFiles(self.paths.kv_cache, 0).forget_all()
        except OSError as error:
            logger.warning("what was read of conversations was not deleted: %s", error)


class Services(ModelServices):
    """Everything: models and conversations.

    Raises `StorageError` when the database can't be opened; nothing is left running then.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        post: Post = call_now,
        start_worker: StartWorker | None = None,
    ) -> None:
        super().__init__(paths, post=post, start_worker=start_worker)
        try:
            self.database = self.jobs.database.submit(Database, paths.database).result()
        except BaseException:
            super().close()
            raise
        self.conversations = Conversations(self.database)
        self.search = Search(self.database)
        self.session = Session(self.conversations, self.engine, self.library, self.jobs)
        # The lane is serial: this is done before anything reads a conversation.
        self.jobs.database.run(self._tidy)

    def close(self) -> None:
        """Save what is being written, then end everything."""
        self.session.close()
        self.jobs.database.submit(self.database.close).result()
        super().close()

    def _tidy(self) -> None:
        recovered = self.session.recover()
        if recovered:
            logger.info("%d answers were interrupted by the end of the last run", len(recovered))
        self.session.empty_trash()
