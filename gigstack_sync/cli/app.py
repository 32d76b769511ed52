"""The table of commands. A module is imported when its command runs, not before."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

import typer

from gigstack_sync.cli.declare import App, Group
from gigstack_sync.cli.language import helped

if TYPE_CHECKING:
    from typer._click.core import Command, Context
    from typer._click.formatting import HelpFormatter


class Entry(NamedTuple):
    """Where a command lives (`module:name` of a function or an App), and its line of help.

    Without a section it is another name of one that has: it works, and help does not list it.
    """

    target: str
    section: str
    help: str


COMMANDS: Final = {
    "status": Entry("status:status", "Reports", "Show the business at a glance."),
    "cobranza": Entry("cobranza:app", "Reports", "Show who owes what since when."),
    "conciliation": Entry("conciliation:app", "Reports", "Tie out months, list what does not fit."),
    "conciliacion": Entry("conciliation:app", "", "The same, in Spanish."),
    "forecast": Entry("forecast:forecast", "Reports", "Forecast revenue, collections and cash."),
    "export": Entry("export:export", "Reports", "Write rows to CSV, JSON, Parquet or Excel."),
    "history": Entry("history:history", "Reports", "Show how a record changed, field by field."),
    "changes": Entry("history:changes", "Reports", "List what changed since a day."),
    "catalog": Entry("catalog:catalog", "Reports", "Look up SAT's codes."),
    "check": Entry("check:check", "Reports", "Look for rows that break a claim."),
    "sync": Entry("sync:app", "Mirror", "Bring the mirror up to date with the API."),
    "demo": Entry("demo:demo", "Mirror", "Try it all offline on an invented business."),
    "sql": Entry("sql:sql", "Mirror", "Ask the mirror a question in SQL."),
    "views": Entry("views:views", "Mirror", "List the views, or the columns of one."),
    "context": Entry("context:context", "Learn", "Explain how gigstack and CFDIs work."),
    "completions": Entry("completions:completions", "Learn", "Have your shell complete commands."),
    "explain": Entry("explain:explain", "API", "Tell what an id belongs to, and show it."),
    "pay": Entry("pay:pay", "API", "Record a payment and invoice it, in one line."),
    "invoices": Entry("operations:invoices", "API", "List, stamp, cancel, send and save CFDIs."),
    "payments": Entry("operations:payments", "API", "Request, register and refund payments."),
    "receipts": Entry("operations:receipts", "API", "Hand out, stamp and cancel receipts."),
    "clients": Entry("operations:clients", "API", "List, create and change clients."),
    "services": Entry("operations:services", "API", "Keep the catalogue of what you sell."),
    "retentions": Entry("operations:retentions", "API", "Certify taxes withheld."),
    "documents": Entry("operations:documents", "API", "Keep contracts and proofs."),
    "webhooks": Entry("operations:webhooks", "API", "Choose what gigstack calls."),
    "teams": Entry("operations:teams", "API", "Look after your companies and their series."),
    "users": Entry("operations:users", "API", "Look after who works with the account."),
    "login": Entry("account:login", "Account", "Store an API key after trying it."),
    "logout": Entry("account:logout", "Account", "Forget a stored API key."),
    "whoami": Entry("account:whoami", "Account", "Show whose key is in use."),
    "profiles": Entry("account:profiles", "Account", "List the stored profiles."),
    "switch": Entry("account:switch", "Account", "Choose the active profile."),
    "config": Entry("config:config", "Account", "Show every setting and where it came from."),
    "doctor": Entry("doctor:doctor", "Account", "Find out what is wrong, and what to type next."),
    "sandbox": Entry("sandbox:app", "Development", "Serve an offline gigstack on this machine."),
}


class Root(Group):
    """The root group: its help needs the table alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]  # loaded on demand

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import and build the command; None when there is no such name."""
        try:
            return load(cmd_name) if cmd_name in COMMANDS else None
        except ModuleNotFoundError as error:
            if error.name and error.name.startswith("gigstack_sync.cli."):
                return None
            raise

    def format_subcommands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands grouped by what a person wants to do."""
        for section in dict.fromkeys(e.section for e in COMMANDS.values() if e.section):
            rows = [(name, helped(e.help)) for name, e in COMMANDS.items() if e.section == section]
            with formatter.section(helped(section)):
                formatter.write_dl(rows, col_max=12, col_spacing=4)


def load(name: str) -> Command:
    """The Typer command behind one entry of the table."""
    module, _, attribute = COMMANDS[name].target.partition(":")
    target = getattr(import_module(f"gigstack_sync.cli.{module}"), attribute)
    if not isinstance(target, typer.Typer):
        app = App()
        app.command(name)(target)
        target = app
    command = typer.main.get_command(target)
    command.name = name
    return command


def root() -> Group:
    """The root command."""
    app = App(cls=Root, name="gigstack")
    app.callback(help=_HELP)(_of_the_root)
    group = typer.main.get_command(app)
    assert isinstance(group, Group)  # Typer builds what `cls` names
    return group


def _map(context: typer.Context, form: str | None) -> None:
    if form is not None:
        from gigstack_sync.cli.command_map import written

        typer.echo(written(context.command, form))
        raise typer.Exit


def _of_the_root(
    map_: Annotated[
        Literal["json", "markdown"] | None,
        typer.Option(
            "--map", callback=_map, is_eager=True, help="Print every command with its options."
        ),
    ] = None,
) -> None:
    """What the root takes besides the options of every command."""


_HELP: Final = """A local DuckDB warehouse of your gigstack invoicing data, kept fresh by cron.

$ gigstack demo
$ gigstack sync
"""
