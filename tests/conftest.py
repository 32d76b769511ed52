"""Fixtures every folder of tests may use."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.quirks import parse_quirks
from gigstack_sync.sandbox.server import Server
from gigstack_sync.sandbox.world import World

Sandbox = Callable[..., Server]

os.environ["GIGSTACK_LANG"] = "en"  # what the tests expect, whoever runs them

# Who starts the tests in the background has Ctrl-C ignored, and so would every command they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def memory_unbound() -> Iterator[None]:
    """Commands called in this process bound its memory; the next test begins without."""
    yield
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Start servers: `sandbox(world=…, quirks=["name=value"], faults=["kind=value"], rps=…)`.

    Without a world, a small business is founded; its size is set by `invoices=` and `months=`.
    """
    from gigstack_sync.sandbox.faults import Faults

    with ExitStack() as stack:

        def start(
            world: World | None = None,
            *,
            quirks: list[str] | None = None,
            faults: list[Any] | None = None,
            invoices: int = 60,
            months: int = 6,
            **settings: Any,
        ) -> Server:
            server = Server(
                world or found_business(invoices=invoices, months=months),
                quirks=parse_quirks(quirks or []),
                faults=Faults.of(*(faults or [])),
                **settings,
            )
            return stack.enter_context(server)

        yield start
