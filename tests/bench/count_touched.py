"""Rows of a DuckDB table whose metadata carries the benchmark's mark: FILE TABLE."""

from __future__ import annotations

import sys

import duckdb

with duckdb.connect(sys.argv[1], read_only=True) as con:
    query = f"select count(*) from {sys.argv[2]} where metadata::varchar like '%touched%'"
    print(con.execute(query).fetchall()[0][0])
