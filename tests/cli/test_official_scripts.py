"""Shell scripts written for the official command line, as they stand, in a real shell.

Where there is no `jq`, Python takes its place. The examples of the official README that read a
list as a bare array are written as its version 0.3 asks for: the rows are in `.data`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="scripts for a POSIX shell")
Shell = Callable[..., "subprocess.CompletedProcess[str]"]
JQ = shutil.which("jq")
SHIM = """#!/bin/sh
case "$ASK $* " in
"live explain "*|live*" list "*|live*" get "*|live*" search "*) set -- "$@" --live ;;
esac
exec {python} -m gigstack_sync "$@"
"""
PICK = """#!{python}
import functools, json, re, sys
names = re.findall("[A-Za-z_0-9]+", sys.argv[1])
step = lambda found, name: found[int(name) if isinstance(found, list) else name]
print(functools.reduce(step, names, json.load(sys.stdin)))
"""


@pytest.fixture
def shell(home: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Run a script with `gigstack` on its path, and `pick .a.b` for one value of a document."""
    tools = home / "bin"
    tools.mkdir()
    texts = {"gigstack": SHIM, "pick": '#!/bin/sh\nexec jq -r "$1"\n' if JQ else PICK}
    for name, text in texts.items():
        (tools / name).write_text(text.format(python=sys.executable) if "{" in text else text)
        (tools / name).chmod(0o700)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))

    def run(script: str, ask: str = "") -> subprocess.CompletedProcess[str]:
        line = ["sh", "-ceu", script]
        known = {**os.environ, "ASK": ask}
        return subprocess.run(line, env=known, capture_output=True, text=True, check=False)

    return run


class Query(NamedTuple):
    """What a script does with a document `d`."""

    jq: str
    python: str

    @property
    def text(self) -> str:
        """As a part of a pipe."""
        if JQ:
            return f"jq -c '{self.jq}'"
        return f'{sys.executable} -c "import json,sys; d=json.load(sys.stdin); {self.python}"'


OWED = Query(
    '[.data[] | select(.payment_method == "PPD" and .last_balance > 0) | .uuid]',
    "print([r['uuid'] for r in d['data'] if r['payment_method'] == 'PPD' and r['last_balance']])",
)
ROWS = Query(
    ".data[] | {uuid, total, status}",
    "[print(r['uuid'], r['total'], r['status']) for r in d['data']]",
)
IDS = Query("[.data[].id]", "print([r['id'] for r in d['data']])")
SENDERS = Query(
    "[.data[] | {uuid, rfc: .issuer.rfc}]",
    "print([(r['uuid'], r['issuer']['rfc']) for r in d['data']])",
)
READS = {
    "what is owed": f"gigstack invoices list --json | {OWED.text}",
    "uuid, total and status": f"gigstack invoices list --json | {ROWS.text}",
    "a period": f"gigstack invoices list --json --from 2026-08 --to 2026-10 | {ROWS.text}",
    "from 90 days ago": f"gigstack payments list --from 90d --limit 50 --json | {IDS.text}",
    "the oldest first": f"gigstack receipts list --sort asc --limit 100 --json | {IDS.text}",
    "suppliers": f"gigstack invoices sat list --direction received --type I --json"
    f" | {SENDERS.text}",
    "find, then get": """
        id=$(gigstack clients search n@b.mx --json | pick .data[0].id)
        gigstack clients get "$id" --json | pick .legal_name
        gigstack explain "$id" --json | pick .type
    """,
    "page by page": f"""
        next=
        while :; do
            page=$(gigstack payments list --json --limit 100 ${{next:+--next "$next"}})
            printf '%s' "$page" | {IDS.text}
            case $(printf '%s' "$page" | pick .has_more) in [Tt]rue) ;; *) break ;; esac
            next=$(printf '%s' "$page" | pick .next)
        done
    """,
}


@pytest.mark.parametrize("name", READS)
def test_mirror_and_api_give_a_script_the_same(shell: Shell, served: Any, name: str) -> None:
    mine = shell(READS[name])
    assert (mine.returncode, len(served.requests)) == (0, 0), mine.stderr
    theirs = shell(READS[name], "live")
    assert len(served.requests) > 0
    assert mine.stdout == theirs.stdout
    assert len(mine.stdout) > 3
    if name == "page by page":
        pages = [json.loads(line.replace("'", '"')) for line in mine.stdout.splitlines()]
        ids = [each for page in pages for each in page]
        assert sorted(ids) == sorted(served.truth("team_own", "payments"))


def test_reports_are_read_as_before(shell: Shell, served: Any) -> None:
    done = shell(
        """
        gigstack status --json > status.json
        for path in .invoices.valid .invoices.pue.count .payments.succeeded_amount \\
            .receipts.pending .cobranza.ppd_pending .cobranza.aging.over90.amount .team.tax_id
        do pick $path < status.json; done
        gigstack forecast --months 6 --json > forecast.json
        for path in .period .revenue.monthly_average_6m .collections_risk.high_risk.count \\
            .eom_estimate.pending_receipts .cash_flow.total_expected
        do pick $path < forecast.json; done
        gigstack whoami --json | pick .RFC
        gigstack context payments --json | pick .title
        gigstack context descarga_masiva_sat --json | pick .summary
        gigstack context --all --json | pick .topics.cobranza.title
        """
    )
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines)) == (0, 16), done.stderr
    assert not {"null", "None", ""} & set(lines)
    assert lines[6] == lines[12]  # the RFC, by status and by whoami


def test_exports_are_redirected_as_before(shell: Shell, served: Any, home: Path) -> None:
    done = shell(
        """
        gigstack export invoices --from 2026-08 --to 2026-10 > invoices.csv
        gigstack export payments --from 2020-01 --status succeeded --format json > payments.json
        gigstack export clients > clients.csv
        head -n 1 invoices.csv clients.csv
        """
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "uuid,status,payment_method,payment_form,client_name," in done.stdout
    assert "id,legal_name,tax_id,email,tax_system,use,zip,is_valid,created_at" in done.stdout
    paid = map(json.loads, served.truth("team_own", "payments").values())
    wanted = {row["id"] for row in paid if row["status"] == "succeeded"}
    assert {row["id"] for row in json.loads((home / "payments.json").read_text())} == wanted


ITEM = {"description": "Web", "quantity": 40, "unit_price": 500, "product_key": "84111506"}
ITEM |= {"unit_key": "HUR", "taxes": [{"type": "IVA", "rate": 0.16, "factor": "Tasa"}]}
WRITES = """
    client=$(gigstack clients create --name "Mi Empresa SA de CV" --rfc EKU9003173C9 \\
        --email billing@company.com --tax-system 601 --zip 06600 --json | pick .id)
    uuid=$(gigstack invoices create --client $client --items "$ITEMS" --payment-form 03 \\
        --payment-method PUE --send-email --json | pick .uuid)
    gigstack invoices files $uuid --json | pick .pdf
    gigstack invoices cancel $uuid --motive 02
    gigstack payments request --client $client --items "$ITEMS" --methods card,bank,oxxo \\
        --send-email --json | pick .status
    gigstack payments register --client $client --items "$ITEMS" --payment-form 03 --json |
        pick .status
    gigstack services create --description Monthly --price 10000 --product-key 84111506 \\
        --unit-key E48 --iva --json | pick .id
    hook=$(gigstack webhooks create --url https://example.com/webhook \\
        --events invoice.created,payment.succeeded --json | pick .id)
    gigstack webhooks delete $hook
    echo '{"email":"c@co.com","name":"Ana","description":"Consulting","amount":5000}' |
        gigstack pay --stdin --json | pick .status
"""


def test_a_day_of_changes_in_test_mode(
    shell: Shell, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = sandbox(invoices=5, months=1)
    server.world.now = int(time.time())
    server.world.teams["team_own"].livemode = False
    monkeypatch.setenv("GIGSTACK_BASE_URL", server.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key)
    monkeypatch.setenv("ITEMS", json.dumps([ITEM]))
    done = shell(WRITES)
    assert done.returncode == 0, done.stderr
    assert [r.status for r in server.requests if r.method != "GET" and r.status >= 400] == []
    assert sum(r.method != "GET" for r in server.requests) == 9
    assert "null" not in done.stdout.split()


def test_a_script_notices_what_fails(shell: Shell, served: Any) -> None:
    done = shell(
        """
        if gigstack invoices get nope --json > answer.json; then exit 9; fi
        pick .error.code < answer.json
        gigstack clients create --json > answer.json || echo $?
        export GIGSTACK_API_KEY=none-that-anyone-issued
        gigstack clients list --json --live > answer.json || echo $?
        """
    )
    assert (done.returncode, done.stdout.split()) == (0, ["not_found", "2", "4"]), done.stderr
