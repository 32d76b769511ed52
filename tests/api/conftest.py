"""A server on loopback that answers as scripted, byte for byte, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import struct
import threading
from types import SimpleNamespace

import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.api.retry import Policy
from gigstack_sync.api.transport import Transport

KEY = "eyJhbGciOiJIUzI1NiJ9.eyJ0ZWFtIjoidGVhbV8xIn0.c2lnbmF0dXJlLXNlY3JldA"


def raw(body=b"", status=200, headers=()):
    """One HTTP response; a Content-Length is added unless one is given."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{name}: {value}" for name, value in dict(headers).items()]
    if not any(line.lower().startswith("content-length") for line in lines):
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([f"HTTP/1.1 {status} X", *lines])
    return head.encode() + b"\r\n\r\n" + body


def page(*rows, more=False, cursor=None):
    return raw({"data": list(rows), "has_more": more, "next": cursor})


def reset(connection):
    """Slam the door: RST instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionAbortedError


class Server:
    """Answers are given in turn, the last one for ever; a callable gets the socket."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v2"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self):
        self.stopping.set()
        with socket.create_connection(self._listener.getsockname()):
            pass
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self):
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            connection.settimeout(10)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while (request := self._read(stream)) is not None:
                    self.requests.append(request)
                    answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
                    if callable(answer):
                        answer(connection)
                        return
                    connection.sendall(answer)
            except OSError:
                return

    @staticmethod
    def _read(stream):
        method, _, rest = stream.readline().decode().partition(" ")
        if not method.strip():
            return None
        headers = {}
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        return SimpleNamespace(
            method=method, target=rest.rsplit(" ", 1)[0], headers=headers, body=body
        )


@pytest.fixture
def http():
    return SimpleNamespace(raw=raw, page=page, reset=reset, key=KEY)


@pytest.fixture
def serve():
    """Start servers that are gone after the test."""
    started = []

    def start(*answers):
        started.append(Server(*answers))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def connect():
    """Open clients with short waits, closed before their servers are."""
    opened = []

    def open_client(server, **limits):
        policy = Policy(**{"backoff_base": 0.01, "deadline": 3.0, "pause_cap": 0.05, **limits})
        client = Client(transport=Transport(KEY, server.url, policy=policy))
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()
