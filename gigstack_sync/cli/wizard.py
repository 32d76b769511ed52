"""Commands that ask a person at a terminal for what they need, when nothing was given."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Final

from gigstack_sync.cli import tree
from gigstack_sync.cli.declare import Command
from gigstack_sync.cli.language import tr
from gigstack_sync.cli.session import Session, can_ask, session_of

if TYPE_CHECKING:
    from typer._click.core import Context

GUIDED: Final = frozenset({"clients create", "invoices create", "services create"})


class Guided(Command):
    """A command whose options are asked for, one after the other; the answers become them."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Ask where a person can be asked and gave no value, then parse as ever."""
        session = session_of(ctx)
        if self._is_bare(args) and can_ask() and not session.json:
            args = [*args, *self._asked(ctx, session, args)]
        return super().parse_args(ctx, args)

    def _is_bare(self, args: list[str]) -> bool:
        """Whether no option was given that takes a value, and none that forbids questions."""
        own = [p for p in tree.own_parameters(self) if not getattr(p, "is_flag", False)]
        flags = {flag for parameter in own for flag in tree.flags_of(parameter)}
        given = {word.partition("=")[0] for word in args}
        return not given & (flags | {"--no-input", "--help", "--json"})

    def _asked(self, ctx: Context, session: Session, args: list[str]) -> list[str]:
        from gigstack_sync.cli.wizard_forms import FORMS

        path = ctx.command_path.partition(" ")[2]
        for name, flag in (("profile", "--profile"), ("team", "--team")):
            if flag in args[:-1]:  # not read yet, and the questions look things up
                setattr(session, name, args[args.index(flag) + 1])
        words = FORMS[path](session)
        session.is_guided = True
        title = tr("The same without questions:")
        print(f"\n{title}\n  gigstack {path} {shlex.join(words)}", file=sys.stderr)
        return words
