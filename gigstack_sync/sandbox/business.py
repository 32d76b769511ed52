"""A Mexican business with years of invoices behind it, drawn from a seed."""

from __future__ import annotations

from gigstack_sync.sandbox.world import Team, World

FOUNDED_AT = 1_795_197_600  # 2026-11-20T18:00:00Z, noon in Mexico City


def found_business(
    *,
    seed: int = 1,
    invoices: int = 2000,
    months: int = 36,
    now: int | None = None,
    connect_teams: int = 2,
) -> World:
    """Found an account whose own team issued `invoices` income CFDIs in `months` until `now`."""
    world = World(seed=seed, now=FOUNDED_AT if now is None else now, own_team="team_own")
    world.add_team(Team(id="team_own", profile={"legal_name": "", "tax_id": ""}))
    return world
