"""Files of documents, saved under safe names: each appears whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from gigstack_sync.cli.language import tr
from gigstack_sync.cli.operations_op import Op
from gigstack_sync.cli.operations_parameters import Arguments
from gigstack_sync.cli.operations_run import method_of
from gigstack_sync.cli.operations_show import document
from gigstack_sync.cli.output import arriving_whole
from gigstack_sync.cli.session import Session
from gigstack_sync.errors import BadAnswer, StorageError, UsageError

if TYPE_CHECKING:
    from gigstack_sync.api.client import Client


def save_files(session: Session, client: Client, op: Op, given: Arguments) -> None:
    """Save the document's files in the folder; those already there are left unless --force."""
    if given.options.get("all_rows"):
        from gigstack_sync.cli.operations_archive import archive

        archive(session, client, op, given)
        return
    if not given.place:
        raise UsageError("Which document?", hint="Give its id, or --all with --from and --to.")
    saved = save_document(client, op, given, str(given.place[0]))
    if session.json:
        print(document(_answer(op, saved)))
    else:
        tell(saved)


def save_document(client: Client, op: Op, given: Arguments, record_id: str) -> list[dict[str, Any]]:
    """Save the files of one document: kind, path, bytes and is_new of each."""
    folder = _folder(given.options["out"])
    asked = given.named.get("kind")
    saved = []
    for kind in (asked,) if asked else op.files:
        target = folder / f"{safe_name(record_id)}.{kind}"
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise UsageError(f"{target} is not a regular file.")
        is_there = target.exists() and not given.options["force"]
        size = target.stat().st_size if is_there else _save(client, op, record_id, kind, target)
        saved.append({"kind": kind, "path": str(target), "bytes": size, "is_new": not is_there})
    return saved


def tell(saved: list[dict[str, Any]]) -> None:
    """Print where the files are."""
    for file in saved:
        print(
            file["path"] if file["is_new"] else tr("{path} (was there already)", path=file["path"])
        )


def safe_name(record_id: str) -> str:
    """An id as a file's name: letters, digits, - and _; anything else is told by a digest."""
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}", record_id):
        return record_id
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", record_id).strip("_-")[:40]
    digest = hashlib.sha256(record_id.encode(errors="replace")).hexdigest()[:8]
    return f"{plain or 'document'}-{digest}"


def _answer(op: Op, saved: list[dict[str, Any]]) -> dict[str, Any]:
    """Every file of a document that has several, else the only one."""
    if len(op.files) > 1:
        return {"files": saved}
    answer = {"path": saved[0]["path"], "bytes": saved[0]["bytes"]}
    return answer if op.method != "invoices.sat.pdf" else {**answer, "xml_available": False}


def _folder(asked: Path) -> Path:
    folder = asked.expanduser()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"Cannot make {folder}: {error.strerror}.") from error
    return folder


def _save(client: Client, op: Op, record_id: str, kind: str, target: Path) -> int:
    with arriving_whole(target) as temporary, temporary.open("wb") as sink:
        return _fetch(client, op, record_id, kind, sink)


def _fetch(client: Client, op: Op, record_id: str, kind: str, sink: BinaryIO) -> int:
    method = method_of(client, op)
    if op.method.endswith(".preview"):
        from gigstack_sync.api.files import save
        from gigstack_sync.api.resource import text_in

        return save(text_in(method(record_id), "pdf_base64"), "pdf", sink, client.download)
    if kind == "zip":
        return _unpack(method(record_id), sink)
    by_kind = (kind,) if len(op.files) > 1 else ()
    size: int = method(record_id, *by_kind, sink)
    return size


def _unpack(found: Mapping[str, Any], sink: BinaryIO) -> int:
    """Write a ZIP that came as base64; BadAnswer for anything else."""
    import base64
    import binascii

    content = found.get("content")
    try:
        package = base64.b64decode(content if isinstance(content, str) else "", validate=True)
    except (binascii.Error, ValueError):
        package = b""
    if not package.startswith(b"PK"):
        raise BadAnswer("What arrived is no ZIP.", hint="A request not finished yet has none.")
    return sink.write(package)
