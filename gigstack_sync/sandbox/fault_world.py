"""Faults that happen to the data while somebody pages through it."""

from __future__ import annotations

from collections.abc import Callable

from gigstack_sync.sandbox import meddling
from gigstack_sync.sandbox.collection import Collection
from gigstack_sync.sandbox.fault import Fault, number
from gigstack_sync.sandbox.world import World

Meddle = Callable[[Fault, World, Collection], None]  # with the list being paged through


def _insert(fault: Fault, world: World, rows: Collection) -> None:
    at = world.now - number("age", fault.option("age", "0"))
    meddling.insert(rows, at, int(fault.number(1)))


def _delete(fault: Fault, _: World, rows: Collection) -> None:
    where = fault.option("where", "newest")
    meddling.remove(rows, meddling.choose(rows, int(fault.number(1)), where))


def _change(fault: Fault, _: World, rows: Collection) -> None:
    where = fault.option("where", "newest")
    ids = meddling.choose(rows, int(fault.number(1)), where)
    fields = {fault.option("field"): fault.option("to")} if fault.option("field") else {}
    meddling.touch(rows, ids, **fields)


def _move(fault: Fault, world: World, rows: Collection) -> None:
    ids = meddling.choose(rows, int(fault.number(1)), fault.option("where", "oldest"))
    meddling.move(rows, ids, world.now - number("age", fault.option("age", "0")))


def _hook(fault: Fault, world: World, _: Collection) -> None:
    if fault.hook is not None:
        fault.hook(world)


WORLD: dict[str, tuple[Meddle, str]] = {
    "insert": (_insert, "=N new rows before this page; age=SECONDS in the past"),
    "delete": (_delete, "=N rows gone before this page; where=newest|oldest|middle|random|ID"),
    "change": (_change, "=N rows edited before this page; where=…, field=NAME, to=TEXT"),
    "move": (_move, "=N rows with a new creation date before this page; where=…, age=SECONDS"),
    "hook": (_hook, "a Python callable, given the world"),
}
