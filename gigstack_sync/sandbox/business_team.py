"""The companies of an account as the API shows them: teams, users, webhooks."""

from __future__ import annotations

from random import Random

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.fiscal.identity import record_id, rfc
from gigstack_sync.sandbox.world import Team, World

BILLING_ACCOUNT = "billing_sandbox"

# team id, name, legal name, letters of its RFC, tax system, zip
COMPANIES = (
    ("team_own", "Ámbar", "COMERCIALIZADORA ÁMBAR DEL CENTRO", "CAC", "601", "06600"),
    ("team_norte", "Ámbar Norte", "ÁMBAR SERVICIOS DEL NORTE", "ASN", "601", "64000"),
    ("team_robles", "Robles Consultoría", "MARIANA ROBLES CANCHÉ", "ROCM", "612", "97000"),
    ("team_bajio", "Ámbar Bajío", "ÁMBAR LOGÍSTICA DEL BAJÍO", "ALB", "601", "37000"),
)

_SETTINGS: Json = {
    "product_key": "80141503",
    "unit_key": "E48",
    "use": "G03",
    "taxes": [],
    "periodicity": "month",
    "automate_complement_for_ppd_invoices": True,
    "refunds": {"automatic_refunds": False, "current_month_handler": "credit_note"},
}


def equip(world: World, place: int, rng: Random, founded: int) -> Team:
    """Set up the nth company of an account: its team, users and webhooks."""
    team_id, name, legal_name, letters, system, code = COMPANIES[place % len(COMPANIES)]
    if place >= len(COMPANIES):
        team_id, name = f"{team_id}_{place}", f"{name} {place}"
    years = (1980, 1999) if len(letters) == 4 else (2005, 2018)
    profile: Json = {
        "name": name,
        "legal_name": legal_name,
        "tax_id": rfc(letters, rng, years=years),
        "tax_system": system,
        "zip": code,
        "created_at": founded - 90 * 86_400,
    }
    team = Team(
        id=team_id,
        profile=profile,
        billing_account=BILLING_ACCOUNT,
        owner=record_id(rng, "user_"),
        ids=Random(f"{world.seed}/{place}/ids"),
    )
    world.add_team(team)
    team["teams"].put(_team_body(team, world.now))
    for nth in range(3):
        team["users"].put(_user(team, rng, nth))
        team["webhooks"].put(_webhook(team, rng, nth))
    return team


def _team_body(team: Team, now: int) -> Json:
    profile = team.profile
    return {
        "id": team.id,
        "name": profile["name"],
        "legal_name": profile["legal_name"],
        "tax_id": profile["tax_id"],
        "tax_system": profile["tax_system"],
        "address": {"country": "MEX", "zip": profile["zip"]},
        "brand": {
            "alias": profile["name"],
            "primary_color": "#0B6E4F",
            "secondary_color": "#F4B400",
            "logo": None,
        },
        "sat": {
            "completed": True,
            "connected_at": profile["created_at"] * 1000,
            "csd_expires_at": (now + 200 * 86_400) * 1000,
        },
        "integrations": {"stripe": {"completed": True}, "mercadopago": {"completed": False}},
        "billing": {"credits": 1200},
        "billing_account": team.billing_account,
        "connect": {"enabled": team.connect},
        "settings": _SETTINGS,
        "livemode": team.livemode,
        "created_at": profile["created_at"],
    }


def _user(team: Team, rng: Random, nth: int) -> Json:
    first, role = (("Ana", "admin"), ("Beto", "editor"), ("Chío", "viewer"))[nth]
    return {
        "id": team.owner if nth == 0 else record_id(rng, "user_"),
        "email": f"{('ana', 'beto', 'chio')[nth]}@{team.id.replace('_', '-')}.example",
        "name": first,
        "first_name": first,
        "last_name": "Robles",
        "phone": None,
        "company_role": None,
        "role": role,
        "teams": [team.id],
        "created_at": team.profile["created_at"] + nth * 3600,
    }


def _webhook(team: Team, rng: Random, nth: int) -> Json:
    return {
        "id": record_id(rng, "wh_", 8),
        "url": f"https://hooks.{team.id.replace('_', '-')}.example/gigstack/{nth}",
        "events": (["invoice.created"], ["payment.succeeded", "receipt.completed"], [])[nth],
        "status": "inactive" if nth == 2 else "active",
        "description": "",
        "owner": team.owner,
        "created_at": (team.profile["created_at"] + nth * 60) * 1000 + 417,
    }
