"""Killed or stopped at any instant: what is in the files agrees with what they claim.

GIGSTACK_THOROUGH=1 kills at every request and at every dealing with a file.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from gigstack_sync.sandbox.fault import Fault
from gigstack_sync.sandbox.faults import Faults

THOROUGH = bool(os.environ.get("GIGSTACK_THOROUGH"))
BATCH = 50 + 16
"""Requests a kill may cost: the pages of one commit, and one for each walker."""


def at_request(shop, number, strike):
    """Call `strike` when so many lists were asked for, before the answer leaves."""
    fault = Fault("hook", at=(number,), hook=lambda _: strike())
    shop.server.set_faults(Faults.of(fault))


def kill_at_request(shop, number):
    """One sync in a process of its own, killed at this request; its exit code."""
    running = []
    is_running = threading.Event()

    def strike():
        is_running.wait(10)
        os.kill(running[0].pid, signal.SIGKILL)

    at_request(shop, number, strike)
    running.append(shop.start("sync"))
    is_running.set()
    code = shop.end(running[0]).code
    shop.suffer()
    return code


def assert_sound(shop):
    """The mirror opens and has every row it claims; what is published can be read."""
    if shop.places.mirror.exists():
        assert shop.false_claims() == []
    if shop.places.published.exists():
        assert shop.query("select count(*) from sync.windows")


def test_fault_34_a_sync_killed_at_one_request_after_another_ends_equal_to_the_server(account):
    """Each try gets further, since what was committed is not asked for again."""
    clean = account(quirks=["max_limit=20"], invoices=120)
    assert clean.sync().exit_code == 0
    shop = account(quirks=["max_limit=20"], invoices=120)
    spent, tries, at = 0, 0, 1
    while kill_at_request(shop, at) == -signal.SIGKILL:
        assert_sound(shop)
        tries, at = tries + 1, at + (1 if THOROUGH else 17)
    spent = len(shop.server.requests)
    assert tries >= 3
    assert shop.differences() == []
    assert spent <= len(clean.server.requests) + tries * BATCH
    assert shop.run("sync", "verify").code == 0


@pytest.mark.parametrize("seed", range(20 if THOROUGH else 2))
def test_fault_34_a_sync_killed_at_a_random_instant_is_continued(seed, account):
    shop = account(invoices=250, latency_ms=5, is_new=bool(seed % 2))
    process = shop.start("sync")
    time.sleep(random.Random(seed).uniform(0.25, 1.6))
    process.kill()
    shop.end(process)
    assert_sound(shop)
    assert shop.run("sync").code == 0
    assert shop.differences() == []
    assert not list(shop.places.published.parent.glob(".*.tmp"))


def test_a_full_look_killed_halfway_buries_nobody(account):
    shop = account(invoices=250)
    shop.sync()
    for at in (2, 15):
        code = kill_at_request_of(shop, at, "sync", "--full")
        assert code == -signal.SIGKILL
        assert_sound(shop)
        assert shop.tombstones() == 0
    assert shop.run("sync", "--full").code == 0
    assert shop.differences() == []


def kill_at_request_of(shop, number, *arguments):
    running = []
    at_request(shop, number, lambda: running and os.kill(running[0].pid, signal.SIGKILL))
    running.append(shop.start(*arguments))
    code = shop.end(running[0]).code
    shop.suffer()
    return code


FRAGILE = """
import os, signal, sys
left = int(sys.argv.pop(1))
def counted(call):
    def dying(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return dying
for name in ("fsync", "replace", "rename", "open", "unlink", "ftruncate"):
    setattr(os, name, counted(getattr(os, name)))
from gigstack_sync.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A command that dies before its nth dealing with the file system, as publishing has many."""


def test_fault_34_a_sync_killed_at_any_of_its_file_operations_publishes_whole_files(account):
    """The published file is the old one or the new one, never anything between."""
    shop = account(invoices=60)
    shop.sync("clients", "payments")
    versions = {count(shop)}
    dying, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        dying += 1 if THOROUGH else 3
        with shop.world.lock:
            rows = shop.world.collection(shop.team, "clients")
            rows.change(rows.newest_first()[0], name=f"Versión {dying}")
        process = subprocess.Popen(
            [sys.executable, "-c", FRAGILE, str(dying), "sync", "--stream", "clients"],
            env=shop.environment,
            cwd=shop.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        code = shop.end(process).code
        assert_sound(shop)
        versions.add(count(shop))
    assert dying > 5
    assert len(versions) == 1  # no row is ever half there
    assert shop.run("sync").code == 0
    assert shop.differences() == []
    assert not list(shop.places.published.parent.glob(".*.tmp"))


def count(shop):
    return shop.query("select count(*) from mirror.clients")[0][0]


SIGNALS = pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
)


WELL_BEFORE_A_MINUTE = 20
"""Seconds: the servers here make a sync wait for 60; a busy machine proves nothing."""


def stop(shop, process, number):
    """Send the signal; how the command ended, and after how many seconds."""
    began = time.monotonic()
    process.send_signal(number)
    finished = shop.end(process)
    return finished, time.monotonic() - began


def wait_for(condition):
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)


@SIGNALS
def test_fault_35_a_sync_that_is_told_to_stop_keeps_what_is_complete(number, code, account):
    shop = account(invoices=250, latency_ms=150)
    process = shop.start("sync")
    wait_for(lambda: shop.server.requests.statuses()[200] >= 14)
    finished, seconds = stop(shop, process, number)
    assert (finished.code, finished.out) == (code, "")
    assert seconds < WELL_BEFORE_A_MINUTE
    assert "Traceback" not in finished.err
    assert shop.false_claims() == []
    assert shop.query("select count(*) from mirror.clients") == [(len(clients(shop)),)]
    assert shop.run("sync").code == 0
    assert shop.differences() == []


def clients(shop):
    return shop.server.truth(shop.team, "clients")


@SIGNALS
def test_a_sync_that_waits_for_a_retry_after_can_be_stopped(number, code, account):
    """Half the lists are told to come back in a minute; the other half is kept."""
    shop = account(invoices=60, faults=["status=429,retry_after=60,path=/invoices"])
    process = shop.start("sync")
    wait_for(lambda: shop.server.requests.statuses()[429] and not shop.server.requests.in_flight)
    time.sleep(0.3)
    finished, seconds = stop(shop, process, number)
    assert finished.code == code
    assert seconds < WELL_BEFORE_A_MINUTE
    assert shop.false_claims() == []
    shop.suffer()
    assert shop.run("sync").code == 0
    assert shop.differences() == []


@SIGNALS
def test_a_sync_that_waits_for_a_silent_server_can_be_stopped(number, code, account):
    shop = account(invoices=60, faults=["hang=60,path=/invoices"])
    process = shop.start("sync")
    wait_for(lambda: any("/invoices" in path for path in shop.server.requests.paths()))
    time.sleep(0.3)
    finished, seconds = stop(shop, process, number)
    assert finished.code == code
    assert seconds < WELL_BEFORE_A_MINUTE
    assert shop.false_claims() == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_fault_35_the_second_signal_ends_it_at_once(number, code, account):
    shop = account(invoices=60, faults=["hang=60"])
    process = shop.start("sync")
    wait_for(lambda: len(shop.server.requests))
    process.send_signal(number)
    time.sleep(0.1)
    finished, seconds = stop(shop, process, number)
    assert finished.code == code
    assert seconds < WELL_BEFORE_A_MINUTE
    assert "Traceback" not in finished.err


def test_a_stopped_run_says_in_json_how_far_it_came(account):
    shop = account(invoices=60, latency_ms=300)
    process = shop.start("sync", "--json")
    wait_for(lambda: len(shop.server.requests))
    finished, _ = stop(shop, process, signal.SIGTERM)
    assert finished.code == finished.json["exit_code"] == 143
