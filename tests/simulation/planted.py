"""Known bugs, planted one at a time, and the seeds until the simulation finds each.

python -m tests.simulation.planted            the table
python -m tests.simulation.planted NAME …     these alone
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.append(str(Path(__file__).parents[2]))

import msgspec

from gigstack_sync.api import retry, transport
from gigstack_sync.api.head import read_head
from gigstack_sync.api.wire import Call
from gigstack_sync.store.census import Census
from gigstack_sync.store.load import Loader
from gigstack_sync.store.publish import publish
from gigstack_sync.sync import perform, session, settle
from gigstack_sync.sync.engine import Engine
from gigstack_sync.sync.look import Answer, Kind, Look
from gigstack_sync.sync.settle import Settler
from gigstack_sync.sync.streams import Axis, filter_params
from gigstack_sync.sync.walk import Outcome, Walk
from gigstack_sync.sync.windows import Span
from gigstack_sync.sync.writer import Writer

from .simulator import simulate

MOST = 200
"""Seeds after which a bug counts as not found."""


def no_overlap() -> Any:
    """The filter ends with the last second of the span, and rows carry milliseconds.

    The row that must come back would tell of it, so nobody looks for that one here.
    """

    def ends_early(axis: Axis, dialect: Any, span: Span) -> dict[str, str]:
        return filter_params(axis, dialect, Span(span.start, span.end - (axis is Axis.CREATED)))

    return _both(perform, filter_params=ends_early, _misses=lambda *_: False)


def unconfirmed_tombstones() -> Any:
    """What a list does not show is buried without a GET."""
    confirm = Settler._confirm_missing

    def bury(self: Settler, job: Any) -> list[Look]:
        confirm(self, job)
        job.gone = list(job.missing)
        return []

    return patch.object(Settler, "_confirm_missing", bury)


def ledger_first() -> Any:
    """Windows are committed in a transaction of their own, before the rows."""
    apply = Writer._apply

    def in_two(self: Writer) -> None:
        for job, waiting in self._waiting.items():
            for window in waiting.covered:
                self._ledger.save_windows(
                    job.team_id,
                    job.stream.name,
                    [(w.start, w.end, w.walked_at) for w in [*job.windows, window]],
                )
        self._con.execute("commit")
        self._con.execute("begin")
        apply(self)

    return patch.object(Writer, "_apply", in_two)


def cursor_not_reset() -> Any:
    """A run begins with the cursor that the one before ended its newest page with."""
    page, params = perform.Performer._page, perform.Performer._params
    last: dict[str, str] = {}

    def remember(self: Any, stream: Any, team_id: str, dialect: Any, look: Look) -> Answer:
        answer = page(self, stream, team_id, dialect, look)
        if look.kind is Kind.HEAD and answer.next:
            last[stream.name] = answer.next
        return answer

    def resumed(self: Any, stream: Any, dialect: Any, look: Look) -> dict[str, str]:
        given = params(self, stream, dialect, look)
        if look.kind is Kind.HEAD and stream.name in last:
            given[stream.cursor] = last.pop(stream.name)
        return given

    return _both(perform.Performer, _page=remember, _params=resumed)


def silent_nulls() -> Any:
    """Entries that are no rows are passed over without a word."""
    take = perform.Performer._take_row

    def passed_over(self: Any, answer: Any, stream: Any, team_id: str, raw: bytes) -> None:
        if read_head(raw).id is not None:
            take(self, answer, stream, team_id, raw)

    return patch.object(perform.Performer, "_take_row", passed_over)


def deaf_to_retry_after() -> Any:
    """What the server asks to wait is not heard."""

    def own(_asked: float | None, own: float, _policy: Any) -> float:
        return own

    assert transport.asked_pause is retry.asked_pause
    return patch.object(transport, "asked_pause", own)


def newest_as_watermark() -> Any:
    """All is called looked at as soon as the newest page is there."""
    take = Walk._take_head

    def claim_all(self: Walk, answer: Answer) -> Outcome:
        outcome = take(self, answer)
        outcome.covered = [Span(0, self.ceiling)]
        return outcome

    return patch.object(Walk, "_take_head", claim_all)


def publish_before_commit() -> Any:
    """Readers get the file before the run's last rows are in it."""
    run = Engine.run

    def early(self: Engine, own_team: str, teams: list[str]) -> Any:
        publish(self.mirror.places)
        return run(self, own_team, teams)

    @contextmanager
    def planted() -> Iterator[None]:
        with (
            patch.object(Engine, "run", early),
            patch.object(session, "publish", lambda *_, **__: None),
        ):
            yield

    return planted()


def volatile_forgotten() -> Any:
    """Rows that may change at any moment are looked at like all others."""
    return patch.object(Census, "volatile", lambda *_: ())


def page_counted_twice() -> Any:
    """A page that is asked for again is asked for by the position after it."""
    try_once = transport.Transport._try
    seen: dict[str, str] = {}

    def moving(self: Any, call: Call, parse: Callable[[Any], Any]) -> Any:
        target = seen.pop(call.target, call.target)
        try:
            return try_once(self, replace(call, target=target), parse)
        except transport.Trouble:
            seen[call.target] = _further(call.target)
            raise

    return patch.object(transport.Transport, "_try", moving)


def _further(target: str) -> str:
    """The same request, an offset cursor moved on by a page."""
    head, mark, cursor = target.partition("next=")
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        binding, where, salt = msgspec.json.decode(text)
    except ValueError:
        return target
    if not mark or not isinstance(where, int):
        return target
    text = msgspec.json.encode((binding, where + perform.PAGE, salt))
    return head + mark + base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def older_body_wins() -> Any:
    """Of two bodies of a row in one batch the first is kept."""
    compare = Loader._compare

    def first(self: Loader, batch: Any) -> None:
        self._con.execute("update stage set seq = -seq")
        compare(self, batch)
        self._con.execute("update delta set seq = -seq")

    return patch.object(Loader, "_compare", first)


def claims_before_settling() -> Any:
    """Seconds of rows that were not shown are claimed before anybody asked for them."""
    return patch("gigstack_sync.sync.job.Job.withhold", lambda *_: None)


def mass_deletion_believed() -> Any:
    """However many rows vanish at once, they are buried unasked."""
    confirm = Settler._confirm_missing

    def believe(self: Settler, job: Any) -> list[Look]:
        self.accepts_deletes = True
        looks = confirm(self, job)
        if len(looks) > settle.MANY:
            job.gone, looks = list(job.missing), []
        return looks

    return patch.object(Settler, "_confirm_missing", believe)


def history_without_before() -> Any:
    """An update does not keep what was before."""
    record = Loader._record_history

    def forgetful(self: Loader, batch: Any, is_all_new: bool) -> None:
        record(self, batch, is_all_new)
        self._con.execute(
            "update history.changes set payload_before = null where run_id = ?", [self._run_id]
        )

    return patch.object(Loader, "_record_history", forgetful)


def spendthrift() -> Any:
    """Retries are not paid from the budget of requests."""
    return patch.object(Engine, "may_repeat", lambda _: True)


def never_due() -> Any:
    """Old rows are looked at once and never again."""
    return patch("gigstack_sync.sync.wishes.due", lambda *_: [])


@contextmanager
def _both(owner: Any, **changes: Any) -> Iterator[None]:
    with patch.multiple(owner, **changes):
        yield


BUGS: dict[str, Callable[[], Any]] = {
    bug.__name__: bug
    for bug in (
        no_overlap,
        unconfirmed_tombstones,
        ledger_first,
        cursor_not_reset,
        silent_nulls,
        deaf_to_retry_after,
        newest_as_watermark,
        publish_before_commit,
        volatile_forgotten,
        page_counted_twice,
        older_body_wins,
        claims_before_settling,
        mass_deletion_believed,
        history_without_before,
        spendthrift,
        never_due,
    )
}


def seeds_until_found(name: str, most: int = MOST, start: int = 0) -> tuple[int, str]:
    """(seeds lived through, how it showed); the number is 0 when none showed it."""
    for number in range(1, most + 1):
        with BUGS[name]():
            try:
                simulate(start + number - 1)
            except Exception as error:
                return number, f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return 0, "not found"


def main(names: list[str]) -> int:
    missed = 0
    print(f"{'bug':26} {'seeds':>5}  how it showed")
    for name in names or BUGS:
        number, how = seeds_until_found(name)
        missed += not number
        print(f"{name:26} {number or '–':>5}  {how[:120]}", flush=True)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
