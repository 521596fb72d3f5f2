"""Pictures in answers, from local files and from the text itself. Nothing is fetched.

Decoding happens in the background; a picture has its final size from the beginning, because the
size is read first.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Signal
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader, QPixmap

from chatapp.paths import is_file
from chatapp.ui.transcript.image_sources import image_bytes, image_path

if TYPE_CHECKING:
    from chatapp.jobs import Jobs

_FORMATS: Final = frozenset({b"png", b"jpeg", b"jpg", b"gif", b"webp", b"bmp"})
_LARGEST: Final = 64_000_000  # pixels of the original
_MOST_KEPT: Final = 64_000_000  # bytes of what is shown


class Images(QObject):
    """Reads pictures, keeps those used last. Signals: `loaded(str)` with a source."""

    loaded = Signal(str)

    def __init__(self, jobs: Jobs | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._sizes: dict[str, QSize] = {}
        self._kept: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()
        self._loading: set[tuple[str, int]] = set()
        self._bytes = 0

    def size(self, source: str) -> QSize:
        """The picture's size in pixels; empty when there is none that can be shown."""
        if source not in self._sizes:
            self._sizes[source] = _read_size(source)
        return self._sizes[source]

    def pixmap(self, source: str, width: int) -> QPixmap | None:
        """The picture scaled to a width in device pixels; none while it is being decoded."""
        key = (source, width)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if key not in self._loading and self._jobs is not None:
            self._loading.add(key)
            size = self._scaled(source, width)
            self._jobs.general.run(
                lambda: _decode(source, size),
                on_done=lambda image: self._on_decoded(key, image),
            )
        return None

    def _scaled(self, source: str, width: int) -> QSize:
        size = self.size(source)
        return QSize(width, max(1, round(size.height() * width / max(1, size.width()))))

    def _on_decoded(self, key: tuple[str, int], image: QImage) -> None:
        self._loading.discard(key)
        if image.isNull():
            self._sizes[key[0]] = QSize()
        else:
            self._kept[key] = QPixmap.fromImage(image)
            self._bytes += image.sizeInBytes()
            while self._bytes > _MOST_KEPT and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.width() * dropped.height() * 4
        self.loaded.emit(key[0])


def _open(source: str) -> tuple[QImageReader, QBuffer | None]:
    """A reader, and what it reads from as long as it is used."""
    path = image_path(source)
    if path:
        # Anything but a file might keep us waiting for ever.
        reader = QImageReader(path) if is_file(Path(path)) else QImageReader()
        buffer = None
    else:
        buffer = QBuffer()
        buffer.setData(QByteArray(image_bytes(source)))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader()
        reader.setDevice(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    return reader, buffer


def _read_size(source: str) -> QSize:
    reader, _buffer = _open(source)
    if bytes(reader.format().data()).lower() not in _FORMATS:
        return QSize()
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > _LARGEST:
        return QSize()
    turned = QImageIOHandler.Transformation.TransformationRotate90
    return size.transposed() if reader.transformation() & turned else size


def _decode(source: str, size: QSize) -> QImage:
    reader, _buffer = _open(source)
    turned = QImageIOHandler.Transformation.TransformationRotate90
    reader.setScaledSize(size.transposed() if reader.transformation() & turned else size)
    return reader.read()
