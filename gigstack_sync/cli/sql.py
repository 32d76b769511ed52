"""`gigstack sql`: one read-only question to the published file."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gigstack_sync.cli import rows
from gigstack_sync.cli.language import marked, tr
from gigstack_sync.cli.output import Format, arriving_whole, choose, text_out
from gigstack_sync.cli.published import bound_memory, open_published
from gigstack_sync.cli.session import Session, session_of
from gigstack_sync.cli.table import plain, show_table
from gigstack_sync.errors import UsageError

if TYPE_CHECKING:
    from gigstack_sync.config import Settings
    from gigstack_sync.store.reading import Answer

TABLE_ROWS = 1000


def sql(
    context: typer.Context,
    statement: Annotated[
        str | None, typer.Argument(metavar="SQL", help="The question; `-` reads stdin.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="Read it from a file.")
    ] = None,
    output: Annotated[
        Format | None, typer.Option("--output", "-o", help="How to write the rows.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write them to a file, atomically.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="Rows at most; a table shows 1000.")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV: leave text that spreadsheets run (=, +, -, @).")
    ] = False,
) -> None:
    """Ask the published database one question. Nothing else can be read, and nothing written.

    Decimals keep every digit; CSV and JSON lines are written as the rows come.

    $ gigstack sql "select count(*) as views from information_schema.tables"
    $ gigstack sql "from information_schema.tables select table_name" -o csv --out tables.csv
    """
    session = session_of(context)
    kind = choose(output, out, json=session.json)
    question = _question(statement, file)
    settings = session.settings
    bound_memory(settings.memory.value)
    if kind is Format.PARQUET:
        _parquet(settings, question, out, limit)
        return
    with open_published(settings) as reader:
        answer = reader.ask(question)
        if kind is Format.TABLE:
            _table(session, answer, out, TABLE_ROWS if limit is None else limit)
        else:
            _stream(answer if limit is None else _cut(answer, limit), kind, out, raw=raw)


def _question(statement: str | None, file: Path | None) -> str:
    if statement not in {None, "-"} and file is not None:
        raise UsageError("Give the SQL once: as an argument or with --file.")
    if file is not None and str(file) != "-":
        return _read(file)
    if statement is not None and statement != "-":
        return statement
    if statement is None and file is None and sys.stdin.isatty():
        raise UsageError("There is no SQL to run.", hint='Try: gigstack sql "show tables"')
    return sys.stdin.read()


def _read(file: Path) -> str:
    try:
        return file.expanduser().read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror or error}.") from error
    except ValueError as error:
        raise UsageError(f"{file} is not UTF-8 text.") from error


def _cut(answer: Answer, limit: int) -> Answer:
    return replace(answer, batches=_first(answer, limit))


def _first(answer: Answer, limit: int) -> Iterator[list[tuple[Any, ...]]]:
    """The batches up to that many rows."""
    for batch in answer.batches:
        yield batch[:limit]
        limit -= len(batch)
        if limit <= 0:
            return


def _stream(answer: Answer, kind: Format, out: Path | None, *, raw: bool) -> None:
    with text_out(out) as stream:
        if kind is Format.CSV:
            rows.write_csv(answer, stream, raw=raw)
        elif kind is Format.JSONL:
            rows.write_jsonl(answer, stream)
        else:
            rows.write_json(answer, stream)


def _table(session: Session, answer: Answer, out: Path | None, limit: int) -> None:
    shown = [row for batch in _first(answer, limit + 1) for row in batch]
    names = [column.name for column in answer.columns]
    right = rows.numeric(answer.columns)
    if out is None:
        told = rows.without_idle_zeros(shown[:limit]) if session.draws else shown[:limit]
        show_table(session, names, told, right, cut=frozenset(range(len(names))))
    else:
        with text_out(out) as stream:
            stream.writelines(f"{line}\n" for line in plain(names, shown[:limit], right))
    if len(shown) > limit:
        text = marked("These are the first {count} rows. For all of them: -o csv, or --limit N")
        session.say(tr(text, count=limit))


def _parquet(settings: Settings, question: str, out: Path | None, limit: int | None) -> None:
    if out is not None:
        with arriving_whole(out) as file, open_published(settings, may_write=file) as reader:
            reader.copy_to_parquet(question, limit)
        return
    if sys.stdout.isatty():
        raise UsageError("Parquet is not for a terminal.", hint="Add: --out FILE.parquet")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "answer.parquet"
        with open_published(settings, may_write=file) as reader:
            reader.copy_to_parquet(question, limit)
        with file.open("rb") as data:
            shutil.copyfileobj(data, sys.stdout.buffer)
