"""What a sync tells a person: each trouble once, and what to do about it."""

from __future__ import annotations

from typing import Any

import pytest

from gigstack_sync.cli.session import Session
from gigstack_sync.cli.sync import _tell_failures
from gigstack_sync.sync.report import RunReport, StreamReport


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
