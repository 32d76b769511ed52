"""The least that can be done: fetch the pages, split them, load them in bulk. Nothing else.

No hash, no comparison, no history, no windows to come back to, no retries, no published copy:
one transaction over a new file. With `typed` the rows are also projected into the same typed
columns as the mirror's, which is what makes them worth querying.

Usage: floor.py CONNECTIONS raw|typed STREAM...
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import duckdb
import msgspec

from gigstack_sync.store.columns import load_texts
from gigstack_sync.store.views import install_macros
from gigstack_sync.sync.streams import Axis, Stream, chosen

BATCH = 10_000
WINDOWS = 48


class Page(msgspec.Struct):
    """The envelope; rows stay bytes."""

    data: list[msgspec.Raw]
    next: str | None = None
    has_more: bool = False


Task = tuple[Stream, dict[str, str]]
read_page = msgspec.json.Decoder(Page).decode


class Api:
    """One keep-alive connection."""

    def __init__(self) -> None:
        address = urlsplit(os.environ["GIGSTACK_BASE_URL"])
        self._prefix = address.path
        self._headers = {"Authorization": f"Bearer {os.environ['GIGSTACK_API_KEY']}"}
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port)

    def pages(self, stream: Stream, params: dict[str, str]) -> Iterator[list[msgspec.Raw]]:
        """All pages of one list."""
        params = {"limit": "100"} | params
        while True:
            query = "&".join(f"{k}={quote(v)}" for k, v in params.items())
            target = f"{self._prefix}{stream.path}?{query}"
            self._connection.request("GET", target, headers=self._headers)
            reply = self._connection.getresponse()
            body = reply.read()
            if reply.status == 404:
                return
            page = read_page(body)
            yield page.data
            if not page.has_more or page.next is None:
                return
            params[stream.cursor] = page.next


def tasks(api: Api, stream: Stream) -> Iterator[Task]:
    """The history of one stream in stretches of equal length, for many connections."""
    if stream.axis is not Axis.CREATED:
        yield stream, {}
        return
    newest = next(api.pages(stream, {"limit": "1"}), [])
    oldest = next(api.pages(stream, {"limit": "1", "sort": "asc"}), [])
    if not newest:
        return
    first, last = (json.loads(bytes(p[0]))["created_at"] for p in (oldest, newest))
    step = (last - first) // WINDOWS + 1
    for start in range(first, last + 1, step):
        ends = str(min(start + step - 1, last))
        yield stream, {"created[gte]": str(start), "created[lte]": ends}


def fetch(waiting: queue.SimpleQueue[Task | None], pages: queue.Queue[object]) -> None:
    """One connection's work, until the tasks end."""
    api = Api()
    while (task := waiting.get()) is not None:
        for rows in api.pages(*task):
            pages.put((task[0].name, rows))
    pages.put(None)


def all_pages(streams: list[Stream], connections: int) -> Iterator[tuple[str, list[msgspec.Raw]]]:
    """Pages of all streams, as they come."""
    api = Api()
    if connections == 1:
        for stream in streams:
            for rows in api.pages(stream, {}):
                yield stream.name, rows
        return
    waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
    pages: queue.Queue[object] = queue.Queue(64)
    for stream in streams:
        for task in tasks(api, stream):
            waiting.put(task)
    for _ in range(connections):
        waiting.put(None)
        threading.Thread(target=fetch, args=(waiting, pages), daemon=True).start()
    ended = 0
    while ended < connections:
        page = pages.get()
        if page is None:
            ended += 1
        else:
            yield page  # type: ignore[misc]


class Store:
    """One table per stream, in one transaction."""

    def __init__(self, path: Path, is_typed: bool) -> None:
        path.unlink(missing_ok=True)
        self._spool = path.with_suffix(".ndjson")
        self._con = duckdb.connect(path, config={"threads": 2, "preserve_insertion_order": False})
        self._con.execute("set variable zone = 'America/Mexico_City'")
        self._loads = load_texts() if is_typed else {}
        if is_typed:
            install_macros(self._con)
        self._con.execute("begin")
        self._made: set[str] = set()

    def add(self, stream: str, rows: list[bytes]) -> None:
        """Append rows to the stream's table."""
        self._spool.write_bytes(b"\n".join(rows))
        self._con.execute(
            "create or replace temp view batch as select struct_pack("
            "id := coalesce(json->>'$.id', json->>'$.uuid'), payload := json::varchar) as kept, "
            f"json::varchar as payload from read_ndjson_objects('{self._spool}')"
        )
        select = "select unnest(kept) from batch"
        if self._loads:
            select = f"select unnest(kept), * exclude (kept) from ({self._loads[stream]})"
        if stream not in self._made:
            self._create(stream, select)
        self._con.execute(f"insert into {stream} {select}")

    def _create(self, stream: str, select: str) -> None:
        self._made.add(stream)
        columns = self._con.execute(f"describe {select}").fetchall()
        ddl = ", ".join(
            f'"{c[0]}" {c[1]}{" using compression zstd" if c[0] == "payload" else ""}'
            for c in columns
        )
        self._con.execute(f"create table {stream} ({ddl})")

    def close(self) -> None:
        """Commit and close."""
        self._con.execute("commit")
        self._con.close()
        self._spool.unlink(missing_ok=True)


def main() -> None:
    connections, shape, *names = sys.argv[1:]
    store = Store(Path(os.environ["GIGSTACK_DB"]), shape == "typed")
    gathered: dict[str, list[bytes]] = {}
    count = 0
    for stream, rows in all_pages(list(chosen(names)), int(connections)):
        lines = gathered.setdefault(stream, [])
        lines.extend(map(bytes, rows))
        count += len(rows)
        if len(lines) >= BATCH:
            store.add(stream, gathered.pop(stream))
    for stream, lines in gathered.items():
        if lines:
            store.add(stream, lines)
    store.close()
    print(json.dumps({"rows": count, "at": datetime.now(UTC).tzname()}))


main()
