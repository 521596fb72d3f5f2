"""The folders that conversations are kept in."""

from __future__ import annotations

from chatapp.domain.folder import Folder
from chatapp.errors import FolderMissing
from chatapp.storage.database import Database, Row, Value

_COLUMNS = "id, name, parent_id, position"


class Folders:
    """The folders of one database, in one another. Used on the database thread.

    A method that is given a folder which isn't there any more raises `FolderMissing`. Every method
    may raise what `Database` does, and is one transaction.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Folder]:
        """Every folder; those with the same parent in their order."""
        rows = self._database.execute(
            f"SELECT {_COLUMNS} FROM folders ORDER BY position, id"  # noqa: S608 - a constant
        )
        return [_to_folder(row) for row in rows]

    def create(self, name: str, parent_id: int | None = None) -> Folder:
        """Make an empty folder, the last one in its parent."""
        with self._database.transaction():
            if parent_id is not None:
                self._get(parent_id)
            ((folder_id,),) = self._database.execute(
                "INSERT INTO folders (parent_id, position, name) VALUES (?, ?, ?) RETURNING id",
                (parent_id, len(self._inside(parent_id)), name),
            )
            return self._get(folder_id)

    def rename(self, folder_id: int, name: str) -> Folder:
        """Give it another name."""
        with self._database.transaction():
            self._database.execute("UPDATE folders SET name = ? WHERE id = ?", (name, folder_id))
            return self._get(folder_id)

    def move(self, folder_id: int, parent_id: int | None, position: int | None = None) -> Folder:
        """Put it into another one, or among those at the top; without a position as the last.

        Nothing changes when that would put it into itself.
        """
        with self._database.transaction():
            folder = self._get(folder_id)
            above = parent_id
            while above is not None:
                if above == folder_id:
                    return folder
                above = self._get(above).parent_id
            order = [id_ for id_ in self._inside(parent_id) if id_ != folder_id]
            order.insert(len(order) if position is None else max(0, position), folder_id)
            self._set("parent_id", parent_id, folder_id)
            for place, id_ in enumerate(order):
                self._set("position", place, id_)
            return self._get(folder_id)

    def delete(self, folder_id: int) -> None:
        """Delete it, if it is still there; what is in it goes up one level, all of it."""
        with self._database.transaction():
            for table, column in (("folders", "parent_id"), ("conversations", "folder_id")):
                self._database.execute(
                    f"""
                    UPDATE {table}
                    SET {column} = (SELECT parent_id FROM folders WHERE id = ?) WHERE {column} = ?
                    """,  # noqa: S608 - constants
                    (folder_id, folder_id),
                )
            self._database.execute("DELETE FROM folders WHERE id = ?", (folder_id,))

    # Parts of a transaction

    def _get(self, folder_id: int) -> Folder:
        rows = self._database.execute(
            f"SELECT {_COLUMNS} FROM folders WHERE id = ?",  # noqa: S608 - a constant
            (folder_id,),
        )
        if not rows:
            raise FolderMissing(folder_id)
        return _to_folder(rows[0])

    def _inside(self, parent_id: int | None) -> list[int]:
        rows = self._database.execute(
            "SELECT id FROM folders WHERE parent_id IS ? ORDER BY position, id", (parent_id,)
        )
        return [id_ for (id_,) in rows]

    def _set(self, column: str, value: Value, folder_id: int) -> None:
        self._database.execute(
            f"UPDATE folders SET {column} = ? WHERE id = ?",  # noqa: S608 - a constant
            (value, folder_id),
        )


def _to_folder(row: Row) -> Folder:
    return Folder(*row)
