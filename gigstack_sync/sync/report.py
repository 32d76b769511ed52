"""What a run did, as data: the command line draws it, cron reads it as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gigstack_sync.errors import ExitCode
from gigstack_sync.store.load import Counts


@dataclass(slots=True)
class StreamReport:
    """One stream of one team."""

    team_id: str
    stream: str
    requests: int = 0
    counts: Counts = field(default_factory=Counts)
    deleted: int = 0
    rows: int = 0
    """Live rows in the mirror afterwards."""
    oldest_look: int | None = None
    """Epoch seconds of the oldest look any part of the history rests on."""
    put_off: int = 0
    """Looks left for a later run: the budget was spent or the run was stopped."""
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unavailable: str = ""
    is_answered: bool = False
    """The API gave at least one usable answer."""
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """All that this run set out to look at was looked at, and all of it was kept."""
        return not (self.errors or self.put_off or self.counts.quarantined)

    def as_json(self) -> dict[str, Any]:
        """The documented shape of one stream in the summary."""
        return {
            "team_id": self.team_id,
            "stream": self.stream,
            "requests": self.requests,
            "seen": self.counts.seen,
            "inserted": self.counts.inserted,
            "updated": self.counts.updated,
            "returned": self.counts.returned,
            "deleted": self.deleted,
            "quarantined": self.counts.quarantined,
            "rows": self.rows,
            "oldest_look": self.oldest_look,
            "put_off": self.put_off,
            "unavailable": self.unavailable or None,
            "errors": self.errors,
            "warnings": self.warnings,
            "seconds": round(self.seconds, 3),
        }


@dataclass(slots=True)
class RunReport:
    """One run over all its streams."""

    run_id: int = 0
    exit_code: ExitCode = ExitCode.OK
    streams: list[StreamReport] = field(default_factory=list)
    requests: int = 0
    retries: int = 0
    bytes: int = 0
    seconds: float = 0.0
    is_published: bool = False
    needs_publishing: bool = False
    stale: list[dict[str, Any]] = field(default_factory=list)
    """Windows not looked at for longer than promised."""
    notices: list[str] = field(default_factory=list)
    error: str = ""
    """What stopped the run before its end."""
    hint: str = ""

    @property
    def outcome(self) -> str:
        """The exit code in a word."""
        words = {ExitCode.OK: "ok", ExitCode.PARTIAL: "partial"}
        return words.get(self.exit_code, self.exit_code.name.lower())

    @property
    def totals(self) -> dict[str, int]:
        """Sums over the streams."""
        counts = sum((s.counts for s in self.streams), Counts())
        return {
            "seen": counts.seen,
            "inserted": counts.inserted,
            "updated": counts.updated + counts.returned,
            "deleted": sum(s.deleted for s in self.streams),
            "quarantined": counts.quarantined,
        }

    @property
    def changed(self) -> int:
        """Rows that are not as they were before the run."""
        return sum(s.counts.changed + s.deleted for s in self.streams)

    def as_json(self) -> dict[str, Any]:
        """The documented summary."""
        return {
            "run_id": self.run_id,
            "outcome": self.outcome,
            "exit_code": int(self.exit_code),
            "requests": self.requests,
            "retries": self.retries,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "published": self.is_published,
            "totals": self.totals,
            "notices": self.notices,
            "error": self.error or None,
            "hint": self.hint or None,
            "streams": [stream.as_json() for stream in self.streams],
        }
