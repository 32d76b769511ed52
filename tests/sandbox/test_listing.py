"""Pages: filters, windows, order, and cursors that survive what happens meanwhile."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigstack_sync.sandbox.collection import Collection
from gigstack_sync.sandbox.errors import Refusal
from gigstack_sync.sandbox.listing import Ask, count, select


def times(rows):
    return [row["created_at"] for row in rows]


def test_ten_rows_unless_asked_and_never_more_than_a_hundred(sandbox, ask):
    server = sandbox(invoices=150)
    assert len(ask(server, "/invoices/income").rows) == 10
    assert len(ask(server, "/invoices/income", limit=9999).rows) == 100


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", ""])
def test_bad_limits_are_400(sandbox, ask, limit):
    assert ask(sandbox(), "/clients", limit=limit).status == 400


@pytest.mark.parametrize("sort", ["asc", "desc"])
@pytest.mark.parametrize("cursor", ["keyset", "offset"])
def test_walks_see_every_row_once_in_order(sandbox, walk, sort, cursor):
    server = sandbox(quirks=[f"cursor={cursor}"])
    rows = walk(server, "/payments", limit=7, sort=sort)
    assert sorted(row["id"] for row in rows) == sorted(server.truth("team_own", "payments"))
    assert times(rows) == sorted(times(rows), reverse=sort == "desc")


@pytest.mark.parametrize("cursor", ["keyset", "offset"])
@pytest.mark.parametrize("sort", ["asc", "desc"])
def test_clients_by_name(sandbox, walk, sort, cursor):
    server = sandbox(quirks=[f"cursor={cursor}"])
    rows = walk(server, "/clients", limit=3, order_by="name", sort=sort)
    names = [row["name"].lower() for row in rows]
    assert len(names) == len(server.truth("team_own", "clients"))
    assert names == sorted(names, reverse=sort == "desc")


@pytest.mark.parametrize("form", ["created[{}]", "created_{}"])
@pytest.mark.parametrize("unit", [1, 1000])
def test_created_window_is_inclusive_in_both_spellings_and_units(sandbox, walk, form, unit):
    server = sandbox()
    whole = walk(server, "/invoices/income", limit=100)
    newest, oldest = whole[5]["created_at"], whole[20]["created_at"]
    query = {form.format("gte"): oldest * unit, form.format("lte"): newest * unit}
    rows = walk(server, "/invoices/income", limit=4, **query)
    assert rows == [row for row in whole if oldest <= row["created_at"] <= newest]


@pytest.mark.parametrize("text", ["NaN", "garbage", "inf"])
def test_dates_that_are_no_numbers_are_400(sandbox, ask, text):
    assert ask(sandbox(), "/payments", **{"created[gte]": text}).status == 400


FILTERS = [
    ("/invoices/income", "status", lambda row: row["status"]),
    ("/invoices/income", "client_id", lambda row: row["client"]["id"]),
    ("/invoices/income", "series", lambda row: row["series"]),
    ("/invoices/egress", "status", lambda row: row["status"]),
    ("/payments", "currency", lambda row: row["currency"]),
    ("/payments", "email", lambda row: row["client"]["email"]),
    ("/payments", "tax_id", lambda row: row["client"]["tax_id"]),
    ("/receipts", "status", lambda row: row["status"]),
    ("/webhooks", "status", lambda row: row["status"]),
    ("/invoices/draft", "invoice_type", lambda row: row["invoice_type"]),
    ("/invoices/sat", "direction", lambda row: row["direction"]),
    ("/invoices/sat", "issuer_rfc", lambda row: row["issuer"]["rfc"]),
    ("/invoices/sat", "receiver_rfc", lambda row: row["receiver"]["rfc"]),
    ("/invoices/sat", "invoice_type", lambda row: row["invoice_type"]),
    ("/invoices/sat", "status", lambda row: row["status"]),
]


@pytest.mark.parametrize(("path", "name", "read"), FILTERS)
def test_filters(sandbox, walk, path, name, read):
    server = sandbox(invoices=200, months=12)
    whole = walk(server, path, limit=100)
    wanted = read(whole[0])
    rows = walk(server, path, limit=9, **{name: wanted})
    assert rows == [row for row in whole if read(row) == wanted]


def test_a_filter_the_server_does_not_know_is_ignored(sandbox, ask):
    server = sandbox()
    assert ask(server, "/invoices/income", payment_method="PPD").rows == (
        ask(server, "/invoices/income").rows
    )


def test_either_spelling_of_a_status_finds_it(sandbox, ask):
    server = sandbox(invoices=300, months=24)
    canceled = ask(server, "/invoices/income", status="canceled").rows
    assert canceled
    assert ask(server, "/invoices/income", status="cancelled").rows == canceled


def test_complements_of_an_invoice(sandbox, ask, walk):
    server = sandbox(invoices=200, months=12)
    uuid = walk(server, "/invoices/payment")[0]["invoices"][0]
    rows = walk(server, "/invoices/payment", invoice_id=uuid, limit=1)
    assert rows
    assert all(uuid in row["invoices"] for row in rows)


def test_metadata_filters_page_by_number(sandbox, ask):
    server = sandbox()
    payments = server.world.collection("team_own", "payments")
    for row_id in payments.newest_first()[:5]:
        payments.change(row_id, metadata={"order": "7"})
    pages = [ask(server, "/payments", limit=2, page=n, **{"metadata.order": "7"}) for n in (1, 3)]
    assert [len(page.rows) for page in pages] == [2, 1]
    assert [page.json["has_more"] for page in pages] == [True, False]
    assert [page.json["next"] for page in pages] == [None, None]


def test_sat_dates_are_compared_as_texts(sandbox, walk):
    server = sandbox(invoices=200, months=12)
    whole = walk(server, "/invoices/sat", limit=100)
    dates = sorted(row["issue_date"] for row in whole)
    since, until = dates[len(dates) // 3], dates[len(dates) // 2][:10]
    rows = walk(server, "/invoices/sat", limit=8, **{"from": since, "to": until})
    assert rows == [row for row in whole if since <= row["issue_date"] <= until]
    assert walk(server, "/invoices/sat", **{"from": "30d"}) == []


@pytest.mark.parametrize("bad", ["zzz", "!!", "bnVsbA"])
def test_foreign_cursors_are_400(sandbox, ask, bad):
    assert ask(sandbox(), "/payments", next=bad).status == 400


def test_a_cursor_is_bound_to_its_filters_but_not_to_its_limit(sandbox, ask):
    server = sandbox()
    cursor = ask(server, "/payments").json["next"]
    assert ask(server, "/payments", next=cursor, limit=3).status == 200
    assert ask(server, "/payments", next=cursor, status="succeeded").status == 400
    assert ask(server, "/receipts", next=cursor).status == 400


def test_keyset_cursors_survive_the_deletion_of_their_row(sandbox, ask):
    server = sandbox()
    first, second = (ask(server, "/payments", limit=20).rows[i : i + 10] for i in (0, 10))
    for sort, page, rest in (("desc", first, second),):
        cursor = ask(server, "/payments", sort=sort).json["next"]
        server.world.collection("team_own", "payments").delete(page[-1]["id"])
        assert ask(server, "/payments", sort=sort, next=cursor).rows == rest


def test_offset_cursors_skip_a_row_when_one_before_them_goes(sandbox, ask):
    server = sandbox(quirks=["cursor=offset"])
    expected = ask(server, "/payments", limit=11).rows[10]
    cursor = ask(server, "/payments").json["next"]
    server.world.collection("team_own", "payments").delete(ask(server, "/payments").rows[0]["id"])
    assert expected not in ask(server, "/payments", next=cursor, limit=100).rows


rows_at = st.lists(st.integers(0, 6), max_size=25)


@given(
    rows_at, st.integers(1, 7), st.booleans(), st.booleans(), st.integers(0, 6), st.integers(0, 6)
)
@settings(max_examples=150, deadline=None)
def test_any_walk_over_any_window_gives_each_row_once(at, limit, down, offsets, since, until):
    rows = Collection()
    for number, second in enumerate(at):
        rows.put({"id": f"row_{number:03}", "created_at": second})
    ask = Ask(limit=limit, descending=down, offsets=offsets, since=since, until=until)
    seen, cursor = [], None
    while True:
        page = select(rows, Ask(**{**vars(ask), "cursor": cursor}))
        seen += page.ids
        if page.next is None:
            break
        cursor = page.next
    newest = [i for i in rows.newest_first() if since <= rows.position(i) <= until]
    assert seen == (newest if down else newest[::-1])
    assert count(rows, ask) == len(newest)


@given(rows_at.filter(bool), st.integers(1, 5), st.booleans(), st.data())
@settings(max_examples=150, deadline=None)
def test_keyset_walks_lose_nothing_while_rows_come_and_go(at, limit, down, data):
    rows = Collection()
    for number, second in enumerate(at):
        rows.put({"id": f"row_{number:03}", "created_at": second})
    cursor, seen, gone, come = None, [], set(), 0
    while True:
        page = select(rows, Ask(limit=limit, descending=down, cursor=cursor))
        seen += page.ids
        cursor = page.next
        if cursor is None:
            break
        if data.draw(st.booleans()):
            gone.add(victim := data.draw(st.sampled_from(rows.newest_first()[:])))
            rows.delete(victim)
        if come < 20 and data.draw(st.booleans()):
            come += 1
            rows.put({"id": f"new_{come}", "created_at": data.draw(st.integers(0, 6))})
    assert len(seen) == len(set(seen))
    assert {f"row_{n:03}" for n in range(len(at))} - gone <= set(seen)


def test_a_mangled_cursor_is_refused_not_crashed():
    rows = Collection()
    rows.put({"id": "a", "created_at": 1})
    for cursor in ("W10", "WyIiLFtdLDBd", "é"):
        with pytest.raises(Refusal):
            select(rows, Ask(cursor=cursor))
