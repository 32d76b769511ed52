"""What a sync tells a person: each trouble once, and what to do about it."""

from __future__ import annotations

from datetime import datetime, time
from io import StringIO
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gigstack_sync.cli.period import first_day, local_today
from gigstack_sync.cli.progress import Bars
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.sync import _moment, _tell_failures
from gigstack_sync.config import Settings
from gigstack_sync.sync.job import Job
from gigstack_sync.sync.report import RunReport, StreamReport


class Terminal(StringIO):
    """A stream that says a person is watching."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("facts", "said"),
    [({}, "no change"), ({"put_off": 1}, "not finished"), ({"errors": ["x"]}, "failed")],
)
def test_a_list_that_was_not_looked_at_is_not_called_unchanged(
    facts: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", shown := Terminal())
    report = StreamReport("team_1", "payments", **facts)
    stream, walk = SimpleNamespace(name="payments"), SimpleNamespace(total=None)
    job: Any = Job("team_1", stream, walk, report, None, [])  # type: ignore[arg-type]
    with Bars(Session()) as bars:
        bars.began([job])
        bars.ended(job)
    assert said in shown.getvalue()


def down(stream: str, times: int = 6) -> StreamReport:
    failed = f"/v2/{stream} failed {times} times; the last time: Connection refused."
    return StreamReport("team_1", stream, errors=[failed])


def told(capsys: Any, *streams: StreamReport, verbose: bool = False) -> list[str]:
    _tell_failures(Session(verbose=verbose), RunReport(streams=list(streams)))
    lines: list[str] = capsys.readouterr().err.splitlines()
    return lines


def test_one_outage_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    streams = [down("teams"), down("clients", 5), down("payments")]
    lines = told(capsys, *streams)
    assert lines[0].startswith("teams: /v2/teams failed")
    assert lines[1:] == ["The same 2 times more; --verbose lists them."]
    assert len(told(capsys, *streams, verbose=True)) == 3


def test_failures_that_differ_are_all_told(capsys: pytest.CaptureFixture[str]) -> None:
    other = StreamReport("team_1", "payments", errors=["a row has no id"])
    assert len(told(capsys, down("teams"), down("clients"), other)) == 3


@pytest.mark.parametrize("text", ["30d", "2026", "2026-01", "2026-01-31", "today"])
def test_since_takes_the_dates_that_reports_take(text: str) -> None:
    settings = Settings.load({})
    day = first_day(text, local_today(settings))
    midnight = datetime.fromtimestamp(_moment(text, settings), ZoneInfo(settings.timezone.value))
    assert (midnight.date(), midnight.time()) == (day, time())
