"""Which language a person is spoken to in, as the environment says."""

from __future__ import annotations

from collections.abc import Mapping

from gigstack_sync.errors import ConfigError


def language_of(env: Mapping[str, str]) -> tuple[str, str]:
    """`es` or `en`, and the variable that said so, or `default`; ConfigError for another one."""
    asked = env.get("GIGSTACK_LANG", "").strip()
    if asked:
        if asked.lower() not in {"es", "en"}:
            raise ConfigError(f"GIGSTACK_LANG is {asked!r}.", hint="Use es or en.")
        return asked.lower(), "GIGSTACK_LANG"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if spoken := env.get(variable, "").strip().lower():
            return ("es" if spoken.startswith("es") else "en"), variable
    return "en", "default"
