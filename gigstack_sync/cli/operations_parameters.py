"""A typed method's parameters as the arguments and options of a command."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from inspect import Parameter, Signature, getdoc, signature
from pathlib import Path
from typing import (
    Annotated,
    Any,
    BinaryIO,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import typer

from gigstack_sync.cli.operations_codes import labels_of
from gigstack_sync.cli.operations_examples import ALSO
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.operations_values import EXTRAS, KINDS, Kind

_FLAGS: Final = {
    "client_id": "--client", "created_gte": "--from", "created_lte": "--to", "cursor": "--next",
    "invoice_id": "--invoice", "starting_after": "--next", "tax_id": "--rfc", "from_ms": "--from",
    "to_ms": "--to", "limit": "--limit -l",
}  # fmt: skip
_BY_NAME: Final = {
    "client": "client", "items": "rows", "tax_id": "rfc", "issuer_rfc": "rfc",
    "receiver_rfc": "rfc", "from_": "day", "to": "day", "created_gte": "moment",
    "created_lte": "moment", "from_ms": "milliseconds", "to_ms": "milliseconds",
    "payment_form": "form", "use": "use", "tax_system": "system", "currency": "currency",
    "taxability": "taxability",
}  # fmt: skip
_TEXTS: Final = {
    "limit": "How many rows, over several pages if need be.",
    "cursor": "Where to go on: `next` of the page before.",
    "starting_after": "Where to go on: `next` of the page before.",
    "created_gte": "Created on this day or later.",
    "created_lte": "Created on this day or earlier; a month means its last day.",
    "client": "Client id, or its fields.",
    "period": "First month, last month and year, such as 1 3 2026.",
}
_WRITE_OPTIONS: Final = (
    ("dry_run", bool, ("--dry-run",), "Print the request and send nothing."),
    ("yes", bool, ("--yes", "-y"), "Do not ask before a change in live mode."),
    ("no_input", bool, ("--no-input",), "Never ask; what would be asked is an error."),
)
_LIST_OPTIONS: Final = (
    ("all_rows", bool, ("--all",), "Every row, whatever --limit says."),
    ("jsonl", bool, ("--jsonl",), "Print one JSON document a line."),
)
_LIVE_OPTION: Final = ("live", bool, ("--live",), "Ask the API, not the mirror.")
_FILE_OPTIONS: Final = (
    ("out", Path, ("--out", "-o"), "Folder to save in; this one unless said."),
    ("force", bool, ("--force",), "Replace files that are there already."),
)
_ARCHIVE_OPTIONS: Final = (
    ("all_rows", bool, ("--all",), "Every document of the period; what is there is not fetched."),
    ("first", str, ("--from",), "First day of the period: 2026-01-31, 2026-01, 30d or today."),
    ("last", str, ("--to",), "Last day of the period, included."),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter: `default` is Parameter.empty when it must be given."""

    name: str
    hint: Any
    text: str
    default: Any
    is_option: bool


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters of an operation, and what its command adds to them."""

    op: Op
    fields: tuple[Field, ...]
    help: str
    is_write: bool
    cursor: str
    """The parameter that takes a cursor; empty where nothing is listed page by page."""

    @classmethod
    def of(cls, op: Op) -> Parameters:
        """Read them from the method's signature; nothing is called."""
        from gigstack_sync.api.operation import is_write
        from gigstack_sync.api.rehearsal import Rehearsal

        method: Any = reduce(getattr, op.method.split("."), Rehearsal())
        names = signature(method).parameters
        fields = tuple(_with_defaults(field, op) for field in _fields(method))
        cursor = next((name for name in ("cursor", "starting_after") if name in names), "")
        return cls(op, fields, getdoc(method) or "", is_write(method), cursor)

    def signature(self) -> Signature:
        """What Typer reads: arguments first, then options."""
        context = Parameter("context", Parameter.KEYWORD_ONLY, annotation=typer.Context)
        own = [self._parameter(field) for field in self.fields]
        extras = [_extra(name) for name in self.op.extras]
        return Signature([context, *own, *extras, *map(_flag, self._added())])

    def read(self, given: Mapping[str, Any]) -> Arguments:
        """Turn what Typer parsed into the method's arguments; UsageError for what is absurd."""
        values: dict[str, Any] = {}
        for field in self.fields:
            if (value := given.get(field.name)) is not None:
                value = self.kind(field).read(self.flag(field), value)
            if value is not None:
                values[field.name] = value
        for name in self.op.extras:
            extra = EXTRAS[name]
            if (value := given.get(extra.name)) is not None:
                value = KINDS[extra.kind].read(f"--{name}", value)
            extra.fold(values, value)
        given_names = frozenset(values)
        for name, source in self.op.copies.items():
            if source in values:
                values.setdefault(name, values[source])
        place = [values.pop(f.name) for f in self.fields if not f.is_option and f.name in values]
        options = {name: given[name] for name, *_ in self._added()}
        accepts = frozenset(field.name for field in self.fields)
        return Arguments(
            tuple(place), values, options, self.is_write, self.cursor, accepts, given_names
        )

    def examples(self, path: str) -> list[str]:
        """Two command lines that show what must be given, and what else is useful."""
        needed = " ".join(self._sample(f) for f in self.fields if self._is_shown(f))
        line = " ".join(filter(None, ["$ gigstack", path, needed, self.op.example]))
        if path in ALSO:
            return [line, f"$ gigstack {path} {ALSO[path]}"]
        if self.cursor:
            return [line, f"{line} --all --jsonl"]
        if self.op.files:
            period = f"$ gigstack {path} --all --from 2026-10 --to 2026-10 --out facturas"
            return [line, period if self.op.archives else f"{line} --out facturas"]
        return [line, f"{line} {'--dry-run' if self.is_write else '--json'}"]

    def kind(self, field: Field) -> Kind:
        """How this parameter is written."""
        chosen = self.op.kinds.get(field.name) or _BY_NAME.get(field.name) or _kind(field)
        return (
            replace(KINDS["text"], hint=_bare(field.hint)) if chosen == "choice" else KINDS[chosen]
        )

    def flag(self, field: Field) -> str:
        """The option's first name, or the argument's."""
        if not field.is_option:
            return field.name.upper()
        return self._flags(field)[0]

    def _flags(self, field: Field) -> list[str]:
        said = self.op.flags.get(field.name) or _FLAGS.get(field.name)
        return (said or f"--{field.name.rstrip('_').replace('_', '-')}").split()

    def _parameter(self, field: Field) -> Parameter:
        kind = self.kind(field)
        text = (
            _TEXTS.get(field.name, field.text)
            if self.cursor or field.name != "limit"
            else field.text
        )
        note = " ".join(filter(None, [text, kind.note]))
        is_choice = get_origin(kind.hint) is Literal
        metavar = None if is_choice else kind.metavar
        hint = kind.hint if field.default is Parameter.empty else kind.hint | None
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        if field.is_option:
            names = self._flags(field)
            if kind.hint is bool:
                names = [f"{name}/--no-{name[2:]}" for name in names]
            codes = (lambda args: labels_of(kind.catalog)) if kind.catalog else None
            info: Any = typer.Option(*names, metavar=metavar, help=note, autocompletion=codes)
        else:
            shown = "WORDS" if field.name == "words" else metavar
            info = typer.Argument(metavar=shown, help=note)
        return Parameter(
            field.name, Parameter.KEYWORD_ONLY, annotation=Annotated[hint, info], default=default
        )

    def _added(self) -> Iterator[tuple[str, type, tuple[str, ...], str]]:
        if self.is_write:
            yield from _WRITE_OPTIONS
        if self.cursor:
            yield from _LIST_OPTIONS
        if self.op.records:
            yield _LIVE_OPTION
        if self.op.files:
            yield from _FILE_OPTIONS
        if self.op.archives:
            yield from _ARCHIVE_OPTIONS

    def _is_shown(self, field: Field) -> bool:
        return field.default is Parameter.empty or not field.is_option

    def _sample(self, field: Field) -> str:
        kind = self.kind(field)
        if get_origin(kind.hint) is Literal:
            value = _SAMPLES.get(field.name) or str(get_args(kind.hint)[0])
        elif field.name == "record_id":
            value = _SAMPLES[f"{self.op.method.partition('.')[0].removesuffix('s')}_id"]
        else:
            value = _SAMPLES.get(field.name) or _SAMPLE_KINDS.get(kind.metavar or "", "value")
        return f"{self.flag(field)} {value}" if field.is_option else value


@dataclass(frozen=True, slots=True)
class Arguments:
    """What the method is called with, and the command's own options."""

    place: tuple[Any, ...]
    named: Mapping[str, Any]
    options: Mapping[str, Any]
    is_write: bool
    cursor: str
    accepts: frozenset[str]
    """Names of all parameters the method has."""
    given: frozenset[str]
    """Names of those that were given."""


def _fields(method: Any) -> Iterator[Field]:
    """Every parameter that a command line can give; those of `Unpack` one by one."""
    hints = get_type_hints(method, include_extras=True)
    for name, parameter in signature(method).parameters.items():
        hint = hints[name]
        if parameter.kind is Parameter.VAR_KEYWORD:
            for inner, inner_hint in get_type_hints(get_args(hint)[0], include_extras=True).items():
                yield Field(inner, inner_hint, _text(inner_hint), None, True)
        elif _bare(hint) is not BinaryIO:
            is_option = parameter.kind is Parameter.KEYWORD_ONLY
            yield Field(name, hint, _text(hint), parameter.default, is_option)


def _with_defaults(field: Field, op: Op) -> Field:
    if field.name in op.defaults:
        return replace(field, default=op.defaults[field.name])
    if field.name == "limit":
        return replace(field, default=20)
    if op.archives and not field.is_option and field.name != "kind":
        return replace(field, default=None)
    if op.files and field.name == "kind":  # without one, all
        return replace(field, default=None, is_option=True)
    return field


def _text(hint: Any) -> str:
    """The words of an Annotated, wherever in a union it stands."""
    if get_origin(hint) is Annotated:
        return next((each for each in get_args(hint)[1:] if isinstance(each, str)), "")
    return next(filter(None, map(_text, get_args(hint))), "")


def _bare(hint: Any) -> Any:
    """The type without its words and without None."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    if get_origin(hint) in {Union, types.UnionType}:
        rest = [each for each in get_args(hint) if each is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else hint
    return hint


def _kind(field: Field) -> str:
    """The kind of value a type stands for."""
    from decimal import Decimal

    bare = _bare(field.hint)
    plain = {bool: "bool", int: "count", Path: "file", str: "text"}
    if bare in plain:
        return "id" if field.name.endswith(("_id", "uuid")) else plain[bare]
    origin, inside = get_origin(bare), get_args(bare)
    if Decimal in inside:
        return "money"
    if origin is Literal:
        return "choice"
    if origin is tuple:
        return "months"
    if isinstance(origin, type) and issubclass(origin, Sequence):
        is_word = _bare(inside[0]) is str or get_origin(_bare(inside[0])) is Literal
        return "words" if is_word else "rows"
    if is_typeddict(bare) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return "object"
    raise TypeError(f"no way to write {field.name}: {field.hint}")


def _extra(name: str) -> Parameter:
    extra = EXTRAS[name]
    kind = KINDS[extra.kind]
    info = typer.Option(f"--{name}", metavar=kind.metavar, help=extra.text)
    return Parameter(
        extra.name,
        Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind.hint | None, info],
        default=None,
    )


def _flag(added: tuple[str, type, tuple[str, ...], str]) -> Parameter:
    name, flags, text = added[0], added[2], added[3]
    hint: Any = added[1]
    metavar, default = {bool: (None, False), Path: ("FOLDER", Path()), str: ("DATE", None)}[hint]
    hint = hint | None if default is None else hint
    annotation: Any = Annotated[hint, typer.Option(*flags, metavar=metavar, help=text)]
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


_SAMPLES: Final = {
    "client_id": "client_7Q2", "service_id": "service_4M1", "draft_id": "draft_5T9",
    "invoice_id": "6741A863-04BE-49FE-BB76-E1657AB6B7EA", "payment_id": "payment_8K1",
    "uuid": "6741A863-04BE-49FE-BB76-E1657AB6B7EA", "receipt_id": "receipt_3X8",
    "retention_id": "6741A863-04BE-49FE-BB76-E1657AB6B7EA", "team_id": "team_2B6",
    "user_id": "user_1C5", "webhook_id": "webhook_9D4", "motive": "02",
    "document_id": "doc_6F2", "job_id": "job_1", "request_id": "request_1",
    "series_id": "series_A", "entity_id": "payment_8K1", "entity_type": "payment",
    "client": "client_7Q2",
    "items": "concepts.json", "body": "complement.json", "name": '"Abarrotes del Norte"',
    "words": '"abarrotes del norte"', "email": "cuentas@ejemplo.mx", "reason": '"Pedido duplicado"',
    "amount": "116.00", "unit_price": "100.00", "description": '"Consultoría"',
    "payment_form": "03", "url": "https://ejemplo.mx/avisos", "time": "03:30",
    "start_date": "2026-01-01", "end_date": "2026-01-31", "file": "constancia.pdf",
    "period": "1 3 2026", "retention_key": "26", "taxes": "taxes.json",
    "uuids": "6741A863-04BE-49FE-BB76-E1657AB6B7EA", "confirm_cost_mxn": "0.20",
    "total_operation": "10000.00", "settings": "settings.json",
}  # fmt: skip
_SAMPLE_KINDS: Final = {"JSON": "fields.json", "AMOUNT": "100.00", "N": "1", "DATE": "2026-01-31"}
