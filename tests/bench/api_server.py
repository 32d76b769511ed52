"""Servers in a process of their own, on loopback, steered over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

HERE = Path(__file__).parent


class ApiServer:
    """One server process; it ends with the `with` block, or with the process that started it."""

    def __init__(self, script: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, HERE / script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{script} did not start")
        self.facts: dict[str, Any] = json.loads(line)

    def __enter__(self) -> ApiServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate("")

    @property
    def url(self) -> str:
        """Base address of the API."""
        return str(self.facts["url"])

    def environment(self, folder: Path) -> dict[str, str]:
        """For a command that reads this server and keeps its files in `folder`."""
        return os.environ | {
            "GIGSTACK_API_KEY": self.facts["key"],
            "GIGSTACK_BASE_URL": self.url,
            "GIGSTACK_DB": str(folder / "gigstack.duckdb"),
            "XDG_CONFIG_HOME": str(folder),
            "HOME": str(folder),
        }

    def control(self, method: str, action: str, body: object = None) -> Any:
        """One request to the steering wheel; its answer."""
        data = None if body is None else json.dumps(body).encode()
        origin = self.url.removesuffix("/v2")
        request = urllib.request.Request(f"{origin}/_control{action}", data, method=method)
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def count_from_now(self) -> None:
        """Forget the requests so far."""
        self.control("DELETE", "/requests")

    def requests(self) -> int:
        """Requests since then."""
        answer = self.control("GET", "/requests")["requests"]
        return answer if isinstance(answer, int) else len(answer)

    def slow_down(self, latency_ms: float) -> None:
        """Delay every answer from now on."""
        self.control("POST", "/pace", {"latency_ms": latency_ms})
