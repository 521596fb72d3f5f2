"""The database file: how it is opened, guarded, brought up to date and closed.

Everything else in this package speaks to SQLite through `Database`, so this is the one place where
SQLite's errors become Chatapp's. A file that is damaged or too new is refused and left as it is.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import apsw

from chatapp.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFailed,
    DatabaseTooNew,
    DiskFull,
    FolderNotWritable,
)
from chatapp.storage.migrations import MIGRATIONS, Migration

Row = tuple[Any, ...]
Value = str | bytes | int | float | None
# Start and end in bytes of UTF-8, and the word as the index knows it.
Token = tuple[int, int, str]
Tokenise = Callable[[bytes], list[Token]]

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_RETRY_SECONDS = 0.01
_SMALLEST_DATABASE = 512  # bytes: SQLite's smallest page


class Database:
    """An open database of the current schema, private to this user.

    Used by one thread at a time. Several processes may have the same file open. Without a path
    it is in memory only, and gone when it is closed.

    Constructing raises `FolderNotWritable`, `DiskFull`, `DatabaseDamaged`, `DatabaseTooNew`,
    `DatabaseBusy` or `DatabaseFailed`; every other method may raise these but `DatabaseTooNew`.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        migrations: Sequence[Migration] = MIGRATIONS,
        busy_seconds: float = 5.0,
    ) -> None:
        self._path = path or Path(":memory:")
        self._busy_seconds = busy_seconds
        self._data_version = 0
        if path is not None:
            self._make_private()
        with self._typed_errors():
            self._connection = apsw.Connection(os.fspath(self._path))
        try:
            self._open(migrations)
            if path is None:
                # Not even what SQLite sorts goes into a file.
                self.execute("PRAGMA temp_store = MEMORY")
        except BaseException:
            self._connection.close()
            raise

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement and return all its rows.

        Text is stored exactly, NUL characters included. Only lone surrogates, which no encoding
        of Unicode has, become U+FFFD.
        """
        bindings = [_encodable(value) if isinstance(value, str) else value for value in values]
        with self._typed_errors():
            return self._connection.execute(sql, bindings).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. The lock for writing is taken at once, so what was read stays true."""
        if not self._connection.get_autocommit():
            raise RuntimeError("transactions don't nest")
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            # SQLite may have rolled back by itself, for want of space say.
            if not self._connection.get_autocommit():
                self.execute("ROLLBACK")
            raise

    def changed_elsewhere(self) -> bool:
        """Whether another process has changed something since the last call (or the opening)."""
        before, self._data_version = self._data_version, self._number("data_version")
        return self._data_version != before

    def tokeniser(self, name: str, *arguments: str) -> Tokenise:
        """The function by which a full-text index with this tokeniser splits text."""
        tokeniser = self._connection.fts5_tokenizer(name, list(arguments))
        return lambda utf8: cast(
            "list[Token]",
            tokeniser(utf8, apsw.FTS5_TOKENIZE_DOCUMENT, None, include_colocated=False),
        )

    def close(self) -> None:
        """Close the file. May be called twice."""
        with self._typed_errors():
            self._connection.close()

    # Opening

    def _make_private(self) -> None:
        """Make sure that there is a file which only its owner can read.

        SQLite gives its `-wal` and `-shm` files the mode of the database. A file that exists is
        never opened here: closing it would take away the locks that SQLite holds on it.
        """
        path = Path(os.path.realpath(self._path))
        try:
            with suppress(FileExistsError):
                _create_private(path)
            if not path.is_file():
                raise DatabaseDamaged(str(self._path), detail="not a regular file")
            status = path.stat()
            if 0 < status.st_size < _SMALLEST_DATABASE:
                # SQLite would take it for an empty one and overwrite it.
                raise DatabaseDamaged(str(self._path), detail="too short")
            if status.st_mode & 0o077 and os.name == "posix":
                # It stays readable when it belongs to somebody else.
                with suppress(PermissionError):
                    path.chmod(0o600)
        except OSError as error:
            raise self._not_writable(error.errno) from error

    def _open(self, migrations: Sequence[Migration]) -> None:
        connection = self._connection
        with self._typed_errors():
            connection.set_busy_timeout(round(self._busy_seconds * 1000))
            # Closing a database that is refused must not write to it.
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        self._refuse_newer(len(migrations))
        # Reads the schema: what is wrong with the file shows here, with its proper error.
        self.execute("SELECT count(*) FROM sqlite_schema")
        self._use_write_ahead_log()
        with self._typed_errors():
            for name in ("simplify", "unicodewords"):
                connection.register_fts5_tokenizer(name, _lazy_tokeniser(name))
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        # FULL: what is committed survives a power cut too. It costs one fsync per commit, and
        # there are one or two commits per second at most.
        self.execute("PRAGMA synchronous = FULL")
        # What is deleted for good shall not stay behind in the file's free pages.
        self.execute("PRAGMA secure_delete = ON")
        self._migrate(migrations)
        self.execute("PRAGMA foreign_keys = ON")
        self._data_version = self._number("data_version")

    def _refuse_newer(self, supported: int) -> None:
        found = self._number("user_version")
        if found > supported:
            raise DatabaseTooNew(str(self._path), found=found, supported=supported)

    def _use_write_ahead_log(self) -> None:
        # When two processes open a new file at once, SQLite doesn't wait but reports "busy".
        deadline = time.monotonic() + self._busy_seconds
        while True:
            try:
                self.execute("PRAGMA journal_mode = WAL")
            except DatabaseBusy:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return

    def _migrate(self, migrations: Sequence[Migration]) -> None:
        supported = len(migrations)
        if self._number("user_version") == supported:
            return
        with self.transaction():
            # Another process may have been faster.
            self._refuse_newer(supported)
            found = self._number("user_version")
            if 0 < found < supported:
                self._copy_to(self._path.with_name(f"{self._path.name}.before-v{supported}"))
            for migration in migrations[found:]:
                migration(self.execute)
            self.execute(f"PRAGMA user_version = {supported}")

    def _copy_to(self, target: Path) -> None:
        """Copy what is committed, without the transaction that is open on this connection."""
        unfinished = target.with_name(f"{target.name}.part")
        try:
            unfinished.unlink(missing_ok=True)
            _create_private(unfinished)
            try:
                with self._typed_errors():
                    _copy(self._path, unfinished)
            except BaseException:
                # Half a copy helps nobody, least of all on a full disk.
                unfinished.unlink()
                raise
            unfinished.replace(target)
        except OSError as error:
            raise self._not_writable(error.errno) from error

    def _number(self, pragma: str) -> int:
        ((number,),) = self.execute(f"PRAGMA {pragma}")
        return int(number)

    # Errors

    @contextmanager
    def _typed_errors(self) -> Iterator[None]:
        try:
            yield
        except apsw.Error as error:
            raise self._typed(error) from error
        except UnicodeDecodeError as error:
            # SQLite stores text that Python encoded: only damage makes it undecodable.
            raise DatabaseDamaged(str(self._path), detail=str(error)) from error

    def _typed(self, error: apsw.Error) -> Exception:
        path = str(self._path)
        match error:
            case apsw.FullError():
                return DiskFull(path)
            case apsw.CorruptError() | apsw.NotADBError() | apsw.FormatError():
                return DatabaseDamaged(path, detail=str(error))
            case apsw.BusyError() | apsw.LockedError() | apsw.ProtocolError():
                return DatabaseBusy(path)
            case apsw.IOError() if self._system_errno() in _NO_SPACE:
                return DiskFull(path)
            case apsw.CantOpenError() | apsw.ReadOnlyError() | apsw.PermissionsError():
                return self._not_writable(self._system_errno())
        if not hasattr(error, "result"):
            # Not SQLite's judgement but apsw's about its caller: a bug.
            return error
        return DatabaseFailed(path, detail=str(error))

    def _system_errno(self) -> int:
        connection: apsw.Connection | None = getattr(self, "_connection", None)
        return 0 if connection is None else connection.system_errno

    def _not_writable(self, code: int | None) -> DiskFull | FolderNotWritable:
        if code in _NO_SPACE:
            return DiskFull(str(self._path))
        return FolderNotWritable(str(self._path.parent))


def put_aside(path: Path) -> Path:
    """Rename a damaged database, with what belongs to it, so that a new one can be made.

    Nothing may have it open. Returns the new path. Raises `FolderNotWritable`.
    """
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    try:
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            # SQLite looks for it under the new name.
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise FolderNotWritable(str(path.parent)) from error
    return aside


def _create_private(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)


def _copy(path: Path, target: Path) -> None:
    source = apsw.Connection(os.fspath(path), apsw.SQLITE_OPEN_READONLY)
    copy = apsw.Connection(os.fspath(target))
    try:
        with copy.backup("main", source, "main") as backup:
            backup.step()
    finally:
        copy.close()
        source.close()


def _lazy_tokeniser(name: str) -> apsw.FTS5TokenizerFactory:
    """`apsw.fts5` takes longer to import than a database to open, and a list needs no index."""

    def make(connection: apsw.Connection, arguments: list[str]) -> apsw.Tokenizer:
        import apsw.fts5

        factory = cast("apsw.FTS5TokenizerFactory", apsw.fts5.map_tokenizers[name])
        return factory(connection, arguments)

    return make


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        # By way of UTF-16, two surrogates that belong together become the character they mean.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
