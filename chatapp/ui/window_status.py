"""What the services tell the model chip and the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from chatapp.ui.words import purpose_words

if TYPE_CHECKING:
    from chatapp.chat.events import AnswerProgress
    from chatapp.engine.state import EngineState
    from chatapp.jobs import Post
    from chatapp.network import Network
    from chatapp.ui.window_parts import Parts

_POLL_MEMORY = 2000  # ms between two looks at the memory of the worker


class Status(QObject):
    """Follows the engine, the answer that is being written and the network."""

    def __init__(self, parts: Parts, network: Network, post: Post, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = parts.engine
        self._jobs = parts.jobs
        self._chip = parts.chip
        self._pane = parts.pane
        self._status_line = parts.status_line
        self._network = network
        self._settings = parts.settings
        parts.pane.progressed.connect(self._on_progressed)
        parts.engine.subscribe(lambda state: post(lambda: self._on_engine_state(state)))
        network.subscribe(lambda _: post(self._show_connections))
        parts.settings.subscribe(lambda _: self._show_connections())
        self._show_connections()
        self._on_engine_state(parts.engine.state)
        self._memory_timer = QTimer(self, interval=_POLL_MEMORY)
        self._memory_timer.timeout.connect(self._look_at_memory)

    def start(self) -> None:
        """Look at the memory from now on."""
        self._memory_timer.start()

    def stop(self) -> None:
        """Ask the services nothing more."""
        self._memory_timer.stop()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LanguageChange:
            self._show_connections()
        return super().event(event)

    def _on_engine_state(self, state: EngineState) -> None:
        self._chip.set_state(state)
        self._status_line.set_engine_state(state)
        self._pane.on_engine_state(state)
        self._status_line.set_context(self._pane.context.used)

    def _on_progressed(self, progress: AnswerProgress | None) -> None:
        self._status_line.set_progress(progress)
        self._status_line.set_last_answer(self._pane.context.last_origin)
        self._status_line.set_context(self._pane.context.used)

    def _look_at_memory(self) -> None:
        self._jobs.general.run(self._engine.worker_memory, on_done=self._status_line.set_memory)

    def _show_connections(self) -> None:
        connections = self._network.connections
        if self._settings.current.offline:
            text = self.tr("Connections are turned off")
        elif connections:
            last = connections[-1]
            text = self.tr("Last request: {host}, {reason}").format(
                host=last.host, reason=purpose_words(last.reason)
            )
        else:
            text = self.tr("No connections since start")
        self._status_line.set_network(text)
