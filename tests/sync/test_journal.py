"""The log: one JSON object a line, for its owner alone, and never in the way."""

from __future__ import annotations

import json
import logging
import os
import stat

import pytest

from gigstack_sync.errors import StorageError
from gigstack_sync.sync import journal as journal_module
from gigstack_sync.sync.journal import journal

log = logging.getLogger("gigstack_sync.sync")
requests_log = logging.getLogger("gigstack_sync.api.transport")


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_event_is_one_line_of_json(tmp_path):
    with journal(tmp_path / "log"):
        log.info("año\nnuevo %d", 7, extra={"summary": {"rows": 1}})
    (line,) = lines(tmp_path / "log")
    assert (line["message"], line["level"], line["summary"]) == (
        "año\nnuevo 7",
        "info",
        {"rows": 1},
    )
    assert line["time"].endswith("+00:00")


def test_requests_are_logged_only_when_verbose(tmp_path):
    for name, is_verbose in [("quiet", False), ("loud", True)]:
        with journal(tmp_path / name, is_verbose=is_verbose):
            requests_log.info("GET /services")
    assert lines(tmp_path / "quiet") == []
    assert len(lines(tmp_path / "loud")) == 1


def test_warnings_about_requests_are_always_logged(tmp_path):
    with journal(tmp_path / "log"):
        requests_log.warning("429")
    assert lines(tmp_path / "log")[0]["level"] == "warning"


def test_an_exception_is_named_without_its_text(tmp_path):
    with journal(tmp_path / "log"):
        try:
            raise ValueError("secret")
        except ValueError:
            log.exception("failed")
    assert lines(tmp_path / "log")[0]["exception"] == "ValueError"
    assert "secret" not in (tmp_path / "log").read_text()


def test_the_log_is_private_and_so_are_the_rotated_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(journal_module, "LARGEST_FILE", 200)
    old = os.umask(0)
    try:
        with journal(tmp_path / "log"):
            for _ in range(9):
                log.info("x" * 90)
    finally:
        os.umask(old)
    files = list(tmp_path.iterdir())
    assert len(files) == journal_module.KEPT_FILES + 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_nothing_is_left_of_the_journal_afterwards(tmp_path):
    logger = logging.getLogger("gigstack_sync")
    before = (logger.level, list(logger.handlers))
    with pytest.raises(ZeroDivisionError), journal(tmp_path / "log"):
        1 // 0  # noqa: B018
    assert (logger.level, list(logger.handlers)) == before


def test_a_log_that_cannot_be_written_is_told_at_once(tmp_path):
    with pytest.raises(StorageError, match="Cannot write the log"), journal(tmp_path):
        pass
