"""How a command is declared: an `App` gives each one the global options and plain help.

A docstring is the help; its lines that begin with `$ ` are shown as examples.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer._coercion import TypeDescriptor, build_runtime_param
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from gigstack_sync.cli.language import helped, metavar, tr, typers
from gigstack_sync.cli.session import log_to_stderr, session_of

if TYPE_CHECKING:
    from typer._click.core import Context, Parameter
    from typer._click.formatting import HelpFormatter

F = TypeVar("F", bound=Callable[..., Any])


setattr(typer.core, "_", typers)  # noqa: B010 - mypy sees a private name


class App(typer.Typer):
    """A Typer whose commands and groups accept the global options at any place."""

    def __init__(self, **options: Any) -> None:
        options = {
            "cls": Group,
            "add_completion": False,
            "rich_markup_mode": None,
            "pretty_exceptions_enable": False,
            **options,
        }
        super().__init__(**options)

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Declare a command; options as Typer's."""
        return super().command(name, **{"cls": Command, **options})

    def callback(self, **options: Any) -> Callable[[Any], Any]:
        """Declare what a group does without a subcommand; its docstring is the group's help."""

        def declare(function: Callable[..., Any]) -> Any:
            described = {"help": function.__doc__, **options}
            return super(App, self).callback(**described)(function)

        return declare


@dataclass(frozen=True, slots=True)
class _AsTyped:
    """A parameter's coercion, of the values that are not of its type yet."""

    descriptor: TypeDescriptor

    def coerce(self, value: Any, param: Any, ctx: Context) -> Any:
        """The value as its annotation asks."""
        is_many = param.multiple or param.nargs != 1
        if value is None:
            return () if is_many else None
        is_typed = type(value) is self.descriptor.annotation
        if is_typed and str(value).isascii() and self.descriptor.parameter_info.parser is None:
            return value
        return build_runtime_param(self.descriptor).coerce(value, param=param, ctx=ctx)


def _without_coercion(params: list[Parameter]) -> list[Parameter]:
    """Typer coerces by pydantic, whose import takes 50 ms, what needs no coercion too."""
    for param in params:
        if isinstance(param, (TyperOption, TyperArgument)):
            param._runtime_param = _AsTyped(param.type_descriptor)  # type: ignore[assignment]
    return params


class _Declared:
    """What commands and groups share: the global options, and help with examples."""

    params: list[Parameter]
    help: str | None
    _shared: tuple[Parameter, ...] = ()

    def _share(self) -> None:
        own = {flag for param in self.params for flag in (*param.opts, *param.secondary_opts)}
        self._shared = tuple(p for p in _global_options() if not own.intersection(p.opts))
        self.params = [*self.params, *self._shared]

    def _hand_over(self, ctx: Context) -> None:
        given = {p.name: ctx.params.pop(p.name, None) for p in self._shared if p.name}
        session = session_of(ctx)
        is_narrated = session.verbose
        session.adopt(given)
        if session.verbose and not is_narrated:
            ctx.find_root().with_resource(log_to_stderr())

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write how the command is called."""
        pieces = getattr(self, "collect_usage_pieces")(ctx)  # noqa: B009 - mypy sees a mixin
        args = " ".join(map(metavar, pieces))
        formatter.write_usage(ctx.command_path, args, prefix=f"{tr('Usage:')} ")

    def format_help_text(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the docstring, its examples apart."""
        lines = (self.help or "").strip().splitlines()
        prose = [line for line in lines if not line.startswith("$ ")]
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(helped("\n".join(prose).strip()))
        if examples := examples_in(self.help):
            with formatter.section(tr("Examples")):
                formatter.write("".join(f"  {example}\n" for example in examples))

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write arguments, options, and the options of every command apart."""
        records = [(p, _record(p, ctx)) for p in self.params]
        help_option = getattr(self, "get_help_option")(ctx)  # noqa: B009 - mypy sees a mixin
        shared = [(help_option, _record(help_option, ctx))]
        shared = [*((p, r) for p, r in records if p in self._shared), *shared]
        own = [(p, r) for p, r in records if p not in self._shared]
        arguments = [r for p, r in own if r and p.param_type_name == "argument"]
        options = [r for p, r in own if r and p.param_type_name == "option"]
        _section(formatter, tr("Arguments"), arguments)
        self.format_subcommands(ctx, formatter)
        _section(formatter, tr("Options"), options)
        _section(formatter, tr("Options of every command"), [r for _, r in shared if r])

    def format_subcommands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write nothing: a command has none."""


class Command(_Declared, TyperCommand):
    """A command with the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._share()

    def get_params(self, ctx: Context) -> list[Parameter]:
        """All parameters, that of help too."""
        return _without_coercion(super().get_params(ctx))

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse, and hand the global options to the session."""
        rest = super().parse_args(ctx, args)
        self._hand_over(ctx)
        return rest


class Group(_Declared, TyperGroup):
    """A group of commands with the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._share()

    def get_params(self, ctx: Context) -> list[Parameter]:
        """All parameters, that of help too."""
        return _without_coercion(super().get_params(ctx))

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse, and hand the global options to the session."""
        rest = super().parse_args(ctx, args)
        self._hand_over(ctx)
        return rest

    def format_subcommands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write name and first sentence of each subcommand."""
        rows = [(n, short_help(c)) for n, c in self.commands.items()]
        _section(formatter, tr("Commands"), rows)


def changes(what: str) -> Callable[[F], F]:
    """Mark what a command writes: `account`, `mirror`, `settings` or `files`."""

    def mark(function: F) -> F:
        function.changes = what  # type: ignore[attr-defined]
        return function

    return mark


def changes_of(function: Callable[..., Any] | None) -> str | None:
    """What a command writes; None for one that only reads."""
    return getattr(function, "changes", None)


def _section(formatter: HelpFormatter, title: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(title):
            formatter.write_dl(rows)


def _record(param: Any, ctx: Context) -> tuple[str, str] | None:
    """Flags and help of one parameter, in the language spoken."""
    spoken = copy(param)
    spoken.help = helped(param.help or "")
    if param.metavar:
        spoken.metavar = metavar(param.metavar)
    record: tuple[str, str] | None = spoken.get_help_record(ctx)
    return record


def short_help(command: Any, limit: int = 200) -> str:
    """The first sentence of a command's help, in the language spoken."""
    spoken = copy(command)
    spoken.help = helped(getattr(command, "help", None) or "")
    text: str = spoken.get_short_help_str(limit=limit)
    return text


def examples_in(help_text: str | None) -> list[str]:
    """The example command lines of a docstring."""
    lines = (help_text or "").splitlines()
    return [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]


def profile_names(args: list[str]) -> list[str]:
    """The stored profiles, to complete with; none where the file cannot be read."""
    from gigstack_sync.config import credentials_path
    from gigstack_sync.credentials import Credentials
    from gigstack_sync.errors import GigstackError

    try:
        return Credentials.load(credentials_path(os.environ)).names
    except (GigstackError, OSError):
        return []


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"gigstack {version('gigstack-sync')}")
        raise typer.Exit


@cache
def _global_options() -> tuple[Parameter, ...]:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(_declare_globals)
    return tuple(typer.main.get_command(app).params)


def _declare_globals(
    json: Annotated[bool | None, typer.Option("--json", help="Print JSON on stdout.")] = None,
    team: Annotated[
        str | None, typer.Option("--team", metavar="ID", help="Team to act on (Connect).")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", metavar="NAME", help="Profile to use.", autocompletion=profile_names
        ),
    ] = None,
    db: Annotated[
        str | None, typer.Option("--db", metavar="FILE", help="Database that people read.")
    ] = None,
    quiet: Annotated[
        bool | None, typer.Option("--quiet", "-q", help="Say nothing but errors.")
    ] = None,
    verbose: Annotated[
        bool | None, typer.Option("--verbose", "-v", help="Say more on stderr.")
    ] = None,
    color: Annotated[
        bool | None, typer.Option("--color/--no-color", help="Colors; default: on a terminal.")
    ] = None,
    version: Annotated[
        bool | None,
        typer.Option(
            "--version", "-V", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = None,
) -> None:
    """Options that every command takes."""
