"""Refusals, outages and broken connections in the middle of a run."""

from __future__ import annotations

import http.server
import threading
import time
from collections import Counter

import pytest

FEW = ("invoices_income", "payments", "clients")
"""Enough streams to see that trouble in one spares the others."""
WAITS = {
    "seconds": "retry_after=1",
    "a date": "retry_after=date:1",
    "a date long past": "retry_after=date:-86400",
    "nothing at all": "",
    "zero": "retry_after=0",
    "less than zero": "retry_after=-5",
    "nonsense": "retry_after=soon",
    "a reset": "ratelimit_reset=1",
}


USUAL = ("a date", "a date long past", "zero", "a reset")


@pytest.mark.parametrize(
    "wait", [w if w in USUAL else pytest.param(w, marks=pytest.mark.rare) for w in WAITS]
)
def test_fault_11_a_storm_of_429_is_sat_out_whatever_it_asks_for(wait, account, impatient):
    """The first requests, those of all streams at once, are told to come back later."""
    shop = account(invoices=120)
    shop.endure(
        f"status=429,first=5,{WAITS[wait]}".rstrip(","),
        exits=(0,),
        most=80,
        names=FEW,
        policy=impatient(patience=30),
    )


def test_fault_11_429_with_an_absurd_wait_ends_in_time_and_keeps_what_arrived(account, impatient):
    """A server that asks for a year is taken at its word for no longer than the patience."""
    shop = account(invoices=150)
    policy = impatient(patience=1.5, pause_cap=0.5)
    began = time.monotonic()
    fault = "status=429,retry_after=31536000,path=/payments"
    report = shop.endure(fault, exits=(3,), most=60, names=FEW, policy=policy)
    assert time.monotonic() - began < 15
    assert [s.stream for s in report.streams if s.errors] == ["payments"]


def test_fault_11_429_on_everything_is_an_outage(account, impatient):
    shop = account(invoices=120)
    policy = impatient(patience=1, pause_cap=0.3)
    shop.endure("status=429,retry_after=1", exits=(3, 5), most=120, names=FEW, policy=policy)
    assert shop.look("select count(*) from sync.runs") >= [(2,)]


@pytest.mark.parametrize("walkers", [1, 16])
def test_fault_11_a_limit_of_requests_a_second_is_kept_by_all_walkers_together(
    walkers, account, impatient
):
    shop = account(invoices=150, rps=8)
    report = shop.sync(*FEW, policy=impatient(patience=60), walkers=walkers)
    assert report.exit_code == 0
    assert shop.differences(*FEW) == []
    refused = shop.server.requests.statuses()[429]
    assert refused <= 2 * 16 + report.requests // 3


@pytest.mark.parametrize(("status", "form"), [(500, "json"), (502, "html"), (503, "empty")])
def test_fault_12_a_run_of_server_errors_is_survived(status, form, account):
    shop = account(invoices=120)
    shop.endure(f"status={status},body={form},at=2+3+4+7", exits=(0,), most=60, names=FEW)


def test_one_list_that_fails_for_ever_spoils_no_other(account):
    shop = account(invoices=150)
    report = shop.endure("status=500,path=/payments", exits=(3,), most=60, names=FEW)
    assert [s.stream for s in report.streams if s.errors] == ["payments"]


def test_fault_12_one_page_that_fails_for_ever_spoils_no_other(account):
    """Its window stays open; the windows beside it are kept, and the next run needs few pages."""
    shop = account(invoices=400, months=12)
    shop.suffer("status=500,path=/invoices/income,after=4")
    first = shop.sync("invoices_income")
    assert first.exit_code == 3
    kept = first.totals["inserted"]
    assert kept >= 100
    assert shop.false_claims() == []
    shop.suffer()
    again = shop.sync("invoices_income")
    assert (again.exit_code, again.totals["inserted"]) == (0, 400 - kept)
    assert shop.differences("invoices_income") == []


def test_a_server_that_always_fails_is_called_unreachable(account):
    shop = account(invoices=30)
    report = shop.endure("status=503", exits=(5,), most=120, names=FEW)
    assert report.error or any(s.errors for s in report.streams)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("after", [0, 5])
def test_fault_13_a_key_refused_in_mid_run_stops_it_at_once(status, after, account):
    shop = account(invoices=250)
    report = shop.endure(f"status={status},after={after}", exits=(4,), most=after + 16, names=FEW)
    assert report.outcome == "auth"
    assert report.retries == 0


BROKEN = {
    "a body cut short": "truncate",
    "half the JSON": "cut_json",
    "a web page": "html",
    "nothing": "empty",
    "no UTF-8": "bad_utf8",
    "a reset before the answer": "reset=before",
    "a reset in the body": "reset=body",
    "a closed door": "close=before",
    "an error under 200": "error_200,shape=code",
    "no data": "data=absent",
    "null for data": "data=null",
    "text for data": "data=text",
    "an object for data": "data=object",
}


def broken(what, schedule):
    kind, _, options = BROKEN[what].partition(",")
    return ",".join(filter(None, (kind, schedule, options)))


def test_fault_15_what_breaks_once_is_asked_again(account):
    """Everything that can break does, every third request."""
    shop = account(quirks=["max_limit=20"], invoices=200)
    faults = [broken(what, f"at={2 + 3 * n}") for n, what in enumerate(BROKEN)]
    report = shop.endure(*faults, exits=(0,), most=90, names=FEW)
    assert report.retries >= len(BROKEN)


@pytest.mark.parametrize("what", BROKEN)
def test_fault_19_what_is_always_broken_is_never_an_empty_list(what, account):
    shop = account(invoices=120)
    report = shop.endure(broken(what, "path=/payments"), exits=(3,), most=60, names=FEW[1:])
    assert [s.stream for s in report.streams if s.errors] == ["payments"]


@pytest.mark.parametrize("what", ["data=null", "status=500"])
def test_rows_already_mirrored_outlive_broken_answers(what, account):
    shop = account(invoices=120)
    shop.sync(*FEW)
    shop.endure(f"{what},path=/payments", exits=(3,), most=60, names=FEW)
    assert shop.tombstones() == 0


@pytest.mark.parametrize("fault", ["slow=30", "hang=30"])
def test_fault_17_a_server_that_drips_or_is_silent_is_left_after_the_deadline(
    fault, account, impatient
):
    shop = account(invoices=120)
    began = time.monotonic()
    policy = impatient(deadline=0.4, tries=2)
    report = shop.endure(f"{fault},path=/payments", exits=(3,), most=60, names=FEW, policy=policy)
    assert time.monotonic() - began < 15
    assert [s.stream for s in report.streams if s.errors] == ["payments"]


def test_a_server_that_drips_once_delays_a_run_and_no_more(account, impatient):
    shop = account(invoices=120)
    shop.endure("slow=30,at=3", exits=(0,), most=40, names=FEW, policy=impatient(deadline=0.4))


@pytest.mark.parametrize("fault", ["huge_headers=300000", "close=after"])
def test_odd_but_harmless_answers_are_taken(fault, account):
    shop = account(invoices=120)
    shop.endure(f"{fault},at=3", exits=(0,), most=40, names=FEW)


def test_a_redirect_within_the_api_is_followed(account):
    shop = account(invoices=120)
    shop.endure("redirect=same,at=3+7", exits=(0,), most=40, names=FEW)


@pytest.mark.parametrize("status", [302, 307])
def test_fault_18_a_redirect_to_another_host_is_refused_and_the_key_stays(
    status, account, stranger
):
    shop = account(invoices=120)
    fault = f"redirect={stranger.url},status={status},path=/payments"
    report = shop.endure(fault, exits=(3,), most=60, names=FEW)
    assert stranger.asked == []
    assert [s.stream for s in report.streams if s.errors] == ["payments"]


def test_fault_49_a_port_that_nobody_listens_on_is_a_network_error(account):
    shop = account(invoices=30)
    shop.sync(*FEW)
    shop.server.stop()
    report = shop.sync(*FEW)
    assert report.exit_code == 5
    assert "gigstack config" in report.hint
    assert Counter(shop.look("select outcome from sync.runs")) == {("ok",): 1, ("network",): 1}


class Stranger:
    """Another host; remembers what it was asked."""

    def __init__(self):
        self.asked = asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, dict(self.headers)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def stranger():
    other = Stranger()
    thread = threading.Thread(target=other.server.serve_forever, args=(0.02,))
    thread.start()
    yield other
    other.server.shutdown()
    thread.join()
    other.server.server_close()
