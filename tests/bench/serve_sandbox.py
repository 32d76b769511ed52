"""Serves the sandbox until its standard input is closed; prints its address as JSON."""

from __future__ import annotations

import json
import sys

from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server


def main() -> None:
    world = found_business(invoices=int(sys.argv[1]))
    with Server(world) as server:
        streams = world.teams[world.own_team].collections
        for stream in streams:  # rows are encoded once, here and not while somebody is measured
            server.truth(world.own_team, stream)
        rows = {stream: len(collection) for stream, collection in streams.items()}
        print(json.dumps({"url": server.url, "key": server.key, "rows": rows}), flush=True)
        sys.stdin.read()


main()
