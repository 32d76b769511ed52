"""Every text a person may read is in the Spanish catalogue, and nothing else is."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from gigstack_sync import errors
from gigstack_sync.cli import language
from gigstack_sync.cli.app import COMMANDS, load, root
from gigstack_sync.reports.check import checks
from gigstack_sync.store.sqlfiles import header

PACKAGE = Path(language.__file__).parents[1]
SPANISH: dict[str, dict[str, str]] = json.loads(language.CATALOGUE.read_text(encoding="utf-8"))
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
SAID_LATER = {"errors", "warnings", "notices", "notes"}
"""Lists of a run's report: what is appended to them is shown."""
PARTS = {
    "Trouble": 0,
    "unreachable": 0,
    "unknown_outcome": 0,
    "NotHonoured": 0,
    "_damaged": 1,
    "Projection": 1,
    "StreamPlan": 1,
    "_change_method": 0,
}
"""What makes a part of a message or report, and which of its arguments that is."""
TYPERS = (
    "No such option: {option}",
    "No such option: {option} (Possible options: {options})",
    "No such option: {option} Did you mean {options}?",
    "No such command {name}.",
    "No such command {name}. Did you mean {names}?",
    "Missing command.",
    "Missing argument {name}.",
    "Missing option {name}.",
    "Missing argument {name}. Choose from:\n\t{choices}",
    "Missing option {name}. Choose from:\n\t{choices}",
    "Invalid value for {name}: {reason}",
    "Option {name} requires an argument.",
    "Option {name} requires {count} arguments.",
    "Option {name} does not take a value.",
    "Got unexpected extra argument(s) ({arguments})",
)
"""What Typer says of a command line it cannot read."""
DATA = (
    # states, and what became of something
    "valid", "cancelled", "pending", "processing", "succeeded", "failed", "refunded", "invoiced",
    "expired", "draft", "absent", "too recent", "gone", "new", "returned", "amount", "missing",
    "late", "missed", "undecided", "inserted", "updated", "deleted", "issued", "received",
    "payment", "ok", "partial", "failure", "usage", "auth", "network", "running", "storage",
    "differences", "interrupted", "terminated", "stable", "growing", "declining", "all records",
    "only in the mirror", "only on the server", "different body",
    # of what the doctor looks at
    "version", "settings", "credentials", "path", "database", "mirror", "folder", "disk",
    "last sync", "freshness", "key", "api", "clock", "company", "sat", "csd",
    "invoices income", "invoices egress", "invoices payment", "invoices transfer",
    "invoices draft", "invoices sat", "payments", "receipts", "clients", "services", "webhooks",
    "teams",
    # reasons that an operating system gives
    "Permission denied", "No such file or directory", "Is a directory", "Not a directory",
    "No space left on device", "Read-only file system", "File exists", "Connection refused",
    "[Errno 111] Connection refused", "timed out", "once", "{tries} times", "It was not repeated.",
    "It was sent {tries} times.", "none yet", "live", "test",
)  # fmt: skip
"""Words of records and reports, which a person reads in tables and sentences."""
NOTES = (
    "pays {count} invoices, overdue by {days} days",
    "pays {count} invoices, {days} days left",
    "overdue by {days} days",
    "{days} days left",
    "refunded, and the invoice stands in full",
    "a note that names no document",
    "a note on an invoice that is not in this mirror",
    "credited {amount} of {total}",
    "same client and total as another of the same day",
    "same client and total as one {days} days before",
    "same client and amount within 24 hours",
    "repeated: {folio}",
    "missing: {folio}",
    "in gigstack, {count} records",
    "in SAT's records, {count} of them",
    "{state} at SAT, stamped elsewhere",
    "stamped after gigstack was looked at",
    "from before gigstack was in use, or not yet mirrored",
    "{state} in gigstack",
    "too recent: SAT's records may lag",
    "outside the days that SAT's records cover",
    "cancelled at SAT on {day}",
    "cancellation asked for on {day}",
    "an unknown day",
    "gigstack {total}, SAT {sat}",
    "different {fields}",
    "cancelled on {day}, after the month's return",
    "cancelled on {day}, before the month's return",
    "cancelled on {day}; the month was to be declared by {limit}",
    "{method} by form {form}",
    "the substitute is at SAT only; its XML tells what it replaces",
    "no substitute named",
    "the substitute named is not in force, or does not name this one",
    "PUE collected in part",
    "PUE without payment",
    "PPD overdue by {days} days",
    "its invoice is cancelled or gone",
    "its receipt was not invoiced",
    "no invoice and no receipt",
    "SAT's records",
    "SAT's list 69-B",
    "SAT's table of uses",
)
"""What the views of the conciliation say of a row."""
REPORTS = (
    "{name}: {note}",
    "invoiced, this month",
    "invoiced, next 3 months",
    "collected, this month",
    "collected, next 3 months",
    "owed, collected in {days} days",
    "A past cut is rebuilt from dates; refunds, failures and expiries are as known today.",
    "{later} documents dated after {as_of} are left out.",
    "nothing: the whole account is fetched again",
    "the published copy {path}",
)


def holes(text: str) -> list[str]:
    return re.findall(r"\{(\w+)~?(?::[^}]*)?\}", text)


def shape(text: str) -> str:
    """A template without the names of its holes."""
    return re.sub(r"\{\w+~?\}", "{}", text)


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}


def named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def literals(names: set[str], which: slice) -> set[str]:
    """Texts given to the functions of these names in the command line."""
    return {
        argument.value
        for path, tree in trees().items()
        if path.parent.name == "cli"
        for call in calls(tree)
        if named(call.func) in names
        for argument in call.args[which]
        if isinstance(argument, ast.Constant)
    }


def hole(node: ast.expr) -> str:
    """A name for what stands in a hole of an f-string."""
    inner = [n for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute))]
    return next((re.sub(r"\W", "", named(n)).strip("_") or "part" for n in inner), "part")


def templates(node: ast.expr, scope: ast.Module) -> Iterator[str]:
    """What an expression may say: constants, f-strings, and either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        seen: dict[str, int] = {}
        parts = []
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                if isinstance(value.value, ast.Name) and value.value.id.isupper():
                    inner = [*assigned(value.value.id, scope)]
                    if len(inner) == 1 and isinstance(inner[0], ast.Constant):
                        parts.append(str(inner[0].value))
                        continue
                name = hole(value.value)
                seen[name] = seen.get(name, 0) + 1
                parts.append(f"{{{name}{seen[name] if seen[name] > 1 else ''}}}")
            elif isinstance(value, ast.Constant):
                parts.append(value.value)
        yield "".join(parts)
    elif isinstance(node, ast.IfExp):
        yield from (t for side in (node.body, node.orelse) for t in templates(side, scope))
    elif isinstance(node, ast.BoolOp):
        yield from (t for side in node.values for t in templates(side, scope))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        rights = [*templates(node.right, scope)] or ["{more}"]
        yield from (a + b for a in templates(node.left, scope) for b in rights)
    elif isinstance(node, ast.Name):
        yield from (t for value in assigned(node.id, scope) for t in templates(value, scope))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from (t for value in returned(node.func.id, scope) for t in templates(value, scope))
    elif isinstance(node, (ast.Tuple, ast.List)):
        yield from (t for value in node.elts for t in templates(value, scope))


def assigned(name: str, scope: ast.Module) -> Iterator[ast.expr]:
    """What a name of the module is given, wherever."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=True)
                    yield from (v for t, v in pairs if isinstance(t, ast.Name) and t.id == name)
        elif isinstance(node, ast.AnnAssign) and node.value and named(node.target) == name:
            yield node.value


def returned(name: str, scope: ast.Module) -> Iterator[ast.expr]:
    """What a function of the module returns."""
    for node in ast.walk(scope):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            yield from (
                each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value
            )


def said(call: ast.Call, scope: ast.Module) -> list[ast.expr]:
    """The arguments of a call that a person will read."""
    name = named(call.func)
    chosen = {named(n) for v in assigned(name, scope) for n in ast.walk(v) if isinstance(n, ast.Name)}
    hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"]
    if name in ERRORS or chosen & ERRORS:
        return [*call.args[:1], *hints]
    if name in PARTS:
        which = PARTS[name]
        return [*call.args[which : which + 1], *hints]
    if name == "append" and isinstance(call.func, ast.Attribute):
        return call.args if named(call.func.value) in SAID_LATER else []
    return []


def messages() -> set[str]:
    """Templates of errors, hints, warnings and notes of all layers."""
    found = set()
    for tree in trees().values():
        for call in calls(tree):
            for argument in said(call, tree):
                found.update(templates(argument, tree))
    found = {text for text in found if re.search("[a-z]{2}", shape(text).replace("{}", ""))}
    return found | {*TYPERS, *DATA, *NOTES, *REPORTS, *claims(), *events()}


def claims() -> set[str]:
    """What each check of the mirror claims."""
    return {header(statement).comment for statement in checks().values()}


def events() -> set[str]:
    """What may happen to the invented business."""
    return {
        text
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and named(node.value) == "tally"
        for text in templates(node.slice, tree)
    }


def commands(command: Any) -> Iterator[Any]:
    """A command and all below it."""
    yield command
    for child in getattr(command, "commands", {}).values():
        if child is not None:
            yield from commands(child)


@cache
def tree() -> list[Any]:
    return [root(), *(c for name in COMMANDS for c in commands(load(name)))]


def prose(text: str | None) -> Iterator[str]:
    """Paragraphs of a help text, without its examples."""
    kept = [x for x in (text or "").strip().splitlines() if not x.strip().startswith("$ ")]
    for paragraph in "\n".join(kept).strip().split("\n\n"):
        yield " ".join(paragraph.split())


def parameters() -> Iterator[Any]:
    for command in tree():
        yield from command.params
        yield command.get_help_option(typer.Context(command))


def help_texts() -> set[str]:
    listed = {text for e in COMMANDS.values() if e.section for text in (e.section, e.help)}
    told = {text for command in tree() for text in prose(command.help)}
    options = {text for param in parameters() for text in prose(getattr(param, "help", ""))}
    return (listed | told | options) - {""}


def metavars() -> set[str]:
    shown = [str(param.metavar or "") for param in parameters()]
    return {word for text in shown for word in re.findall("[A-Z]{2,}", text)}


def wanted() -> dict[str, set[str]]:
    """Everything the catalogue must have, by section."""
    return {
        "texts": literals({"tr", "marked"}, slice(1)),
        "headings": literals({"heads"}, slice(None)) - {""},
        "messages": messages(),
        "help": help_texts(),
        "metavars": metavars() | {"OPTIONS", "COMMAND"},
    }
