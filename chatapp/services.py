"""The composition root without Qt: builds every service and hands it over by constructor argument.

`app.py` puts a window on top of it, `cli.py` a terminal.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from chatapp.chat.assistants import Assistants
from chatapp.chat.events import AnswerEnded, SessionEvent
from chatapp.chat.presets import Presets
from chatapp.chat.prompts import Prompts
from chatapp.chat.session import Session
from chatapp.domain.download import Order, Resolved
from chatapp.domain.engine_pack import EngineInfo, EnginePack, InstallProgress
from chatapp.domain.hub import Access
from chatapp.domain.quantization import QuantizeResult
from chatapp.engine.choice import EngineChoice
from chatapp.engine.engine import Engine
from chatapp.engine.messages import LoadOptions, StateFolder
from chatapp.engine.pack_worker import with_packs
from chatapp.engine.process import StartWorker
from chatapp.engine.state_files import StateFiles
from chatapp.errors import (
    EngineError,
    EngineMissing,
    EngineNotOffered,
    EnginePackFailed,
    EnginePackMissing,
)
from chatapp.hub.access import access_from, clean_endpoint
from chatapp.hub.catalog import for_language, read_catalog
from chatapp.hub.client import HubClient
from chatapp.hub.fit import AUTOMATIC_CONTEXT, FitOptions
from chatapp.hub.hardware import Machine, this_machine
from chatapp.hub.library import Library
from chatapp.hub.pace import Pace
from chatapp.hub.queue_file import QueueFile
from chatapp.hub.sources import Places
from chatapp.hub.token import TokenStore
from chatapp.jobs import Jobs, Post, call_now
from chatapp.logs import Logs
from chatapp.models.disk_space import DiskSpace
from chatapp.models.engine_packs import EnginePacks, builtin_engine
from chatapp.models.load_settings import LoadSettings
from chatapp.models.memory_use import MemoryUse
from chatapp.models.speed import Speed
from chatapp.models.tunings import Tunings, machine_key
from chatapp.network import Network, Purpose, Stop, make_client, origin_of
from chatapp.paths import Paths
from chatapp.settings import Settings, SettingsFile
from chatapp.storage.database import Database
from chatapp.storage.search import Search
from chatapp.storage.temporary import AllConversations
from chatapp.updates import Updates, read_feed

if TYPE_CHECKING:  # what few commands need is read when they do
    from chatapp.hub.downloads import Downloads
    from chatapp.models.quantize import Quantizer
    from chatapp.models.tuning import Tuner

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
        settings = self.settings.current
        self.network = Network(paths.connections)
        self.network.is_offline = settings.offline
        self.jobs = Jobs(post)
        self.jobs.general.run(self.network.tidy)
        self.library = Library(paths, self.jobs, places=Places.here())
        budget = max(0, settings.kv_cache_budget)
        if not budget:
            self.jobs.general.run(self._delete_states)
        self.engine_packs = EnginePacks(paths.engines)
        self._choice = EngineChoice()
        self._choose_engine(settings.engine_pack)
        self.settings.subscribe(self._follow_engine)
        self.tunings = Tunings(paths.data / "tuning", self._machine_key)
        self.load_settings = LoadSettings(
            paths.data, lambda: self.settings.current.context_length, self.tunings.find
        )
        self.engine = Engine(
            logs=paths.logs,
            default_options=LoadOptions(settings.context_length),
            states=StateFolder(str(paths.kv_cache), budget) if budget else None,
            start_worker=start_worker,
            options_for=self.load_settings.options_for,
            choice=self._choice,
        )
        self.memory_use = MemoryUse(self.engine, self.library, self.jobs)
        self.space = DiskSpace(paths, lambda: self.library.folder, self.logs)

    def machine(self) -> Machine:
        """This computer at this moment. It may start the worker: in the background only."""
        try:
            return this_machine(self.engine.devices().result())
        except (EngineError, EngineMissing):  # without an engine there is the main memory still
            return this_machine()

    def start_engine(self) -> EngineInfo | None:
        """Start an engine if none runs, and tell which one started. In the background only.

        None where that is not known: the one that runs was started before another was chosen.
        """
        with contextlib.suppress(EngineError, EngineMissing):
            self.engine.devices().result()
        return self._choice.info

    def download_engine(
        self,
        build: str,
        *,
        version: str = "",
        address: str = "",
        stop: Stop | None = None,
        on_progress: Callable[[InstallProgress], None] = lambda _: None,
    ) -> EnginePack:
        """Get an engine from llama-cpp-python's index, or from one like it at this `address`.

        Without a `version` it is that of the built-in engine where there is one. Raises what
        `WheelIndex.offers` and `EnginePacks.download` raise.
        """
        from chatapp.hub.wheel_index import INDEX, WheelIndex, choose

        access = access_from(self.settings.current, endpoint=address or INDEX)
        with contextlib.closing(WheelIndex(lambda: access, self.network)) as index:
            offers = index.offers(build, stop=stop)
            if version:
                offers = tuple(offer for offer in offers if offer.version == version)
            if not offers:
                raise EngineNotOffered(origin_of(access.endpoint)[1], f"{build} {version}")
            offer = choose(offers, version or builtin_engine().version)
            return self.engine_packs.download(index, offer, stop=stop, on_progress=on_progress)

    def _choose_engine(self, name: str) -> None:
        self._chosen_engine = name
        try:
            self._choice.choose(self.engine_packs.find_whole(name) if name else None)
        except (EnginePackMissing, EnginePackFailed) as error:
            self._choice.choose(None, error)

    def _follow_engine(self, settings: Settings) -> None:
        if settings.engine_pack != self._chosen_engine:
            self._choose_engine(settings.engine_pack)
            self.engine.unload_idle()  # the next question loads the model with the other one

    def _machine_key(self) -> str:
        """What was measured holds for one engine."""
        pack = self._choice.pack
        return machine_key() if pack is None else f"{machine_key()}\n{pack.name}"

    def open_downloads(
        self,
        access: Callable[[], Access],
        hub: HubClient,
        queue: QueueFile | None = None,
        pace: Pace | None = None,
    ) -> Downloads:
        """Downloads into the library's folder. The caller closes it."""
        from chatapp.hub.downloads import Downloads

        return Downloads(
            queue,
            lambda: self.library.folder,
            resolve=hub.resolve,
            open_client=lambda: make_client(access(), self.network, purpose=Purpose.DOWNLOAD),
            arrived=self._note_origin,
            pace=pace,
            may_keep_awake=lambda: self.settings.current.keep_awake,
            is_held=lambda: self.library.is_moving,
            connections=lambda: self.settings.current.download_connections,
        )

    def _note_origin(self, path: Path, order: Order, file: str, resolved: Resolved) -> None:
        self.library.record(
            str(path),
            repo=order.repo,
            revision=resolved.commit,
            repo_file=file,
            licence=order.license,
            sha256=resolved.sha256,
            verified_at=time.time() if resolved.sha256 else 0.0,
        )

    def open_quantizer(self) -> Quantizer:
        """Makes models of the library smaller. The caller closes it."""
        from chatapp.models.quantize import Quantizer

        return Quantizer(
            lambda: self.library.folder,
            self.paths.logs,
            content_hash=self.library.content_hash,
            store=self._note_quantized,
        )

    def open_tuner(self, is_automatic: Callable[[], bool] = lambda: False) -> Tuner:
        """Measures what makes a model fastest here. The caller closes it."""
        from chatapp.models.tuning import Tuner

        return Tuner(
            self.engine,
            self.tunings,
            self.paths.logs,
            self.load_settings.options_for,
            is_automatic=is_automatic,
            start_worker=with_packs(self._choice, self.paths.logs),
        )

    def _note_quantized(self, result: QuantizeResult) -> None:
        self.library.record(
            result.path,
            made_from=result.source_path,
            made_from_sha256=result.source_sha256,
            made_type=result.kind.value,
            made_with=result.llama_build,
            made_at=result.made_at.timestamp(),
        )

    def close(self) -> None:
        """End the worker and the lanes."""
        self.engine_packs.close()
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
    """Everything: models and conversations. `language` is the system's, as "zh_CN".

    Raises `StorageError` when the database can't be opened; nothing is left running then.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        post: Post = call_now,
        start_worker: StartWorker | None = None,
        language: str = "",
    ) -> None:
        from chatapp.hub.discovery import Discovery
        from chatapp.models.idle import IdleUnloading

        super().__init__(paths, post=post, start_worker=start_worker)
        try:
            self.database = self.jobs.database.submit(Database, paths.database).result()
        except BaseException:
            super().close()
            raise
        self.conversations = AllConversations(self.database)
        self.search = Search(self.database)
        self.presets = Presets(
            paths.data / "presets",
            paths.resources / "presets",
            lambda: self.settings.current.language or language,
        )
        self.session = Session(self.conversations, self.engine, self.library, self.jobs)
        self._speed = Speed(self.library, self.jobs)
        self.session.subscribe(self._on_session_event)
        self.assistants = Assistants(
            paths.data / "assistants",
            paths.resources / "assistants",
            lambda: self.settings.current.language or language,
        )
        self.prompts = Prompts(
            paths.data / "prompts",
            paths.resources / "prompts",
            lambda: self.settings.current.language or language,
        )
        self.tokens = TokenStore()
        self.settings.subscribe(self._on_settings)
        self.hub = HubClient(self.access, self.network)
        self.updates = Updates(
            read_feed(paths.resources), lambda: self.settings.current, self.network
        )
        answering = self.session.running_conversations
        self.downloads = self.open_downloads(
            self.access,
            self.hub,
            QueueFile(paths.data),
            Pace(is_answering=lambda: bool(answering())),
        )
        self.discovery = Discovery(
            self.hub,
            for_language(read_catalog(paths.resources), self.settings.current.language or language),
            self.jobs,
            machine=self.machine,
            freed=self.engine.memory_given_back,
            options=lambda: FitOptions(self.settings.current.context_length or AUTOMATIC_CONTEXT),
        )
        self.quantizer = self.open_quantizer()
        # Scripted workers have no speed.
        can_tune = start_worker is None
        self.tuner = self.open_tuner(lambda: can_tune and self.settings.current.tune_automatically)
        self.idle = IdleUnloading(self.engine, lambda: self.settings.current.unload_after)
        # The lane is serial: this is done before anything reads a conversation.
        self.jobs.database.run(self._tidy)

    def close(self) -> None:
        """Save what is being written, then end everything."""
        self.session.close()
        self.discovery.close()
        self.quantizer.close()
        self.tuner.close()
        self.idle.close()
        self.downloads.close()
        self.hub.close()
        self.updates.close()
        self.jobs.database.submit(self.conversations.close).result()
        self.jobs.database.submit(self.database.close).result()
        super().close()

    def access(self) -> Access:
        """How the Hub is reached now. The keyring may ask for a password: not on the main thread.

        Raises `AddressInvalid` or `TokenInvalid`.
        """
        settings = self.settings.current
        endpoint = clean_endpoint(settings.hub_endpoint)
        return access_from(settings, self.tokens.read(endpoint), endpoint=endpoint)

    def _on_session_event(self, event: SessionEvent) -> None:
        if isinstance(event, AnswerEnded):
            self._speed.note(event.message.origin)

    def _on_settings(self, settings: Settings) -> None:
        self.network.is_offline = settings.offline

    def _tidy(self) -> None:
        recovered = self.session.recover()
        if recovered:
            logger.info("%d answers were interrupted by the end of the last run", len(recovered))
        self.session.tidy_trash()
