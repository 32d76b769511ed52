"""Handlers that change the account: companies, people, webhooks."""

from __future__ import annotations

from random import Random

from gigstack_sync.sandbox.collection import Json
from gigstack_sync.sandbox.errors import Refusal, not_found
from gigstack_sync.sandbox.fiscal.identity import record_id
from gigstack_sync.sandbox.reading import bad, body_of, check_party, choice, rows, table, text
from gigstack_sync.sandbox.routes_account import series_of, team_id_of
from gigstack_sync.sandbox.routes_call import Answer, Call, answer
from gigstack_sync.sandbox.world import Team
from gigstack_sync.sandbox.writing import created, deleted, placed, shown

ROLES = ("admin", "editor", "viewer")
_TEAM = ("name", "legal_name", "tax_id", "tax_system", "email", "phone")
_PROFILE = ("name", "legal_name", "tax_id", "tax_system")
_USER = ("email", "first_name", "last_name", "phone", "company_role", "address", "role")
_WEBHOOK = ("url", "events", "description", "status")


def create_team(call: Call) -> Answer:
    """POST /teams: a new company of the billing account, which needs Connect."""
    body, parent = body_of(call), call.company
    if not parent.connect:
        raise Refusal(403, "Forbidden", "gigstack Connect is not enabled")
    check_party(body)
    name = text(body, "name", body.get("legal_name"))
    team_id = record_id(parent.ids, "team_")
    profile: Json = dict.fromkeys(_PROFILE) | {"name": name, "created_at": call.now}
    profile |= {field: body[field] for field in _PROFILE if field in body}
    profile["zip"] = table(body, "address").get("zip")
    team = Team(team_id, profile, parent.livemode, parent.billing_account, owner=parent.owner)
    team.ids = Random(f"{call.shop.world.seed}/{team_id}")
    call.shop.world.add_team(team)
    team["teams"].put(_new_team(team, body, call.now))
    return created(call, ("teams", team_id), "Team created successfully")


def update_team(call: Call) -> Answer:
    """PUT /teams/{id}: what is named changes, in documents to come too."""
    body, team_id = body_of(call), team_id_of(call)
    check_party(body)
    team = call.shop.world.teams[team_id]
    changed: Json = {field: body[field] for field in _TEAM if field in body}
    if "brand" in body:
        changed["brand"] = {**(team["teams"].row(team_id)["brand"] or {}), **table(body, "brand")}
    if "address" in body:
        changed["address"] = placed(team["teams"].row(team_id)["address"], table(body, "address"))
        team.profile["zip"] = changed["address"]["zip"]
    team.profile.update({field: body[field] for field in _PROFILE if field in body})
    team["teams"].change(team_id, **changed)
    return shown(call, ("teams", team_id), "Team updated successfully")


def delete_team(call: Call) -> Answer:
    """DELETE /teams/{id}: removed in thirty days; not the key's own."""
    team_id = team_id_of(call)
    if team_id == call.key.team:
        raise Refusal(400, "Cannot delete team", "A key cannot delete its own team")
    when = (call.now + 30 * 86_400) * 1000
    call.rows("teams").change(team_id, deletion_scheduled_at=when)
    return answer("Team deletion scheduled", {"id": team_id, "deletion_scheduled_at": when})


def update_settings(call: Call) -> Answer:
    """PUT /teams/{id}/settings: null clears, what is left out stays."""
    body, team_id = body_of(call), team_id_of(call)
    settings = {**(call.rows("teams").row(team_id)["settings"] or {}), **body}
    call.rows("teams").change(team_id, settings=settings)
    return answer("Settings updated successfully", settings)


def update_series(call: Call) -> Answer:
    """PUT /teams/{id}/series/{series}: the next folio of a mode."""
    body, team_id = body_of(call), team_id_of(call)
    known = series_of(call, team_id)
    row = next((row for row in known if row["id"] == call.params["series"]), None)
    if row is None:
        raise not_found("Series", call.params["series"])
    for mode in ("live", "test"):
        if mode in body:
            if not isinstance(body[mode], int) or body[mode] < 1:
                raise bad(f"{mode} must be a positive integer")
            row[mode] = body[mode]
    team = call.shop.world.teams[team_id]
    team.folios[row["series"]] = row["live" if team.livemode else "test"] - 1
    call.rows("teams").change(team_id, series=known)
    return answer("Series updated successfully", row)


def onboarding_url(call: Call) -> Answer:
    """GET /teams/{id}/onboarding-url: each one ends the one before."""
    team_id = team_id_of(call)
    password = record_id(call.shop.world.teams[team_id].ids, "", 16)
    call.rows("teams").change(team_id, portal_password=password)
    url = f"https://onboarding.gigstack.pro/{team_id}?code={password}"
    return answer("Onboarding URL created", {"url": url})


def members(call: Call) -> Answer:
    """GET /teams/{id}/members."""
    team = call.shop.world.teams[team_id_of(call)]
    people = [team["users"].row(ref).body() for ref in team["users"]]
    return answer("Members retrieved successfully", people)


def add_member(call: Call) -> Answer:
    """POST /teams/{id}/add-member: a user of the account joins with a role."""
    body = body_of(call)
    team = call.shop.world.teams[team_id_of(call)]
    user_id, role = text(body, "id"), choice(body, "role", ROLES, "viewer")
    user = call.rows("users").get(user_id) or team["users"].get(user_id)
    if user is None:
        raise not_found("User", user_id)
    joined = sorted({*user["teams"], team.id})
    team["users"].put({**user, "role": role, "teams": joined})
    return answer("Member added successfully", {"id": user_id, "role": role})


def remove_member(call: Call) -> Answer:
    """POST /teams/{id}/remove-member."""
    team = call.shop.world.teams[team_id_of(call)]
    user_id = text(body_of(call), "id")
    if user_id not in team["users"]:
        raise not_found("User", user_id)
    team["users"].delete(user_id)
    return answer("Member removed successfully", {"id": user_id})


def create_user(call: Call) -> Answer:
    """POST /users."""
    body, team = body_of(call), call.company
    check_party({"email": text(body, "email")})
    choice(body, "role", ROLES, "viewer")
    user: Json = dict.fromkeys(_USER) | {"role": "viewer"}
    user |= {name: body[name] for name in _USER if name in body}
    user |= {"id": record_id(team.ids, "user_"), "teams": [team.id], "created_at": call.now}
    user["name"] = user["first_name"]
    team["users"].put(user)
    return created(call, ("users", user["id"]), "User created successfully")


def update_user(call: Call) -> Answer:
    """PUT /users/{id}."""
    body = body_of(call)
    choice(body, "role", ROLES, "viewer")
    _, user_id = call.find("users", "User")
    changed = {name: body[name] for name in _USER if name in body and name != "email"}
    call.company["users"].change(user_id, **changed)
    return shown(call, ("users", user_id), "User updated successfully")


def delete_user(call: Call) -> Answer:
    """DELETE /users/{id}: out of the teams, the user's own account stays."""
    stock, user_id = call.find("users", "User")
    removed = stock.row(user_id)["teams"]
    call.company["users"].delete(user_id)
    data = {"removed_from_teams": removed, "deleted": False, "account_deleted": False}
    return answer("User removed", data | {"account_deletion": {"status": "not_attempted"}})


def reset_password(call: Call) -> Answer:
    """POST /users/reset-password: says the same whoever is asked for."""
    text(body_of(call), "email")
    return answer("Password reset e-mail sent", {})


def login_link(call: Call) -> Answer:
    """POST /users/login-link."""
    user_id = text(body_of(call), "user_id")
    if user_id not in call.rows("users"):
        raise not_found("User", user_id)
    token = record_id(call.company.ids, "", 24)
    return answer("Login link created", {"url": f"https://app.gigstack.pro/login?token={token}"})


def create_webhook(call: Call) -> Answer:
    """POST /webhooks: url, and events unless all are meant."""
    body, team = body_of(call), call.company
    text(body, "url")
    fields = _webhook(body)
    if call.quirks.webhook_events == "required" and not fields.get("events"):
        raise bad("events is required")
    hook: Json = {"events": [], "status": "active", "description": "", **fields}
    hook |= {"id": record_id(team.ids, "wh_", 8), "owner": team.owner}
    team["webhooks"].put({**hook, "created_at": int(call.shop.now() * 1000)})
    return created(call, ("webhooks", hook["id"]), "Webhook created successfully", success=True)


def update_webhook(call: Call) -> Answer:
    """PUT /webhooks/{id}: what is named changes."""
    _, hook_id = call.find("webhooks", "Webhook")
    call.company["webhooks"].change(hook_id, **_webhook(body_of(call)))
    return shown(call, ("webhooks", hook_id), "Webhook updated successfully", success=True)


def delete_webhook(call: Call) -> Answer:
    """DELETE /webhooks/{id}, for good."""
    _, hook_id = call.find("webhooks", "Webhook")
    call.company["webhooks"].delete(hook_id)
    return deleted(call, "Webhook deleted successfully")


def _webhook(body: Json) -> Json:
    if "url" in body and not text(body, "url").startswith("https://"):
        raise bad("url must be https")
    choice(body, "status", ("active", "inactive"), "active")
    if any(not isinstance(event, str) or "." not in event for event in rows(body, "events")):
        raise bad("events must be names such as invoice.created")
    return {name: body[name] for name in _WEBHOOK if body.get(name) is not None}


def _new_team(team: Team, body: Json, now: int) -> Json:
    profile = team.profile
    fields: Json = {name: body.get(name) for name in _TEAM} | {"name": profile["name"]}
    brand: Json = {"alias": profile["name"], "primary_color": None, "secondary_color": None}
    return fields | {
        "id": team.id,
        "address": placed({}, table(body, "address")),
        "brand": {**brand, "logo": None, **table(body, "brand")},
        "sat": {"completed": False, "connected_at": None, "csd_expires_at": None},
        "integrations": {},
        "billing": {"credits": 0},
        "billing_account": team.billing_account,
        "connect": {"enabled": team.connect},
        "settings": {},
        "livemode": team.livemode,
        "created_at": now,
    }
