"""Each command derived from the API, run against a sandbox: what it asks, and what became of it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gigstack_sync.api.client import Client
from gigstack_sync.cli.operations_op import Branch, Op
from gigstack_sync.cli.operations_parameters import Parameters
from gigstack_sync.cli.operations_tree import TREE
from gigstack_sync.cli.operations_write import look
from gigstack_sync.sandbox.business import found_business
from gigstack_sync.sandbox.server import Server

DATA = Path(__file__).parents[1] / "data"
ITEM = {"description": "Asesoría", "quantity": 1, "unit_price": 100.10, "product_key": "80141503"}
ITEM |= {"unit_key": "E48", "taxes": [{"type": "IVA", "rate": 0.16, "factor": "Tasa"}]}
TAX = {"tax": "ISR", "base": 1000, "amount": 12.50}

RUNS = (DATA / "commands.txt").read_text().splitlines()


def leaves(branch: Branch, path: str) -> Iterator[str]:
    """Every command below a group, and the group itself where it does something."""
    if branch.default:
        yield path
    for name, entry in branch.entries.items():
        if isinstance(entry, Branch):
            yield from leaves(entry, f"{path} {name}")
        else:
            yield f"{path} {name}"


COMMANDS = [path for name, branch in TREE.items() for path in leaves(branch, name)]


def methods(branch: Branch) -> Iterator[str]:
    for entry in branch.entries.values():
        yield from methods(entry) if isinstance(entry, Branch) else [entry.method]


def command_of(line: str) -> str:
    """The command a line runs: the longest one it begins with."""
    words = line.partition("|")[0].split()
    return max((c for c in COMMANDS if words[: len(c.split())] == c.split()), key=len)


def op_of(command: str) -> Op:
    """The tree's entry of a command."""
    first, *names = command.split()
    entry: Any = TREE[first]
    for name in names:
        entry = entry.entries[name]
    return entry.default if isinstance(entry, Branch) else entry


def test_every_command_is_run_here() -> None:
    assert set(COMMANDS) == {command_of(line) for line in RUNS}


def test_every_operation_has_a_command() -> None:
    lines = [x for x in (DATA / "operations.txt").read_text().splitlines() if x and x[0] != "#"]
    known = {line.split()[2].partition(".")[2] for line in lines}
    reached = [method for branch in TREE.values() for method in methods(branch)]
    assert known == {method.rpartition(".")[2] for method in reached}
    assert len(lines) == len(set(reached))


WRITES = [c for c in COMMANDS if Parameters.of(op_of(c)).is_write]


@pytest.mark.parametrize("command", WRITES)
def test_the_command_that_shows_what_became_of_it_exists(command: str) -> None:
    op = op_of(command)
    places = [field for field in Parameters.of(op).fields if not field.is_option]
    shown = look(command, op, ["ID" for _ in places]).removeprefix("Look: gigstack ")
    assert command_of(shown) != command
    assert shown.removeprefix(command_of(shown)) in {"", " ID", " --limit 5"}


class Ids(dict[str, str]):
    """Ids fit for the commands, each found or made when it is first named."""

    def __init__(self, server: Server, client: Client) -> None:
        self.server, self.client = server, client

    def __missing__(self, name: str) -> str:
        self[name] = getattr(self, f"find_{name}", lambda: self.first(name))()
        return self[name]

    def first(self, name: str) -> str:
        stream = {"complement": "invoices_payment"}.get(name, f"{name}s")
        return next(iter(self.server.truth("team_own", stream)))

    def make(self, resource: Any, **more: Any) -> str:
        return str(resource(client=self["client"], items=[_exact(ITEM)], **more)["id"])

    def find_client(self) -> str:
        whole = {"tax_id": "EKU9003173C9", "tax_system": "601", "email": "a@b.mx"}
        made = self.client.clients.create(name="Cliente", address={"zip": "06600"}, **whole)
        return str(made["id"])

    def find_invoice(self) -> str:
        return self.make(self.client.invoices.income.create)

    def find_complement_body(self) -> str:
        ppd = self.make(self.client.invoices.income.create, payment_method="PPD")
        body = {"payment_form": "03", "invoices": [{"id": ppd, "amount": 0.10}]}
        return shlex.quote(json.dumps(body))

    def find_draft(self) -> str:
        return self.make(self.client.invoices.draft.create)

    def find_transfer(self) -> str:
        return self.make(self.client.invoices.transfer.create)

    def find_receipt(self) -> str:
        return self.make(self.client.receipts.create)

    def find_closed(self) -> str:
        self.client.receipts.cancel(self["receipt"])
        return self["receipt"]

    def find_egress(self) -> str:
        return self.make(self.client.invoices.egress.create)

    def find_asked(self) -> str:
        return self.make(self.client.payments.request)

    def find_paid(self) -> str:
        return self.make(self.client.payments.register, payment_form="03")

    def find_sat(self) -> str:
        return str(next(r["uuid"] for r in self.client.invoices.sat.iterate() if r["has_xml"]))

    def find_request(self) -> str:
        made = self.client.invoices.downloads.request(
            start_date="2026-10-01", end_date="2026-10-31"
        )
        self.server.world.live_days(1)
        return str(made["id"])

    def find_job(self) -> str:
        from decimal import Decimal

        made = self.client.invoices.downloads.import_xml(
            uuids=[self["sat"]] * 2, confirm_cost_mxn=Decimal("0.40")
        )
        return str(made["id"])

    def find_retention(self) -> str:
        made = self.client.retentions.create(
            client=self["client"],
            retention_key="26",
            period=(1, 3, 2026),
            total_operation=1000,
            taxes=[{"tax": "ISR", "base": 1000, "amount": 12}],
        )
        return str(made["id"])

    def find_document(self) -> str:
        return str(
            self.client.payments.add_document(
                self["paid"], file=Path("constancia.pdf"), document_type="contract"
            )["id"]
        )

    def find_user(self) -> str:
        return str(self.client.users.create(email="x@b.mx")["id"])

    def find_team(self) -> str:
        return "team_own"

    def find_other_team(self) -> str:
        return str(self.client.teams.create(name="Otra")["id"])


def _exact(item: dict[str, Any]) -> Any:
    from gigstack_sync.api.decode import decode

    return decode(json.dumps(item).encode())


@pytest.fixture(scope="module")
def account() -> Iterator[tuple[Server, Client]]:
    with (
        Server(found_business(invoices=60, months=6)) as server,
        Client(server.key, base_url=server.url) as client,
    ):
        yield server, client


@pytest.fixture
def here(account: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The variables point at the account, and the files that commands read are there."""
    server = account[0]
    monkeypatch.setenv("GIGSTACK_BASE_URL", server.url)
    monkeypatch.setenv("GIGSTACK_API_KEY", server.key)
    (home / "items.json").write_text(json.dumps([ITEM]))
    (home / "constancia.pdf").write_bytes(
        b"%PDF-1.4\nRFC: EKU9003173C9\nNombre: Escuela Kemper\nCP: 26015\n%%EOF"
    )
    return account


@pytest.mark.parametrize("line", RUNS, ids=[line.partition(" | ")[0][:60] for line in RUNS])
def test_each_command_asks_what_it_should_and_prints_one_document(
    line: str, gigstack: Any, here: Any
) -> None:
    server, ids = here[0], Ids(*here)
    typed, _, expected = line.partition(" | ")
    arguments = shlex.split(typed.format_map(ids))
    method, path = expected.format_map(ids).split()
    server.reset_log()
    op = op_of(command_of(line))
    more = ["--yes"] if Parameters.of(op).is_write else ["--live"] if op.records else []
    done = gigstack(*arguments, *more, "--json")
    assert done.code == 0
    assert done.err in {"", "There is no mirror to show this in; gigstack sync makes one.\n"}
    assert isinstance(done.json, dict)
    assert (method, f"/v2{path}") in [(r.method, r.path) for r in server.requests]


SAMPLE = re.compile(r"[a-z]+_[0-9][A-Z0-9]*|6741A863-[0-9A-F-]{27}")


def filled(line: str, ids: Ids) -> list[str]:
    """An example's words, its ids in the place of which this account has."""
    command = command_of(line)
    [run] = [run for run in RUNS if command_of(run) == command]
    ours = iter(re.findall(r"\{([a-z_]+)\}", run.partition("|")[0]))
    words = shlex.split(line)
    return [ids[next(ours, "invoice")] if SAMPLE.fullmatch(word) else word for word in words]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_of_each_command_do_what_they_say(
    command: str, gigstack: Any, here: Any, home: Path
) -> None:
    files = {"concepts": [ITEM], "taxes": [TAX], "settings": {"use": "G01"}}
    for name, content in files.items():
        (home / f"{name}.json").write_text(json.dumps(content))
    if command.startswith("invoices sat "):
        here[1].invoices.downloads.activate()
    parameters = Parameters.of(op_of(command))
    for example in parameters.examples(command):
        line, ids = example.removeprefix("$ gigstack "), Ids(*here)
        if "complement.json" in line:
            (home / "complement.json").write_text(shlex.split(ids["complement_body"])[0])
        is_rehearsal = "--dry-run" in line
        words = shlex.split(line) if is_rehearsal else filled(line, ids)
        yes = ["--yes"] if parameters.is_write else []
        here[0].reset_log()
        done = gigstack(*words, *yes)
        assert done.code == 0, (line, done.err)
        assert bool(here[0].requests) is not is_rehearsal
