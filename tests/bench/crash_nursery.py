"""Gives birth to commands that die, or are refused the disk, at a chosen instant of their life.

Reads one JSON line for each command: argv, env, cwd, at (response, statement, file, time, never),
k, error (an errno instead of death) and out, a file for what it says. Answers the exit code.
The commands are processes of their own, forked from one that has imported everything already.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class Countdown:
    """Kills this process at the `k`-th tick, from whichever thread it comes."""

    def __init__(self, k: int) -> None:
        self._left, self._lock = k, threading.Lock()

    def tick(self) -> None:
        """Count; at zero there is no after."""
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """A DuckDB connection whose statements are counted."""

    def __init__(self, con: Any, countdown: Countdown) -> None:
        self._con, self._countdown = con, countdown

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def execute(self, *arguments: Any) -> Any:
        """One statement, after its tick."""
        self._countdown.tick()
        return self._con.execute(*arguments)

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()


def watch_statements(countdown: Countdown) -> None:
    """Count every statement of every connection opened from now on."""
    import duckdb

    connect = duckdb.connect
    duckdb.connect = lambda *a, **named: Watched(connect(*a, **named), countdown)


def watch_responses(countdown: Countdown) -> None:
    """Count every answer of the server, before anybody has read it."""
    from gigstack_sync.api.transport import Transport

    send = Transport._send

    def counted(self: Transport, call: Any) -> Any:
        reply = send(self, call)
        countdown.tick()
        return reply

    Transport._send = counted  # type: ignore[method-assign]


def live(order: dict[str, Any]) -> int:
    """The life of one command, in the forked process."""
    out = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(out, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    countdown = Countdown(order["k"])
    if order["at"] == "statement":
        watch_statements(countdown)
    elif order["at"] == "response":
        watch_responses(countdown)
    elif order["at"] == "file":
        ctypes.CDLL(None).crash_arm(ctypes.c_long(order["k"]), order.get("error", 0))
    if order["argv"][0] == "publish":
        return publish(Path(order["argv"][1]))
    from gigstack_sync.cli import main

    return main(order["argv"])


def publish(published: Path) -> int:
    """Publishing alone, with the spare, as after a run that changed something."""
    from gigstack_sync.errors import ExitCode, StorageError
    from gigstack_sync.store.lock import SyncLock
    from gigstack_sync.store.places import Places
    from gigstack_sync.store.publish import clear_leftovers
    from gigstack_sync.store.publish import publish as replace

    places = Places(published)
    try:
        with SyncLock(places.lock):
            clear_leftovers(places)
            replace(places, is_as_left=True)
    except (OSError, StorageError) as error:
        print(error)
        return ExitCode.STORAGE
    return ExitCode.OK


def bear(order: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait, tell how it ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = live(order)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(int(code))
    killer = threading.Timer(order["k"] / 1000, os.kill, (child, signal.SIGKILL))
    if order["at"] == "time":
        killer.start()
    _, status, usage = os.wait4(child, 0)
    killer.cancel()
    if order["at"] == "time":
        killer.join()
    return {"code": os.waitstatus_to_exitcode(status), "peak_mb": usage.ru_maxrss / 1024}


def main() -> None:
    """Import what a command imports, then bear until nobody asks any more."""
    import duckdb  # noqa: F401
    import httpx  # noqa: F401

    import gigstack_sync.cli.export
    import gigstack_sync.cli.period
    import gigstack_sync.cli.sync
    import gigstack_sync.cli.sync_run  # noqa: F401

    gc.freeze()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(bear(json.loads(line))), flush=True)
    os._exit(0)  # DuckDB's bindings count their instances aloud otherwise


class Nursery:
    """The other side of it: `run(argv, at=…, k=…)` while the `with` block lasts."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder, self._environment = folder, environment
        self.out = folder / "said.txt"
        self.has_shim = False

    def __enter__(self) -> Nursery:
        shim = build_shim(self._folder)
        self.has_shim = shim is not None
        preload = {"LD_PRELOAD": str(shim)} if shim else {}
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "crash_nursery.py")],
            env=os.environ | self._environment | preload,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, *argv: str, at: str = "never", k: int = 0, error: int = 0) -> int:
        """One command and its exit code; -9 when it was killed."""
        order = {
            "argv": argv,
            "env": self._environment,
            "cwd": str(self._folder),
            "at": at,
            "k": k,
            "error": error,
            "out": str(self.out),
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._answer()["code"])

    def said(self) -> str:
        """What the last command wrote to stdout and stderr."""
        return self.out.read_text(errors="replace")

    def _answer(self) -> dict[str, Any]:
        return json.loads(self._process.stdout.readline())


def build_shim(folder: Path) -> Path | None:
    """Compile the library that counts file operations; None without a C compiler."""
    target = folder / "crash_shim.so"
    command = ["cc", "-O1", "-shared", "-fPIC", "-D_LARGEFILE64_SOURCE", "-o", str(target)]
    try:
        subprocess.run([*command, str(HERE / "crash_shim.c"), "-ldl"], check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return target


if __name__ == "__main__":
    main()
