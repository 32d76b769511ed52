"""A batch is compared with the mirror by hash and only what changed is written, with its history.

All of it runs inside the caller's transaction: rows, history, quarantine and drift appear
together with the bookkeeping that the caller commits, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from gigstack_sync.errors import StorageError
from gigstack_sync.store.columns import insert_batch, kept, load_texts
from gigstack_sync.store.quoting import literal
from gigstack_sync.store.tables import LOAD_FILE

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import duckdb

SPOOL_COLUMNS = (
    "{'seq': 'BIGINT', 'key': 'UBIGINT', 'hash': 'UBIGINT', "
    "'position': 'BIGINT', 'id': 'VARCHAR', 'payload': 'VARCHAR'}"
)
SPOOL_BUFFER = 1 << 20
DEEP_ROWS = 1_000
"""Complements loaded at a time: JSON in JSON is taken apart, and each layer holds its memory."""
WIDE_ROW = 4 << 10
WIDE_SLICE = 4 << 20
"""Bytes of wide rows loaded at a time: DuckDB takes 2,048 rows at once, several times over."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one stream of one team, each a spool line: seq, key, hash, position, id, payload.

    Loading takes the lines out of their list: memory for them twice is more than a sync has.
    """

    team_id: str
    stream: str
    lines: list[bytes]
    whole: bool = True
    """False when the rows are a list's subset whose full body only a GET has."""
    from_list: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """What one batch, or one run, did to the mirror."""

    seen: int = 0
    inserted: int = 0
    updated: int = 0
    returned: int = 0
    quarantined: int = 0
    completed: int = 0
    """Bodies that a list had left incomplete: written, but no change of the row."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.seen + other.seen,
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.returned + other.returned,
            self.quarantined + other.quarantined,
            self.completed + other.completed,
        )

    @property
    def changed(self) -> int:
        """Rows that are not as they were."""
        return self.inserted + self.updated + self.returned + self.completed


class Loader:
    """Writes batches through one connection; `run_id` and `now` mark what it writes."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, spool: Path, *, run_id: int, now: datetime
    ) -> None:
        self._con = con
        self._file = spool / "batch.tsv"
        self._run_id = run_id
        self._now = now
        self._loads = load_texts()
        self._spool = ""

    def load(self, batch: Batch) -> Counts:
        """Apply one batch; StorageError when the spool came back short."""
        counts = Counts()
        try:
            while batch.lines:
                counts += self._load(batch)
            return counts
        finally:
            self._file.unlink(missing_ok=True)

    def _load(self, batch: Batch) -> Counts:
        seen = self._stage(batch)
        quarantined = self._set_illegible_aside(batch)
        self._remember_seen(batch)
        self._compare(batch)
        if batch.from_list and not batch.whole:
            self._mark_partial(batch)
        counts = self._tally()
        if counts.changed:
            self._write(batch, is_all_new=counts.changed == counts.inserted)
        return replace(counts, seen=seen, quarantined=quarantined)

    def _stage(self, batch: Batch) -> int:
        """What comparing needs; the payloads stay in the spool until they are written."""
        is_deep = LOAD_FILE[batch.stream] == "complements"
        lines = _slice(batch.lines, DEEP_ROWS if is_deep else len(batch.lines))
        self._spool = _relation(self._file, longest=max(map(len, lines)))
        with self._file.open("wb", buffering=SPOOL_BUFFER) as file:
            file.writelines(lines)
        self._con.execute(
            f"""create or replace temp table stage as
            select * exclude (payload), json_valid(payload) as is_legible
            from {self._spool}"""
        )
        staged = self._number("select count(*) from stage")
        if staged != len(lines):
            raise StorageError(
                f"The spool of {batch.stream} came back with {staged} of {len(lines)} rows.",
                hint="Nothing was written. Check the disk, then run: gigstack sync",
            )
        return staged

    def _set_illegible_aside(self, batch: Batch) -> int:
        if not self._number("select count(*) from stage where not is_legible"):
            return 0
        bad = self._con.execute(
            f"""select seq, id, payload from {self._spool}
            where seq in (select seq from stage where not is_legible)
                and not json_valid(legible(payload))"""
        ).fetchall()
        for seq, _, _ in bad:
            self._con.execute("delete from stage where seq = ?", [seq])
        reason = "its text is not JSON that DuckDB can read"
        return sum(self.quarantine(batch, payload, f"{reason} ({row})") for _, row, payload in bad)

    def quarantine(self, batch: Batch, payload: str, reason: str) -> bool:
        """Keep a row that cannot be mirrored; True when it was never seen before."""
        known = self._con.execute(
            """update sync.quarantine set sightings = sightings + 1, last_run_id = ?
            where team_id = ? and stream = ? and fingerprint = md5_number_lower(?)
            returning 1""",
            [self._run_id, batch.team_id, batch.stream, payload],
        ).fetchone()
        if known is None:
            self._con.execute(
                "insert into sync.quarantine values (?, ?, md5_number_lower(?), ?, ?, 1, ?, ?)",
                [batch.team_id, batch.stream, payload, reason, payload, self._run_id, self._run_id],
            )
        return known is None

    def _remember_seen(self, batch: Batch) -> None:
        self._con.execute(
            "insert into seen select ?, ?, key from stage", [batch.team_id, batch.stream]
        )

    def _compare(self, batch: Batch) -> None:
        differs = "m.payload_hash <> s.hash"
        if batch.from_list:
            differs = (
                "(m.list_hash is distinct from s.hash and m.payload_hash <> s.hash)"
                if batch.whole
                else "false"
            )
        completes = "false" if batch.from_list else "m.is_partial and m.payload_hash = m.list_hash"
        touched = "m.list_hash is distinct from s.hash" if batch.from_list else "m.is_partial"
        self._con.execute(
            f"""create or replace temp table delta as
            select s.*, m.rowid as row_at, m.key is not null as existed,
                m.deleted_at is not null as was_deleted, m.first_seen_at, m.list_hash,
                coalesce({differs}, false) as differs,
                coalesce({completes} and m.deleted_at is null, false) as completes,
                m.key is null or m.deleted_at is not null or {differs} as is_write
            from (select * from stage
                qualify row_number() over (partition by key order by seq desc) = 1) s
            left join mirror.{batch.stream} m on m.key = s.key
            where m.key is null or m.deleted_at is not null or {differs} or {touched}"""
        )
        if batch.whole or not batch.from_list:
            self._con.execute(self._only_settled(batch))

    @staticmethod
    def _only_settled(batch: Batch) -> str:
        """Rows whose body is as before but whose bookkeeping is not."""
        column = (
            "list_hash = d.hash, is_partial = false" if batch.from_list else "is_partial = false"
        )
        return (
            f"update mirror.{batch.stream} m set {column} from delta d "
            "where not d.is_write and m.rowid = d.row_at"
        )

    def _mark_partial(self, batch: Batch) -> None:
        self._con.execute(
            f"update mirror.{batch.stream} m set list_hash = d.hash, is_partial = true "
            "from delta d where not d.is_write and m.rowid = d.row_at"
        )

    def _tally(self) -> Counts:
        row = self._con.execute(
            """select count(*) filter (where not existed),
                count(*) filter (where existed and not was_deleted and not completes),
                count(*) filter (where was_deleted),
                count(*) filter (where completes)
            from delta where is_write"""
        ).fetchone()
        assert row is not None
        inserted, updated, returned, completed = row
        return Counts(0, inserted, updated, returned, completed=completed)

    def _write(self, batch: Batch, *, is_all_new: bool) -> None:
        self._record_history(batch, is_all_new)
        if not is_all_new:
            self._con.execute(
                f"delete from mirror.{batch.stream} "
                "where rowid in (select row_at from delta where is_write and existed)"
            )
        self._con.execute(self._batch_view(batch))
        # DuckDB takes a CSV for small and would hold it whole to join it
        self._con.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
        self._con.execute(insert_batch(batch.stream, self._loads[batch.stream]))
        self._con.execute("reset disabled_optimizers")

    def _batch_view(self, batch: Batch) -> str:
        """The rows to write, as a load file reads them, straight from the spool."""
        now = f"timestamp '{self._now}'"
        row = kept(
            {
                "team_id": literal(batch.team_id),
                "id": "d.id",
                "key": "d.key",
                "payload": "s.payload",
                "payload_hash": "d.hash",
                "list_hash": "d.hash" if batch.from_list else "d.list_hash",
                "position": "d.position",
                "is_partial": "false" if batch.whole or not batch.from_list else "true",
                "first_seen_at": f"coalesce(d.first_seen_at, {now})",
                "changed_at": now,
                "deleted_at": "null::timestamp",
                "run_id": str(self._run_id),
            }
        )
        return f"""create or replace temp view batch as
            select {row} as kept,
                case when d.is_legible then s.payload else legible(s.payload) end as payload
            from {self._spool} s join delta d on d.seq = s.seq and d.key = s.key
            where d.is_write"""

    def _record_history(self, batch: Batch, is_all_new: bool) -> None:
        # a join by rowid reads the payloads of the whole table
        earlier = "" if is_all_new else f"left join mirror.{batch.stream} m on m.rowid = d.row_at"
        body = "null" if is_all_new else "case when d.differs then m.payload end"
        self._con.execute(
            f"""insert into history.changes
            select ?, ?, d.id, d.key, ?, ?,
                case when not d.existed then 'inserted'
                    when d.was_deleted then 'returned' else 'updated' end, {body}
            from delta d {earlier} where d.is_write and not d.completes""",
            [batch.team_id, batch.stream, self._run_id, self._now],
        )

    def _number(self, sql: str) -> int:
        row = self._con.execute(sql).fetchone()
        assert row is not None
        return int(row[0])


def _slice(lines: list[bytes], most: int) -> list[bytes]:
    """Take the next lines out of the list: at most so many, of wide ones what memory bears."""
    if sum(map(len, lines)) >= max(WIDE_ROW * len(lines), WIDE_SLICE):
        sizes = accumulate(map(len, lines))
        most = max(1, sum(1 for _ in takewhile(lambda size: size <= WIDE_SLICE, sizes)))
    taken = lines[:most]
    del lines[:most]
    return taken


def _relation(file: Path, longest: int) -> str:
    """The spool's lines to select from; what DuckDB reads at a time follows the longest."""
    return (
        f"read_csv({literal(str(file))}, delim = '\t', quote = '', escape = '', "
        f"header = false, auto_detect = false, columns = {SPOOL_COLUMNS}, "
        f"max_line_size = {longest}, buffer_size = {max(SPOOL_BUFFER, 2 * longest)}, "
        "parallel = false)"
    )
