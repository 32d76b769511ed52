"""Walking a list by the server's cursor until a whole pass can be believed.

With a cursor that counts rows, a deletion while paging hides a row that still exists. The
total before and after tells; without a total, two passes have to show the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gigstack_sync.sync.look import Answer

MOST_PASSES = 4


@dataclass(slots=True)
class Passes:
    """One stream's passes in this run."""

    count: int = 1
    pages: int = 0
    digest: int = 0
    totals: set[int | None] = field(default_factory=set)
    previous: int | None = None

    def begin(self) -> None:
        """Start a new pass and remember what the last complete one showed."""
        self.count += 1
        self.pages, self.digest, self.totals = 0, 0, set()

    def add(self, answer: Answer) -> None:
        """One more page."""
        self.pages += 1
        self.digest = (self.digest + answer.digest) & (1 << 64) - 1
        self.totals.add(answer.total)

    def agree(self) -> bool:
        """The pass that just ended shows everything there is."""
        if self.pages == 1 or (len(self.totals) == 1 and None not in self.totals):
            return True
        is_same = self.previous == self.digest
        self.previous = self.digest
        return is_same

    def may_restart(self) -> bool:
        """Another pass is worth its requests."""
        return self.count < MOST_PASSES
