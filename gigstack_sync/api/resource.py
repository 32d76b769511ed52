"""What all resources share: a path, and a client to fetch it with."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from gigstack_sync.api.address import segment
from gigstack_sync.api.decode import decode
from gigstack_sync.api.filters import MAX_LIMIT, Created, check_names, query
from gigstack_sync.api.paging import Page, readable, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gigstack_sync.api.envelope import RawPage


class Caller(Protocol):
    """The part of a client that resources use."""

    def page(self, path: str, params: Mapping[str, Any] | None = None) -> RawPage:
        """Fetch one list page."""

    def row(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """Fetch one record."""


class Resource:
    """One collection. `accepts` names its filters; its cursor goes back as `cursor_name`."""

    path: ClassVar[str]
    accepts: ClassVar[type] = Created
    cursor_name: ClassVar[str] = "next"

    def __init__(self, client: Caller) -> None:
        self._client = client

    def _page(self, filters: Mapping[str, Any], limit: int, cursor: str | None) -> Page[Any]:
        check_names(filters, self.accepts)
        params = {**query(filters, limit), self.cursor_name: cursor}
        return readable(self._client.page(self.path, params))

    def _pages(self, filters: Mapping[str, Any]) -> Iterator[Page[Any]]:
        check_names(filters, self.accepts)
        return walk(lambda cursor: self._page(filters, MAX_LIMIT, cursor))

    def _rows(self, filters: Mapping[str, Any]) -> Iterator[Any]:
        return chain.from_iterable(self._pages(filters))

    def _get(self, record_id: str) -> Any:
        return decode(self._client.row(f"{self.path}/{segment(record_id)}"))
