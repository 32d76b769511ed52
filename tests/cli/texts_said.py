"""Every text of the program that a person may read, found in its source and its live commands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from gigstack_sync import errors
from gigstack_sync.cli import language
from gigstack_sync.cli.app import COMMANDS, load, root
from gigstack_sync.cli.operations_op import Branch, Op
from gigstack_sync.cli.operations_show import _NAMES
from gigstack_sync.cli.operations_tree import TREE
from gigstack_sync.reports.check import checks
from gigstack_sync.sandbox.faults import describe_faults
from gigstack_sync.sandbox.quirks import describe_quirks
from gigstack_sync.store.sqlfiles import header

PACKAGE = Path(language.__file__).parents[1]
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
    "NotHere": 0,
    "Finding": 0,
}
"""What makes a part of a message or report, and which of its arguments that is."""


@cache
def wanted() -> dict[str, set[str]]:
    """Everything the catalogue must have, by section."""
    return {
        "texts": literals({"tr", "marked"}, slice(1)),
        "headings": (literals({"heads"}, slice(None)) | columns()) - {""},
        "messages": {
            *messages(),
            *TYPERS,
            *DATA,
            *NOTES,
            *REPORTS,
            *claims(),
            *events(),
            *sandboxes(),
        },
        "help": help_texts(),
        "metavars": metavars() | {"OPTIONS", "COMMAND"},
    }


def shape(text: str) -> str:
    """A template without the names of its holes."""
    return re.sub(r"\{\w+~?\}", "{}", text)


@cache
def trees() -> dict[Path, ast.Module]:
    """The package's modules, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}


def named(node: ast.AST) -> str:
    """A name, or the last part of a dotted one."""
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def nodes(tree: ast.AST, kind: type[ast.AST]) -> Iterator[Any]:
    """Every node of a kind."""
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def literals(names: set[str], which: slice) -> set[str]:
    """Texts given to the functions of these names in the command line."""
    return {
        argument.value
        for path, tree in trees().items()
        if path.parent.name == "cli"
        for call in nodes(tree, ast.Call)
        if named(call.func) in names
        for argument in call.args[which]
        if isinstance(argument, ast.Constant)
    }


NOT_YET: set[str] = set()
"""Modules whose sentences still wait to be translated."""


SAYING = {"print", "say", "chat", "detail", "_tell", "ok", "note", "wrong"}


def untranslated() -> list[str]:
    """Literal words in what the command line prints or narrates, but for what is to be typed."""
    found = []
    for path, tree in trees().items():
        if path.parent.name == "cli" and path.name not in NOT_YET:
            said = (c for c in nodes(tree, ast.Call) if named(c.func) in SAYING)
            found += [f"{path.name}: {text}" for call in said for text in spoken(call.args)]
    return [text for text in found if not re.search(r":\s+(gigstack|export|last sync)", text)]


def spoken(arguments: list[ast.expr]) -> Iterator[str]:
    """Constants of several words among the arguments, in f-strings too."""
    for argument in arguments:
        values = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        for value in values:
            if isinstance(value, ast.Constant) and re.search(
                r"[a-z]{2} ?\w* [a-z]", str(value.value)
            ):
                yield str(value.value)


# Errors, hints, warnings and notes: f-strings as templates


@cache
def error_names() -> set[str]:
    """The error tree and what other modules derive from it."""
    found = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    classes = [c for tree in trees().values() for c in nodes(tree, ast.ClassDef)]
    for _ in range(2):
        found |= {c.name for c in classes if any(named(base) in found for base in c.bases)}
    return found - {"Exception"}


def messages() -> set[str]:
    """Templates of what all layers raise, warn of and note."""
    found = set()
    for tree in trees().values():
        for scope in nodes(tree, ast.FunctionDef):
            for call in nodes(scope, ast.Call):
                for argument in said(call, Scope(tree, scope)):
                    found.update(templates(argument, Scope(tree, scope)))
        for table in Scope(tree, tree).assigned("_KNOWN"):
            for row in getattr(table, "elts", []):
                found.update(t for e in row.elts[2:] for t in templates(e, Scope(tree, tree)))
    return {text for text in found if re.search("[a-z]{2}", shape(text).replace("{}", ""))}


def said(call: ast.Call, scope: Scope) -> list[ast.expr]:
    """The arguments of a call that a person will read."""
    name = named(call.func)
    hints = [keyword.value for keyword in call.keywords if keyword.arg == "hint"]
    chosen = {named(n) for value in scope.assigned(name) for n in nodes(value, ast.Name)}
    if ({name} | chosen) & error_names():
        return [*call.args[:1], *hints]
    if name in PARTS:
        return [*call.args[PARTS[name] : PARTS[name] + 1], *hints]
    if name == "append" and named(call.func.value) in SAID_LATER:  # type: ignore[attr-defined]
        return call.args
    return []


class Scope:
    """Where names are looked up: in a function, else in its module."""

    def __init__(self, module: ast.Module, function: ast.AST) -> None:
        self.module, self.function = module, function

    def assigned(self, name: str) -> list[ast.expr]:
        """What a name is given in the function, or else at the top of the module."""
        here = [*assignments(self.function, name)]
        if here or self.function is self.module:
            return here
        top = [node for node in self.module.body if isinstance(node, (ast.Assign, ast.AnnAssign))]
        return [value for node in top for value in assignments(node, name)]

    def returned(self, name: str) -> Iterator[ast.expr]:
        """What a function of the module returns."""
        for function in nodes(self.module, ast.FunctionDef):
            if function.name == name:
                yield from (each.value for each in nodes(function, ast.Return) if each.value)


def assignments(tree: ast.AST, name: str) -> Iterator[ast.expr]:
    """Values given to a name in a tree, alone or as one of a tuple."""
    for node in nodes(tree, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
                yield from (value for each, value in pairs if named(each) == name)
            elif named(target) == name:
                yield node.value
    for node in nodes(tree, ast.AnnAssign):
        if node.value and named(node.target) == name:
            yield node.value


def templates(node: ast.expr, scope: Scope) -> Iterator[str]:
    """What an expression may say: constants, f-strings, and either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield filled(node, scope)
    elif isinstance(node, ast.BinOp):
        rights = [*templates(node.right, scope)]
        yield from (a + b for a in templates(node.left, scope) for b in rights)
    else:
        for part in parts(node, scope):
            yield from templates(part, scope)


def parts(node: ast.expr, scope: Scope) -> list[ast.expr]:
    """The expressions one of which is the value of this one."""
    match node:
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.BoolOp(values=values):
            return values
        case ast.Tuple(elts=values) | ast.List(elts=values):
            return values
        case ast.Name(id=name):
            return scope.assigned(name)
        case ast.Call(func=ast.Name(id=name)):
            return [*scope.returned(name)]
    return []


def filled(text: ast.JoinedStr, scope: Scope) -> str:
    """An f-string as a template; constants of the module stand in it as they are."""
    seen: dict[str, int] = {}
    told = []
    for value in text.values:
        if isinstance(value, ast.Constant):
            told.append(str(value.value))
        elif isinstance(value, ast.FormattedValue):
            told.append(constant(value.value, scope) or hole(value.value, seen))
    return "".join(told)


def constant(node: ast.expr, scope: Scope) -> str:
    """The value of a constant of the module, if it is one."""
    known = scope.assigned(node.id) if isinstance(node, ast.Name) and node.id.isupper() else []
    return str(known[0].value) if len(known) == 1 and isinstance(known[0], ast.Constant) else ""


def hole(node: ast.expr, seen: dict[str, int]) -> str:
    """A hole named after what stands in it, numbered when that repeats."""
    inner = [
        named(n).strip("_") for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute))
    ]
    name = next(filter(None, inner), "part")
    seen[name] = seen.get(name, 0) + 1
    return f"{{{name}{seen[name] if seen[name] > 1 else ''}}}"


def claims() -> set[str]:
    """What each check of the mirror claims."""
    return {header(statement).comment for statement in checks().values()}


def events() -> set[str]:
    """What may happen to the invented business."""
    return {
        text
        for tree in trees().values()
        for node in nodes(tree, ast.Subscript)
        if named(node.value) == "tally"
        for text in templates(node.slice, Scope(tree, tree))
    }


def sandboxes() -> set[str]:
    """What the sandbox says of its quirks and faults."""
    return {row[-1] for row in (*describe_quirks(), *describe_faults())}


# Help: asked of the live commands


@cache
def tree() -> list[Any]:
    """Every command."""
    return [root(), *(c for name in COMMANDS for c in commands(load(name)))]


def commands(command: Any) -> Iterator[Any]:
    """A command and all below it."""
    yield command
    for child in getattr(command, "commands", {}).values():
        yield from commands(child)


def parameters() -> Iterator[Any]:
    """Every argument and option."""
    for command in tree():
        yield from command.params
        yield command.get_help_option(typer.Context(command))


def prose(text: str | None) -> Iterator[str]:
    """Paragraphs of a help text, without its examples."""
    kept = [x for x in (text or "").strip().splitlines() if not x.strip().startswith("$ ")]
    for paragraph in "\n".join(kept).strip().split("\n\n"):
        yield " ".join(paragraph.split())


def help_texts() -> set[str]:
    """Paragraphs of all help, and the titles of its sections."""
    listed = {text for e in COMMANDS.values() if e.section for text in (e.section, e.help)}
    told = {text for command in tree() for text in prose(command.help)}
    options = {text for param in parameters() for text in prose(getattr(param, "help", ""))}
    return (listed | told | options) - {""}


def columns() -> set[str]:
    """Headings of the tables that derived commands show."""
    shown = {column.partition("|")[0] for op in operations(TREE.values()) for column in op.columns}
    return {_NAMES.get(name, name) for name in shown}


def operations(entries: Iterable[Branch | Op]) -> Iterator[Op]:
    """Every operation, of groups below too."""
    for entry in entries:
        if isinstance(entry, Op):
            yield entry
        else:
            yield from operations(entry.entries.values())


def metavars() -> set[str]:
    """Words that stand for a value in help."""
    shown = [str(param.metavar or "") for param in parameters()]
    return {word for text in shown for word in re.findall("[A-Z]{2,}", text)}


# What no source shows as it is said

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
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid number, unable to parse string as a number",
    "Input should be greater than or equal to {least}",
    "Input should be less than or equal to {most}",
    "Value error, {value} is not one of {choices}.",
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
    # states as the API spells them
    "canceled", "requires_payment_method", "open", "completed", "stamped", "active", "inactive",
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
"""What the views of the conciliation say of a row, and a check of what it needs."""
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
    "Found {id}",
    "Found {id}, created {age} s ago",
    "Did you mean: gigstack context {topic}\n",
)
"""What reports and syncs say in words that no error holds."""
