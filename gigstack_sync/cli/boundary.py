"""Where every error ends: one message with the next thing to type, and an honest exit code."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any, Final

from gigstack_sync.cli import language
from gigstack_sync.cli.language import told, tr
from gigstack_sync.cli.session import Session
from gigstack_sync.cli.text import clean
from gigstack_sync.errors import ApiError, ExitCode, GigstackError, StorageError
from gigstack_sync.locale import language_of

BROKEN_PIPE: Final = 141  # what the shell reports of any tool whose reader went away


def run(arguments: Sequence[str] | None = None) -> int:
    """Parse and run; nothing but KeyboardInterrupt during the report itself gets out."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    session = Session(json="--json" in _before_dashes(args))
    _speak_utf8()
    _leave_when_told()
    language.speak("en")
    try:
        if not session.json:  # a script reads what it read yesterday, wherever it runs
            language.speak(language_of(os.environ)[0])
        code = _dispatch(args, session)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _silence()
        return BROKEN_PIPE
    except Exception as error:
        return _report(error, session)
    return code


def _leave_when_told() -> None:
    """SIGTERM and SIGHUP end a command as Ctrl-C does: temporary files are taken away."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, _leave)


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _dispatch(args: list[str], session: Session) -> int:
    import typer

    from gigstack_sync.cli.app import root

    if "_GIGSTACK_COMPLETE" in os.environ:
        from gigstack_sync.cli.complete import answer

        session.json = False  # an error is no candidate: it goes to stderr
        sys.stdout.writelines(f"{line}\n" for line in answer(args))
        return ExitCode.OK
    command = root()
    try:
        with command.make_context("gigstack", args or ["--help"], obj=session) as context:
            command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort as abort:
        raise KeyboardInterrupt from abort
    except typer.TyperException as error:
        raise _usage(error) from error
    return ExitCode.OK


def _usage(error: Any) -> GigstackError:
    """Typer's complaint about the command line, as one of ours."""
    from gigstack_sync.errors import UsageError

    path = error.ctx.command_path if getattr(error, "ctx", None) else "gigstack"
    return UsageError(error.format_message(), hint=f"See: {path} --help")


def _report(error: Exception, session: Session) -> int:
    known = _as_known(error)
    if os.environ.get("GIGSTACK_DEBUG"):
        import traceback

        traceback.print_exception(error)
    if session.json:
        _print_json(known)
    else:
        _print_text(known)
    return known.exit_code


def _as_known(error: Exception) -> GigstackError:
    if isinstance(error, GigstackError):
        return error
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        return StorageError(f"{error.strerror or type(error).__name__}:{where}".rstrip(":"))
    return GigstackError(
        f"This is a defect of gigstack_sync: {type(error).__name__}.",
        hint="See the whole trace with: GIGSTACK_DEBUG=1 gigstack …",
    )


def _print_text(error: GigstackError) -> None:
    details = error.details if isinstance(error, ApiError) else ()
    first = tr("Error: {message}", message=told(error.message))
    kept = "" if isinstance(error, ApiError) else "\n"  # the API's words are one line each
    lines = [*(clean(line, keep=kept) for line in (first, *details))]
    lines.append(clean(told(error.hint), keep="\n"))
    _write(sys.stderr, "".join(f"{line}\n" for line in lines if line))


def _print_json(error: GigstackError) -> None:
    import json

    body: dict[str, Any] = {"code": error.code, "message": error.message}
    body |= {"status": None, "details": [], "hint": error.hint}
    if isinstance(error, ApiError):
        body |= {"status": error.status or None, "details": list(error.details)}
        body["code"] = error.api_code or error.code
    _write(sys.stdout, json.dumps({"error": body}, indent=2) + "\n")


def _write(stream: Any, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError, AttributeError):  # full, closed or absent: the code still tells
        _silence()


def _before_dashes(args: list[str]) -> list[str]:
    return args[: args.index("--")] if "--" in args else args


def _speak_utf8() -> None:
    """Data is UTF-8 whatever the locale; a terminal that cannot show a letter shows `?`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace")


def _silence() -> None:
    """Send what is still buffered nowhere, or the interpreter complains at its end."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
