"""The one place where errors end: message, hint, exit code, and one JSON document."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from gigstack_sync.cli import app
from gigstack_sync.errors import ApiError, AuthError, GigstackError, StorageError, SyncRunning


def failing(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `gigstack config` raise that."""

    def load(_name: str) -> Any:
        raise error

    monkeypatch.setattr(app, "load", load)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GigstackError("m", hint="h"), 1),
        (AuthError("m", hint="h"), 4),
        (SyncRunning("m", hint="h"), 6),
        (StorageError("m", hint="h"), 7),
        (ApiError("m", hint="h"), 1),
    ],
)
def test_an_error_is_a_message_a_hint_and_its_code(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch, error: GigstackError, code: int
) -> None:
    failing(error, monkeypatch)
    done = gigstack("config")
    assert (done.code, done.out, done.err) == (code, "", "Error: m\nh\n")


def test_a_detail_that_the_message_has_is_not_said_twice(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(ApiError("Bad: rfc: short.", details=("rfc: short", "zip: long")), monkeypatch)
    assert gigstack("config").err == "Error: Bad: rfc: short.\nzip: long\n"


def test_under_json_it_is_one_document_on_stdout(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ApiError("no", hint="h", status=422, api_code="bad_rfc", details=("rfc: short",))
    failing(error, monkeypatch)
    done = gigstack("config", "--json")
    expected = {"code": "bad_rfc", "message": "no", "status": 422, "details": ["rfc: short"]}
    assert done.json == {"error": {**expected, "hint": "h"}}
    assert (done.code, done.err) == (1, "")


@pytest.mark.parametrize(
    "arguments", [["--json", "slq"], ["slq", "--json"], ["sql", "--nope", "--json"]]
)
def test_a_wrong_command_line_is_json_too(gigstack: Any, arguments: list[str]) -> None:
    done = gigstack(*arguments)
    assert (done.code, done.json["error"]["code"], done.err) == (2, "usage", "")


def test_a_typo_is_answered_with_a_suggestion(gigstack: Any) -> None:
    done = gigstack("whoamy")
    assert done.code == 2
    assert "Did you mean 'whoami'?" in done.err


def test_a_defect_is_one_line_and_its_trace_is_for_who_asks(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(ValueError("inside"), monkeypatch)
    done = gigstack("config")
    assert (done.code, "Traceback" in done.err, "GIGSTACK_DEBUG=1" in done.err) == (1, False, True)
    monkeypatch.setenv("GIGSTACK_DEBUG", "1")
    assert "Traceback" in gigstack("config").err


def test_a_disk_error_that_nobody_expected_is_a_storage_error(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(OSError(28, "No space left on device", "/x"), monkeypatch)
    done = gigstack("config")
    assert (done.code, done.err) == (7, "Error: No space left on device: /x\n")


def test_ctrl_c_is_130(gigstack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(KeyboardInterrupt(), monkeypatch)
    assert gigstack("config").code == 130


def test_controls_in_a_message_do_not_reach_the_terminal(
    gigstack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(ApiError("name \x1b[2J\x1b]0;x\x07"), monkeypatch)
    assert "\x1b" not in gigstack("config").err


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash with `gigstack` as the module of this interpreter."""
    gigstack = f"{sys.executable} -m gigstack_sync"
    script = f'set -o pipefail; gigstack() {{ {gigstack} "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )


def test_a_reader_that_leaves_is_no_error_message(published: Any) -> None:
    done = shell('gigstack sql "from range(1000000)" -o csv | head -1')
    assert (done.returncode, done.stdout, done.stderr) == (141, "range\n", "")


def test_a_full_stdout_is_told(published: Any) -> None:
    done = shell("gigstack config > /dev/full")
    assert (done.returncode, done.stderr) == (7, "Error: No space left on device\n")


def test_a_closed_stdout_and_stderr_leave_the_code(published: Any) -> None:
    assert shell("gigstack switch nope >&- 2>&-").returncode == 2


def test_data_is_utf8_in_any_locale(published: Any) -> None:
    done = shell("LC_ALL=C PYTHONIOENCODING=ascii gigstack sql \"select 'ñ日' as x\" -o csv")
    assert done.stdout == "x\nñ日\n"


def test_json_stays_one_document_when_a_command_fails_late(
    gigstack: Any, key: str, api: Any
) -> None:
    api.answers["/teams/team_1"] = (401, {"message": "bad key"})
    done = gigstack("whoami", "--json")
    assert (done.code, list(json.loads(done.out))) == (4, ["error"])


def test_the_settings_are_a_line_each_on_a_narrow_terminal(
    gigstack: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = gigstack("config").out
    monkeypatch.setattr("gigstack_sync.cli.session.Session.draws", True)
    monkeypatch.setenv("COLUMNS", "40")
    assert gigstack("config").out == piped
