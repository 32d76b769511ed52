"""Income invoices by dlt, as fast as it gets, or incrementally. Runs in a venv that has dlt.

tuned: Parquet files, nested values kept as JSON, parallel date windows over 16 workers.
incremental: `created_at` as the cursor, merged by id, as dlt's guides for REST APIs do it.

Usage: dlt_pipeline.py tuned|incremental FOLDER
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

os.environ.update(
    RUNTIME__DLTHUB_TELEMETRY="false",
    RUNTIME__LOG_LEVEL="ERROR",
    EXTRACT__WORKERS="16",
    EXTRACT__MAX_PARALLEL_ITEMS="64",
    EXTRACT__NEXT_ITEM_MODE="round_robin",
    NORMALIZE__WORKERS="2",
    LOAD__WORKERS="2",
    NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS="25000",
    DATA_WRITER__BUFFER_MAX_ITEMS="10000",
)

import dlt
from dlt.sources.helpers.requests import Client

WINDOWS = 12
BASE = os.environ["GIGSTACK_BASE_URL"]
HEADERS = {"Authorization": f"Bearer {os.environ['GIGSTACK_API_KEY']}"}
client = Client()


def pages(params: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """All pages of the list."""
    params = {"limit": 100} | params
    while True:
        reply = client.get(f"{BASE}/invoices/income", params=params, headers=HEADERS)
        page = reply.json()
        if page["data"]:
            yield page["data"]
        if not page.get("has_more"):
            return
        params["next"] = page["next"]


def edges() -> list[int]:
    """Limits of windows of equal length over the history."""
    first = next(pages({"limit": 1, "sort": "asc"}))[0]["created_at"]
    last = next(pages({"limit": 1}))[0]["created_at"] + 1
    return [first + (last - first) * n // WINDOWS for n in range(WINDOWS + 1)]


@dlt.source(max_table_nesting=0, parallelized=True)
def windows() -> Iterator[Any]:
    """One resource per window, all into one table."""
    limits = edges()
    for number in range(WINDOWS):
        params = {"created[gte]": limits[number], "created[lte]": limits[number + 1] - 1}
        yield dlt.resource(
            pages(params),
            name=f"window_{number}",
            table_name="invoices_income",
            primary_key="id",
            write_disposition="append",
        )


@dlt.source(max_table_nesting=0)
def incremental() -> Any:
    """Rows created since the newest one that was seen."""

    @dlt.resource(name="invoices_income", primary_key="id", write_disposition="merge")
    def invoices(
        created: Any = dlt.sources.incremental("created_at", initial_value=0),  # noqa: B008
    ) -> Iterator[list[dict[str, Any]]]:
        yield from pages({"created[gte]": created.last_value, "sort": "asc"})

    return invoices


def main() -> None:
    kind, folder = sys.argv[1:]
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=folder,
        dataset_name="api",
        destination=dlt.destinations.duckdb(f"{folder}/dlt.duckdb"),
    )
    source = windows() if kind == "tuned" else incremental()
    began = time.perf_counter()
    pipeline.run(source, loader_file_format="parquet")
    print(f'{{"seconds": {time.perf_counter() - began:.3f}}}')


if __name__ == "__main__":  # normalize starts processes that import this module
    main()
