"""A large mirror without an API: `python tests/bench/generate_mirror.py FILE [--invoices N]`.

FILE is a published file as gigstack sync leaves it: tables, views and history are the store's
own, and every row went through its load file. N income invoices come with payments (about as
many), complements, credit notes, receipts and SAT's records. 1,000,000 take two to three minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import duckdb

from gigstack_sync.store.columns import BOOKKEEPING, insert_batch, kept, load_texts
from gigstack_sync.store.mirror import open_mirror
from gigstack_sync.store.places import Places
from gigstack_sync.store.publish import publish

TODAY = 1_795_284_000
"""2026-11-21 12:00 in Mexico City, when the only run ended."""
TEAM = "team_own"
ZONE = "America/Mexico_City"
SOURCES = {
    "teams": "teams_rows",
    "clients": "client_rows",
    "invoices_income": "invoices_income_rows",
    "invoices_egress": "invoices_egress_rows",
    "invoices_payment": "invoices_payment_rows",
    "payments": "payments_rows",
    "receipts": "receipts_rows",
    "invoices_sat": "invoices_sat_rows",
}
SLICE = 60_000
"""Invoices whose rows are typed at a time."""


def generate(published: Path, invoices: int, *, seed: int = 1) -> dict[str, int]:
    """Write the mirror and publish it; rows per stream are returned. FILE must not exist."""
    places = Places(published)
    places.prepare()
    with open_mirror(places, zone=ZONE, memory="4GB") as mirror:
        con = mirror.con
        mirror.bind(TEAM, is_live=True)
        _invent(con, invoices, seed)
        loads = load_texts()  # once: they may be edited meanwhile
        rows = {stream: _load(con, stream, loads[stream], invoices) for stream in SOURCES}
        _keep_books(con, rows)
    publish(places)
    return rows


def _invent(con: duckdb.DuckDBPyConnection, invoices: int, seed: int) -> None:
    con.execute("set threads = 2")
    con.execute("set checkpoint_threshold = '1GB'")
    for name, value in (("invoices", invoices), ("seed", seed), ("today", TODAY)):
        con.execute(f"set variable {name} = {value:d}::bigint")
    con.execute(Path(__file__).with_suffix(".sql").read_text())


def _load(con: duckdb.DuckDBPyConnection, stream: str, load: str, invoices: int) -> int:
    """All rows of one stream, in slices as a sync would commit them."""
    source = SOURCES[stream]
    last = con.execute(f"select coalesce(max(n), -1) from {source}").fetchone()[0]
    step = SLICE * max(1, round((last + 1) / invoices))
    total = 0
    for begin in range(0, last + 1, step):
        _arrive(con, stream, begin, begin + step)
        total += _write(con, stream, load)
    return total


def _arrive(con: duckdb.DuckDBPyConnection, stream: str, begin: int, end: int) -> None:
    con.execute(
        f"""create or replace temp table arrived as
        select md5_number_lower('{TEAM}' || id) as key, '{TEAM}' as team_id, id, moment as position,
            payload::varchar as payload
        from {SOURCES[stream]} where n >= {begin} and n < {end} order by moment"""
    )
    seen = f"make_timestamp({TODAY}000000)"
    row = dict.fromkeys(BOOKKEEPING, "null") | {
        name: name for name in ("team_id", "id", "key", "payload", "position")
    }
    row |= dict.fromkeys(("payload_hash", "list_hash"), "hash(payload)")
    row |= dict.fromkeys(("first_seen_at", "changed_at"), seen)
    row |= {"is_partial": "false", "run_id": "1"}
    con.execute(
        f"create or replace temp view batch as select {kept(row)} as kept, payload from arrived"
    )


def _write(con: duckdb.DuckDBPyConnection, stream: str, load: str) -> int:
    seen = f"make_timestamp({TODAY}000000)"
    (count,) = con.execute(insert_batch(stream, load)).fetchone()
    con.execute(
        f"""insert into history.changes by name
        select team_id, '{stream}' as stream, id, key, 1 as run_id, {seen} as observed_at,
            'inserted' as change
        from arrived"""
    )
    return int(count)


def _keep_books(con: duckdb.DuckDBPyConnection, rows: dict[str, int]) -> None:
    """One run that saw everything."""
    total = sum(rows.values())
    con.execute(
        f"""insert into sync.runs by name select 1 as run_id,
            make_timestamp({TODAY - 600}000000) as started_at,
            make_timestamp({TODAY}000000) as finished_at, 'ok' as outcome, 0 as exit_code,
            {total // 100} as requests, {total} as rows_seen, {total} as inserted,
            0 as updated, 0 as deleted, '{{"streams": []}}' as summary"""
    )
    con.executemany(
        f"insert into sync.windows values ('{TEAM}', ?, 0, {TODAY}, {TODAY})",
        [[stream] for stream in rows],
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.file.exists():
        parser.error(f"{given.file} exists already")
    began = time.perf_counter()
    rows = generate(given.file.absolute(), given.invoices, seed=given.seed)
    size = given.file.stat().st_size / 1e6
    print(f"{rows} in {time.perf_counter() - began:.0f} s, {size:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
