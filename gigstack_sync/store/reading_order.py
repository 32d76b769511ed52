"""The order in which views can be created, read from their SQL by DuckDB's own parser."""

from __future__ import annotations

import json
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from gigstack_sync.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb


def in_order(con: duckdb.DuckDBPyConnection, sql: Mapping[str, str]) -> list[str]:
    """Names, each after every other name it reads. A cycle is graphlib.CycleError."""
    reads = {name: sorted(tables_read(con, sql[name]) & sql.keys()) for name in sorted(sql)}
    return list(TopologicalSorter(reads).static_order())


def tables_read(con: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """Tables and views a select reads: `name` in the main schema, `schema.name` elsewhere."""
    row = con.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()
    tree = json.loads(row[0]) if row else {}
    if tree.get("error", True):
        raise StorageError(f"A shipped select cannot be parsed: {tree.get('error_message')}")
    return set(_reads(tree["statements"], frozenset()))


def _reads(node: Any, hidden: frozenset[str]) -> Iterator[str]:
    """Names below one node. `hidden` are the CTEs in scope, which are not tables."""
    if isinstance(node, list):
        for child in node:
            yield from _reads(child, hidden)
    elif isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            yield from _named(node, hidden)
        for cte in node.get("cte_map", {}).get("map", ()):
            # `with invoices as (select * from invoices)` reads the view of that name.
            own = {cte["key"]} if _is_recursive(cte["value"]) else set()
            yield from _reads(cte["value"], hidden | own)
            hidden = hidden | {cte["key"]}
        for key, child in node.items():
            if key != "cte_map":
                yield from _reads(child, hidden)


def _named(table: dict[str, Any], hidden: frozenset[str]) -> Iterator[str]:
    schema, name = table["schema_name"], table["table_name"]
    if schema not in ("", "main"):
        yield f"{schema}.{name}"
    elif name not in hidden:
        yield name


def _is_recursive(node: Any) -> bool:
    if isinstance(node, dict):
        return node.get("type") == "RECURSIVE_CTE_NODE" or any(map(_is_recursive, node.values()))
    return isinstance(node, list) and any(map(_is_recursive, node))
