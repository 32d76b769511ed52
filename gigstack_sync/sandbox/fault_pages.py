"""Faults of a list's envelope: cursors that loop, pages that lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gigstack_sync.sandbox.fault import Fault
from gigstack_sync.sandbox.fault_rows import ROW_EDITS
from gigstack_sync.sandbox.listing import write_cursor
from gigstack_sync.sandbox.page import Page


@dataclass
class Walk:
    """What a client has asked so far along one list."""

    cursor: str = ""  # of this request, "" on the first page
    previous_cursor: str = ""
    last_id: str = ""  # of the page before
    requests: int = 0


PageEdit = Callable[[Fault, Page, Walk], None]


def _empty_page(_: Fault, page: Page, walk: Walk) -> None:
    page.rows = []
    page.has_more = True
    page.next = write_cursor(page.binding, page.began, -walk.requests)


def _repeat_cursor(_: Fault, page: Page, walk: Walk) -> None:
    if walk.cursor:
        page.next, page.has_more = walk.cursor, True


def _cycle_cursor(_: Fault, page: Page, walk: Walk) -> None:
    if walk.previous_cursor:
        page.next, page.has_more = walk.previous_cursor, True


def _no_next(fault: Fault, page: Page, _: Walk) -> None:
    page.has_more = True
    page.overrides["next"] = {"absent": None, "empty": b'""'}.get(fault.value, b"null")


def _more_false(_: Fault, page: Page, __: Walk) -> None:
    page.overrides["has_more"] = b"false"


def _has_more(fault: Fault, page: Page, _: Walk) -> None:
    text = b'"true"' if page.has_more else b'"false"'
    page.overrides["has_more"] = {"text": text, "null": b"null"}.get(fault.value)


def _data(fault: Fault, page: Page, _: Walk) -> None:
    forms = {"null": b"null", "object": b"{}", "text": b'"none"'}
    page.overrides["data"] = forms.get(fault.value)


def _total(fault: Fault, page: Page, _: Walk) -> None:
    key = "count" if page.family == "sat" else "total_results"
    if fault.value[:1] in "+-":
        page.overrides[key] = str(page.total + int(fault.number(1))).encode()
    elif fault.value == "absent":
        page.overrides[key] = None
    else:
        page.overrides[key] = fault.value.encode()


def _duplicate_row(fault: Fault, page: Page, _: Walk) -> None:
    page.rows += page.rows[: int(fault.number(1))]


def _repeat_row(_: Fault, page: Page, walk: Walk) -> None:
    """Change the row before this page and send it again: two bodies on one walk."""
    if walk.last_id and page.change is not None:
        page.rows.insert(0, page.change(walk.last_id))


def _null_rows(fault: Fault, page: Page, _: Walk) -> None:
    page.rows[1:1] = [b"null"] * int(fault.number(1))


def _row_edit(fault: Fault, page: Page, _: Walk) -> None:
    edit, _about = ROW_EDITS[fault.kind]
    which = fault.option("row", "0")
    for index in range(len(page.rows)) if which == "all" else [int(which)]:
        if -len(page.rows) <= index < len(page.rows):
            page.rows[index] = edit(fault, page.rows[index])


_ENVELOPES: dict[str, tuple[PageEdit, str]] = {
    "empty_page": (_empty_page, "no rows and has_more; the rows follow on the next page"),
    "repeat_cursor": (_repeat_cursor, "`next` is the cursor just sent"),
    "cycle_cursor": (_cycle_cursor, "`next` is the cursor before the one just sent"),
    "no_next": (_no_next, "=null|absent|empty, with has_more true"),
    "more_false": (_more_false, "has_more false although `next` is set"),
    "has_more": (_has_more, "=absent|null|text"),
    "data": (_data, "=absent|null|object|text"),
    "total": (_total, "=+N|-N|absent|JSON, a total that lies"),
    "duplicate_row": (_duplicate_row, "=N rows of the page twice on it"),
    "repeat_row": (_repeat_row, "the row before the page changes and comes again"),
    "null_rows": (_null_rows, "=N nulls among the rows"),
}
_ROWS: dict[str, tuple[PageEdit, str]] = {
    kind: (_row_edit, f"{about}; row=INDEX|all") for kind, (_, about) in ROW_EDITS.items()
}
PAGES = _ENVELOPES | _ROWS
