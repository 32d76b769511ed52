"""Anomalies that no other folder of tests has: see the table in tests/README.md."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

STREAMS = ("clients", "payments")


@pytest.fixture
def zone(request, monkeypatch):
    """The zone of the machine while a test runs."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.parametrize("zone", ["America/Tijuana", "Asia/Kolkata"], indirect=True)
def test_fault_33_the_zone_of_the_machine_changes_nothing(zone, account):
    shop = account(invoices=40, months=4)
    assert shop.sync("receipts", "invoices_sat", "payments").exit_code == 0
    assert shop.differences("receipts", "invoices_sat", "payments") == []
    days = shop.query("select count(*) from payments where created_at is null")
    assert days == [(0,)]
    assert shop.false_claims() == []


def test_fault_42_a_sync_keeps_to_the_memory_it_is_given(account):
    """The bound is of the whole process: DuckDB's share, Python and the pages in flight."""
    shop = account(invoices=200)
    process = shop.start("sync", GIGSTACK_MEMORY="256MB")
    peak = 0
    while process.poll() is None:
        peak = max(peak, peak_of(process.pid))
        time.sleep(0.02)
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == 0
    assert 20 << 10 < peak < 320 << 10
    assert shop.differences() == []


def peak_of(pid: int) -> int:
    """KB held at most since its program began; the kernel's `ru_maxrss` counts its parent's too."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"VmHWM:\s*([0-9]+) kB", told)
    return int(found[1]) if found else 0


def test_fault_50_the_key_is_in_no_file_and_no_output(account):
    """Every test here ends with this search; it finds a key where there is one."""
    shop = account(invoices=40, months=4)
    shop.suffer("status=403,path=/payments,body=text")
    shop.run("sync", "--verbose")
    assert shop.leaks() == []
    (shop.folder / "careless.txt").write_text(f"the key is {shop.key}.")
    assert len(shop.leaks()) == 1
    (shop.folder / "careless.txt").unlink()
