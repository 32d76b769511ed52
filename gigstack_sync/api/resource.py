"""What all resources share: a path, and a client to call it with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from gigstack_sync.api.address import segment
from gigstack_sync.api.body import Form, Json, fields_of
from gigstack_sync.api.decode import decode
from gigstack_sync.api.files import Checked
from gigstack_sync.api.filters import MAX_LIMIT, Created, check_names, query
from gigstack_sync.api.paging import Page, readable, walk
from gigstack_sync.api.retry import unknown_outcome
from gigstack_sync.errors import BadAnswer, UsageError

if TYPE_CHECKING:
    from gigstack_sync.api.envelope import RawPage


class Caller(Protocol):
    """The part of a client that resources use."""

    def page(self, path: str, params: Mapping[str, Any] | None = None) -> RawPage:
        """Fetch one list page."""

    def row(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """Fetch one record."""

    def send(
        self,
        method: str,
        path: str,
        body: Json | Form | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Json:
        """Carry out a mutation; gives the whole answer, {} for an empty one."""

    def download(self, url: str, sink: Checked) -> None:
        """Fetch a file from wherever it lies."""


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

    def _get(self, record_id: str, *more: str, params: Json | None = None) -> Any:
        return decode(self._client.row(self._at(record_id, *more), params))

    def _search(self, words: str, page: int, limit: int, **filters: str | None) -> Page[Any]:
        """Fetch a page of a search, whose pages are numbered and whose total is `found`."""
        if not words.strip():
            raise UsageError("A search needs a word to look for.")
        params = {"q": words, "page": page, "per_page": query({}, limit)["limit"], **filters}
        found = readable(self._client.page(f"{self.path}/search", params))
        more = found.total is not None and page * limit < found.total and len(found) > 0
        return replace(found, has_more=more, next=str(page + 1) if more else None)

    def _at(self, record_id: str, *more: str) -> str:
        return "/".join((self.path, segment(record_id), *more))

    def _create(self, fields: Mapping[str, Any], *more: str) -> Any:
        path = "/".join((self.path, *more))
        return record_in(self._client.send("POST", path, fields_of(fields)), f"POST {path}")

    def _act(self, record_id: str, verb: str, fields: Mapping[str, Any] | None = None) -> Json:
        """Do something to a record; what the answer says of it, or the whole answer."""
        body = None if fields is None else fields_of(fields)
        return said_in(self._client.send("POST", self._at(record_id, verb), body))

    def _update(self, record_id: str, fields: Mapping[str, Any]) -> Any:
        body = fields_of(fields)
        if not body:
            raise UsageError("There is nothing to change.", hint="Give what is to change.")
        return said_in(self._client.send("PUT", self._at(record_id), body))

    def _delete(self, record_id: str, body: Json | None = None) -> Json:
        return said_in(self._client.send("DELETE", self._at(record_id), body))


def record_in(answer: Json, act: str) -> Any:
    """Take the record out of an answer; without one nobody knows what was made."""
    data = answer.get("data")
    if not isinstance(data, dict):
        raise unknown_outcome(f"{act} was answered without the record it made")
    return data


def said_in(answer: Json) -> Json:
    """Take `data` out of an answer, or the answer itself where it has none."""
    data = answer.get("data")
    return data if isinstance(data, dict) else answer


def text_in(answer: Mapping[str, Any], *names: str) -> str:
    """Find a text at the top of an answer or in its data; BadAnswer when there is none."""
    data = answer.get("data")
    for place in (answer, data if isinstance(data, dict) else {}):
        for name in names:
            if isinstance(place.get(name), str) and place[name]:
                return str(place[name])
    raise BadAnswer(f"The API's answer lacks {' or '.join(names)}.")


def party(client: str | Mapping[str, Any]) -> Json:
    """Write a client as bodies have it: by id, or field by field."""
    if isinstance(client, str):
        if not client.strip():
            raise UsageError("A client is needed: its id, or its fields.")
        return {"id": client}
    return dict(client)
