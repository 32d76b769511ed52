"""Each quirk shows on the wire, alone and together with all the others."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal

import pytest

from gigstack_sync.errors import UsageError
from gigstack_sync.sandbox.quirks import (
    Quirks,
    describe_quirks,
    parse_quirk,
    parse_quirks,
)


def rows_under(sandbox, ask, quirk, path="/invoices/income", **query):
    return ask(sandbox(quirks=[quirk], invoices=300, months=24), path, limit=100, **query).rows


def test_canceled_spelling(sandbox, ask):
    rows = rows_under(sandbox, ask, "canceled_spelling=cancelled", status="canceled")
    assert {row["status"] for row in rows} == {"cancelled"}


def test_valid_spelling(sandbox, ask):
    statuses = {row["status"] for row in rows_under(sandbox, ask, "valid_spelling=stamped")}
    assert "stamped" in statuses
    assert "valid" not in statuses


@pytest.mark.parametrize(
    ("form", "kind"), [("seconds", int), ("ms", int), ("iso", str), ("firestore", dict)]
)
def test_timestamps(sandbox, ask, form, kind):
    for path in ("/payments", "/webhooks", "/invoices/draft"):
        for row in rows_under(sandbox, ask, f"timestamps={form}", path):
            created = row["created_at"]
            assert type(created) is kind
            if kind is int:
                assert (created > 1e11) == (form == "ms")


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("snake", {"created_at", "valid_until"}),
        ("created", {"created", "validUntil"}),
        ("mixed", {"created_at", "validUntil"}),
        ("both", {"created_at", "valid_until", "validUntil"}),
    ],
)
def test_receipt_dates(sandbox, ask, form, names):
    row = rows_under(sandbox, ask, f"receipt_dates={form}", "/receipts")[0]
    spellings = {"created", "created_at", "valid_until", "validUntil"}
    assert spellings & set(row) == names


def test_invoices_without_id(sandbox, ask):
    rows = rows_under(sandbox, ask, "ids=uuid_only")
    assert all("id" not in row and row["uuid"].startswith("invoice_") for row in rows)
    assert all(row["id"] == row["uuid"] for row in rows_under(sandbox, ask, "ids=same"))


def test_odd_ids_can_be_asked_for(sandbox, ask):
    from urllib.parse import quote

    server = sandbox(quirks=["odd_ids=yes"])
    row = ask(server, "/payments").rows[0]
    assert not row["id"].isascii()
    assert ask(server, f"/payments/{quote(row['id'], safe='')}").json["data"] == row
    by_client = ask(server, "/payments", client_id=row["client"]["id"], limit=100).rows
    assert row in by_client


@pytest.mark.parametrize(("form", "end"), [("null", {"next": None}), ("absent", {})])
def test_the_last_page(sandbox, ask, form, end):
    page = ask(sandbox(quirks=[f"last_next={form}"]), "/services", limit=100).json
    assert {k: v for k, v in page.items() if k == "next"} == end


def test_missing_has_more(sandbox, ask):
    assert "has_more" not in ask(sandbox(quirks=["has_more=missing"]), "/payments").json


@pytest.mark.parametrize("form", ["unfiltered", "filtered", "absent", "null", "wrong", "text"])
def test_totals(sandbox, ask, form):
    server = sandbox(quirks=[f"total={form}"])
    size = len(server.truth("team_own", "payments"))
    some = [r for r in ask(server, "/payments", limit=100).rows if r["status"] == "succeeded"]
    page = ask(server, "/payments", status="succeeded").json
    expected = {"filtered": len(some), "absent": "gone", "null": None, "wrong": size + 7}
    expected |= {"text": str(size), "unfiltered": size}
    assert page.get("total_results", "gone") == expected[form]


def test_sat_count(sandbox, ask):
    assert ask(sandbox(quirks=["sat_count=page"]), "/invoices/sat", limit=3).json["count"] == 3
    assert ask(sandbox(quirks=["sat_count=total"]), "/invoices/sat", limit=3).json["count"] > 3


def test_limits(sandbox, ask):
    assert len(ask(sandbox(quirks=["max_limit=4"]), "/payments", limit=50).rows) == 4
    assert ask(sandbox(quirks=["over_limit=refuse"]), "/payments", limit=101).status == 400


def test_date_filters_ignored_misnamed_or_in_another_unit(sandbox, ask):
    late = {"created[gte]": 4_000_000_000}
    assert ask(sandbox(), "/payments", **late).rows == []
    for quirk in ("date_filter=ignored", "date_filter=ms", "date_names=underscores"):
        assert ask(sandbox(quirks=[quirk]), "/payments", **late).rows
    ms = {"created_lte": 1_000}
    assert ask(sandbox(quirks=["date_filter=seconds"]), "/payments", **ms).rows == []
    assert ask(sandbox(quirks=["date_names=brackets"]), "/payments", **ms).rows


def test_sorting(sandbox, ask):
    newest = ask(sandbox(), "/payments").rows[0]
    assert ask(sandbox(quirks=["sort=ignored"]), "/payments", sort="asc").rows[0] == newest
    assert ask(sandbox(quirks=["default_sort=asc"]), "/payments").rows[0] != newest


def test_subsets_in_lists_and_whole_rows_by_id(sandbox, ask):
    server = sandbox(quirks=["list_rows=subset"])
    row = ask(server, "/invoices/income").rows[0]
    assert "items" not in row
    assert set(row["client"]) == {"id", "name", "tax_id"}
    whole = ask(server, f"/invoices/income/{row['id']}").json["data"]
    assert whole["items"]
    assert "legal_name" in whole["client"]
    assert all("items" not in r for r in rows_under(sandbox, ask, "list_rows=no_items"))


def test_null_rows(sandbox, walk):
    server = sandbox(quirks=["null_rows=3"])
    rows = walk(server, "/payments", limit=9)
    assert rows[3] is rows[7] is None
    assert len([row for row in rows if row]) == len(server.truth("team_own", "payments"))


def test_stripe_payments_without_a_total(sandbox, ask):
    rows = rows_under(sandbox, ask, "stripe_totals=missing", "/payments")
    stripe = [row for row in rows if row["payment_processor"] == "stripe"]
    assert stripe
    assert all("total" not in row for row in stripe)
    assert all(isinstance(row["amount"], int) for row in stripe if "amount" in row)
    assert all("total" in row for row in rows if row["payment_processor"] != "stripe")
    assert all(
        "total" in row for row in rows_under(sandbox, ask, "stripe_totals=present", "/payments")
    )


def test_numbers_as_text(sandbox, ask):
    row = rows_under(sandbox, ask, "numbers=text")[0]
    assert Decimal(row["total"]) > 0
    tax = rows_under(sandbox, ask, "tax_numbers=text")[0]["items"][0]["taxes"][0]
    assert isinstance(tax["rate"], str)


def test_client_as_id(sandbox, ask):
    assert all(
        row["client"].startswith("client_") or row["client"].startswith("cus_")
        for row in rows_under(sandbox, ask, "client_form=id", "/payments")
    )


def test_key_order_of_get(sandbox, ask):
    server = sandbox(quirks=["key_order=reversed"])
    row = ask(server, "/payments").rows[0]
    whole = ask(server, f"/payments/{row['id']}").json["data"]
    assert list(whole) == list(row)[::-1]
    assert whole == row


def test_errors_with_status_200(sandbox, ask):
    answer = ask(sandbox(quirks=["errors=ok"]), "/payments/none")
    assert (answer.status, answer.json["success"]) == (200, False)


@pytest.mark.parametrize(
    ("shape", "kind"), [("prose", str), ("object", dict), ("code", str), ("standard", dict)]
)
def test_error_shapes(sandbox, ask, shape, kind):
    body = ask(sandbox(quirks=[f"error_shape={shape}"]), "/payments/none").json
    assert type(body["error"]) is kind


def test_missing_endpoints_and_features(sandbox, ask):
    assert ask(sandbox(quirks=["transfer=missing"]), "/invoices/transfer").status == 404
    assert ask(sandbox(quirks=["sat=forbidden"]), "/invoices/sat").status == 403
    refused = ask(sandbox(quirks=["sat=refused"]), "/invoices/sat")
    assert (refused.status, refused.json["success"]) == (200, False)


def test_auth_forms(sandbox, ask):
    bearer, bare = sandbox(quirks=["auth=bearer"]), sandbox(quirks=["auth=bare"])
    assert [ask(s, "/users").status for s in (bearer, bare)] == [200, 401]
    assert [ask(s, "/users", _scheme="").status for s in (bearer, bare)] == [401, 200]


def test_pretty_and_escaped_json_mean_the_same(sandbox, ask):
    plain, odd = (
        ask(sandbox(quirks=quirks), "/clients")
        for quirks in ([], ["json=pretty", "escapes=unicode"])
    )
    assert odd.json["data"] == plain.json["data"]
    assert b"\n  " in odd.body
    assert odd.body.isascii()


def test_the_keys_own_team_may_be_unlisted(sandbox, ask):
    server = sandbox(quirks=["own_team=absent"])
    assert "team_own" not in {row["id"] for row in ask(server, "/teams").rows}
    assert ask(server, "/teams/team_own").status == 200


@pytest.mark.parametrize("form", ["local", "storage", "base64", "missing"])
def test_files(sandbox, ask, form):
    server = sandbox(quirks=[f"files={form}"])
    row = next(r for r in ask(server, "/invoices/income", limit=100).rows if r["uuid"])
    link = ask(server, f"/invoices/{row['id']}/files").json["data"]["xml"]
    starts = {"local": server.origin, "storage": "https://", "base64": "PD94", "missing": "None"}
    assert str(link).startswith(starts[form])


def test_hidden_rows_are_missing_from_lists_alone(sandbox, ask, walk):
    server = sandbox(quirks=["hidden=0.3"])
    truth = server.truth("team_own", "payments")
    hidden = set(truth) - {row["id"] for row in walk(server, "/payments", limit=20)}
    assert 0 < len(hidden) < len(truth)
    assert ask(server, f"/payments/{hidden.pop()}").status == 200


def insert(server, ask, stream="payments", **given):
    body = json.dumps({"action": "insert", "stream": stream, **given})
    return ask(server, "/_control/mutate", _method="POST", _body=body).json["ids"][0]


def listed(server, ask):
    return {row["id"] for row in ask(server, "/payments", limit=100).rows}


def test_rows_listed_some_requests_late(sandbox, ask):
    server = sandbox(quirks=["late_requests=2"])
    assert listed(server, ask)
    new = insert(server, ask)
    assert [new in listed(server, ask) for _ in range(4)] == [False, False, True, True]


def test_rows_listed_and_found_some_seconds_late(sandbox, ask):
    server = sandbox(quirks=["late_seconds=3600", "search_lag=3600"])
    young, old = insert(server, ask, age=10), insert(server, ask, age=7200)
    assert [new in listed(server, ask) for new in (young, old)] == [False, True]
    assert [ask(server, "/payments/search", q=new).json["found"] for new in (young, old)] == [0, 1]


def test_clock_skew(sandbox, ask):
    from email.utils import parsedate_to_datetime as read

    plain, odd = (ask(sandbox(quirks=q), "/users") for q in ([], ["clock_skew=86400"]))
    ahead = read(odd.headers["Date"]) - read(plain.headers["Date"])
    assert 86_390 < ahead.total_seconds() < 86_420


@pytest.mark.parametrize("preset", ["everything", "worst"])
def test_all_at_once_still_shows_every_row(sandbox, walk, preset):
    server = sandbox(quirks=[preset])
    for stream in ("invoices_income", "payments", "receipts", "clients", "invoices_sat"):
        truth = server.truth("team_own", stream)
        rows = [r for r in walk(server, "/" + stream.replace("_", "/", 1), limit=100) if r]
        assert {row.get("id") or row["uuid"] for row in rows} == set(truth)


def test_every_quirk_is_described_with_its_default_as_a_choice():
    described = describe_quirks()
    assert [name for name, *_ in described] == [quirk.name for quirk in fields(Quirks)]
    for name, default, choices, about in described:
        assert about
        if "|" in choices:
            assert default in choices.split("|")
            for choice in choices.split("|"):
                assert parse_quirk(f"{name}={choice}") == (name, choice)


@pytest.mark.parametrize(
    "text", ["nonsense=1", "cursor", "cursor=sideways", "max_limit=many", "hidden="]
)
def test_unreadable_quirks_name_what_is_possible(text):
    with pytest.raises(UsageError) as caught:
        parse_quirks([text])
    assert caught.value.hint


def test_presets_can_be_refined():
    quirks = parse_quirks(["everything", "ids=both", "max_limit=5"])
    assert (quirks.ids, quirks.max_limit, quirks.json) == ("both", 5, "pretty")
