"""Makes one look at the API and prepares its rows for the walk and for the writer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Protocol

import msgspec

from gigstack_sync.api.head import Head, read_head
from gigstack_sync.errors import NotFound
from gigstack_sync.sync.look import PAGE, Answer, Kind, Look, Place, PutOff
from gigstack_sync.sync.paging import is_passed
from gigstack_sync.sync.streams import Axis, Dialect, Stream, filter_params

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gigstack_sync.api.envelope import RawPage

FLATTEN = bytes.maketrans(b"\t\n\r", b"   ")
"""Between tokens of JSON these are white space, and the spool needs them for itself."""


class Source(Protocol):
    """The part of the API client a sync uses."""

    def page(self, path: str, params: Mapping[str, str]) -> RawPage:
        """One page of a list."""

    def row(self, path: str, params: Mapping[str, str]) -> bytes:
        """One record as received; NotFound when there is none."""

    def server_time(self) -> float:
        """The server's clock, epoch seconds."""

    @property
    def requests(self) -> int:
        """Requests made so far, retries included."""


@dataclass(frozen=True, slots=True)
class Performer:
    """Turns looks into answers; called by many threads at once."""

    source: Source
    team_param: str | None = None
    may_ask_more: Callable[[], bool] = lambda: True
    """Whether a look may take one request more than the one it was granted."""
    sequence: Iterator[int] = field(default_factory=count)
    """Numbers the rows in the order of their arrival: of two bodies the later wins."""

    def __call__(self, stream: Stream, team_id: str, dialect: Dialect | None, look: Look) -> Answer:
        """Raises what the client raises, except NotFound for a row, which is an answer."""
        if look.row_id:
            return self._row(stream, team_id, look)
        return self._page(stream, team_id, dialect, look)

    def _page(self, stream: Stream, team_id: str, dialect: Dialect | None, look: Look) -> Answer:
        page = self.source.page(stream.path, self._params(stream, dialect, look))
        answer = Answer(
            at=int(page.received_at or self.source.server_time()),
            has_more=_has_more(page, look),
            next=page.next,
            total=page.total,
            size=len(page.rows),
        )
        for raw in page.rows:
            self._take_row(answer, stream, team_id, raw)
        if look.anchor and _misses(answer, look.anchor):
            answer.is_anchor_lost = self._exists(stream, look.anchor.id)
        return answer

    def _params(self, stream: Stream, dialect: Dialect | None, look: Look) -> dict[str, str]:
        params = {"limit": "1" if look.kind is Kind.OLDEST else str(PAGE)}
        if self.team_param:
            params["team"] = self.team_param
        if look.kind is Kind.OLDEST:
            params["sort"] = "asc"
        if look.span and dialect:
            params |= filter_params(stream.axis, dialect, look.span)
        if look.cursor:
            params[stream.cursor] = look.cursor
        return params

    def _take_row(self, answer: Answer, stream: Stream, team_id: str, raw: bytes) -> None:
        head = read_head(raw)
        if head.id is None:
            text = raw.decode("utf-8", "replace")
            answer.problems.append((text, head.problem or "no id"))
            return
        at = position(stream, head)
        line, digest = spool_line(next(self.sequence), team_id, head.id, at, raw)
        answer.places.append(Place(head.id, at))
        answer.lines.append(line)
        answer.digest = (answer.digest + digest) & (1 << 64) - 1
        is_sample = len(answer.places) == 1
        if stream.essential and answer.lacking is None:
            answer.lacking = head.id if _lacks(raw, stream.essential, is_sample) else None

    def _row(self, stream: Stream, team_id: str, look: Look) -> Answer:
        at = int(self.source.server_time())
        raw = self._fetch(stream, look.row_id)
        answer = Answer(at=at, is_gone=raw is None)
        if raw is not None:
            self._take_row(answer, stream, team_id, raw)
            answer.size = 1
        return answer

    def _fetch(self, stream: Stream, row_id: str) -> bytes | None:
        params = {"team": self.team_param} if self.team_param else {}
        try:
            return self.source.row(stream.row_path(row_id), params)
        except NotFound:
            return None

    def _exists(self, stream: Stream, row_id: str) -> bool:
        if not self.may_ask_more():
            raise PutOff
        return self._fetch(stream, row_id) is not None


def _has_more(page: RawPage, look: Look) -> bool:
    """Whether to ask on, where has_more, the cursor and the page's size disagree.

    An explicit no on a page that is not full is believed: some servers always send a cursor.
    No word at all on a full page is not, since the walk can page by time; at the end of a chain
    of cursors it is.
    """
    is_full = len(page.rows) >= PAGE
    if page.says_more is False:
        return page.has_more and is_full
    if page.says_more is None and look.span and not look.cursor:
        return page.has_more or is_full
    return page.has_more


def _misses(answer: Answer, anchor: Place) -> bool:
    """The anchor's turn has come and gone: rows of the inclusive end may fill a page before it."""
    if any(place.id == anchor.id for place in answer.places):
        return False
    moments = [place.at for place in answer.places if place.at is not None]
    return not answer.has_more or anchor.at is None or is_passed(moments, anchor.at)


def position(stream: Stream, head: Head) -> int | None:
    """The row's second on the stream's axis."""
    at = head.issue_date if stream.axis is Axis.ISSUED else head.created
    return None if at is None else int(at)


def spool_line(
    sequence: int, team_id: str, row_id: str, at: int | None, raw: bytes
) -> tuple[bytes, int]:
    """One line of the writer's spool, and the fingerprint of the body."""
    name = row_id.encode()
    key = _fingerprint(team_id.encode() + b"\0" + name)
    digest = _fingerprint(raw)
    where = b"" if at is None else b"%d" % at
    body = raw.translate(FLATTEN)
    return b"%d\t%d\t%d\t%s\t%s\t%s\n" % (sequence, key, digest, where, name, body), digest


HELD = 2047
"""Longer pieces make hashlib give up the interpreter, and each row would queue to get it back."""


def _fingerprint(data: bytes) -> int:
    """64 bits of BLAKE2b."""
    digest = blake2b(data[:HELD], digest_size=8)
    for begin in range(HELD, len(data), HELD):
        digest.update(data[begin : begin + HELD])
    return int.from_bytes(digest.digest())


_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


@cache
def _quoted(names: frozenset[str]) -> tuple[bytes, ...]:
    return tuple(b'"%s"' % name.encode() for name in names)


def _lacks(raw: bytes, essential: frozenset[str], is_sample: bool) -> bool:
    """Some essential field is not there at all; null counts as there.

    Only a sample is taken apart: elsewhere the name of a nested field may pass for it.
    """
    if not is_sample and all(name in raw for name in _quoted(essential)):
        return False
    try:
        return not essential <= _FIELDS.decode(raw).keys()
    except ValueError:
        return False
