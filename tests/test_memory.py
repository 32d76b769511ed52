"""Amounts of memory, read as DuckDB reads them."""

from __future__ import annotations

import duckdb
import pytest

from gigstack_sync.memory import bytes_in


@pytest.mark.parametrize(
    ("text", "count"),
    [("256MB", 256_000_000), ("1GiB", 1 << 30), (" 64 kb ", 64_000), ("2TB", 2_000_000_000_000)],
)
def test_amounts(text: str, count: int) -> None:
    assert bytes_in(text) == count


@pytest.mark.parametrize("text", ["", "256", "0MB", "-1GB", "1.5GB", "٣MB", "12345678MB"])
def test_no_amounts(text: str) -> None:
    assert bytes_in(text) is None


@pytest.mark.parametrize("text", ["100MB", "100MiB", "1GB"])
def test_duckdb_takes_them_for_the_same(text: str) -> None:
    def limit(amount: str) -> object:
        with duckdb.connect(config={"memory_limit": amount}) as con:
            return con.execute("select current_setting('memory_limit')").fetchone()

    assert limit(text) == limit(f"{bytes_in(text)}B")
