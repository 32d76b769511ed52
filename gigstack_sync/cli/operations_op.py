"""What a derived command is: its operation, and how it differs from what the types tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gigstack_sync.reports.records import RECORDS, Records


@dataclass(frozen=True, slots=True)
class Op:
    """A command. `method` is its way from the client, such as `invoices.income.list`."""

    method: str
    help: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)
    """Flags of parameters called otherwise than the parameter, several apart by blanks."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Parameters that are written otherwise than their type tells."""
    extras: tuple[str, ...] = ()
    """Options that are a part of a parameter."""
    copies: Mapping[str, str] = field(default_factory=dict)
    """Parameters that say the same as another unless given."""
    example: str = ""
    """Optional flags that the example shows."""
    asks: bool = True
    """Whether a change in live mode is asked about first."""
    look: str = ""
    """The command that shows what became of it, `{}` for the id, where `get` does not."""
    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Kinds of file the command writes."""
    archives: tuple[str, ...] = ()
    """Lists whose files of a whole period the command saves under --all."""

    @property
    def stem(self) -> str:
        """The collection, such as `invoices.income`."""
        return self.method.rpartition(".")[0]

    @property
    def verb(self) -> str:
        """What is done with it, such as `list`."""
        return self.method.rpartition(".")[2]

    @property
    def records(self) -> Records | None:
        """What the mirror has of it, where it can answer the command."""
        records = RECORDS.get(self.stem)
        if records is None or self.verb not in {"list", "get", "search"}:
            return None
        return records if records.searched or self.verb != "search" else None


@dataclass(frozen=True, slots=True)
class Branch:
    """A group of commands; `default` is what it does without one."""

    help: str
    entries: Mapping[str, Op | Branch]
    default: Op | None = None
