"""Descarga Masiva: how SAT's copies get here, how often, and what each asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from gigstack_sync.api.address import segment
from gigstack_sync.api.body import Json, fields_of
from gigstack_sync.api.decode import decode
from gigstack_sync.api.fields import Amount
from gigstack_sync.api.files import save
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import readable
from gigstack_sync.api.params import JobId, RequestId, Sink, Uuid
from gigstack_sync.api.resource import Resource, said_in, text_in
from gigstack_sync.errors import UsageError

Side: TypeAlias = Literal["issued", "received"]


class SatDownloads(Resource):
    """Mass downloads from SAT, on a schedule or on request."""

    path = "/invoices/download"

    def status(self) -> Json:
        """Tell whether Descarga Masiva is active, and what it costs."""
        found: Json = decode(self._client.row(f"{self.path}/activate/status"))
        return found

    @writes
    def activate(self) -> Json:
        """Activate Descarga Masiva, which may be billed."""
        return said_in(self._client.send("POST", f"{self.path}/activate"))

    @writes
    def deactivate(self) -> Json:
        """Deactivate Descarga Masiva; the whole answer."""
        return self._client.send("POST", f"{self.path}/deactivate")

    def schedule(self) -> Json:
        """Show when SAT is asked, for what, and what became of it last time."""
        found: Json = decode(self._client.row(f"{self.path}/schedule"))
        return found

    @writes
    def set_schedule(
        self,
        *,
        time: Annotated[str, "Hour of the day in Mexico City, as 03:30."],
        enabled: Annotated[bool, "Whether SAT is asked at all."] = True,
        download_types: Annotated[Sequence[Side], "Issued, received or both."] = (
            "issued",
            "received",
        ),
        days_back: Annotated[int, "How many days back, 1 to 90."] = 7,
    ) -> Json:
        """Set the daily download."""
        if not 1 <= days_back <= 90:
            raise UsageError(f"SAT is asked for 1 to 90 days back, not {days_back}.")
        said = {
            "enabled": enabled,
            "time": time,
            "download_types": list(download_types),
            "days_back": days_back,
        }
        return said_in(self._client.send("PUT", f"{self.path}/schedule", said))

    def history(self) -> tuple[Json, ...]:
        """Fetch the last twenty downloads; SAT is asked about those under way."""
        return readable(self._client.page(f"{self.path}/schedule/history")).items

    @writes
    def request(
        self,
        *,
        start_date: Annotated[str, "First day, as 2026-01-01."],
        end_date: Annotated[str, "Last day, as 2026-01-31."],
        request_type: Annotated[Literal["metadata", "cfdi"], "Metadata, or whole CFDIs."] = "cfdi",
        rfc_type: Annotated[Side, "Issued or received."] = "received",
    ) -> Json:
        """Ask SAT for a period; it takes minutes to days."""
        said = {"start_date": start_date, "end_date": end_date}
        said |= {"request_type": request_type, "rfc_type": rfc_type}
        return said_in(self._client.send("POST", f"{self.path}/request", fields_of(said)))

    def request_status(self, request_id: RequestId) -> Json:
        """Tell how far a download request has come."""
        found: Json = decode(self._client.row(f"{self.path}/status/{segment(request_id)}"))
        return found

    def package(self, request_id: RequestId) -> Json:
        """Fetch the package of a finished request: content, a ZIP in base64."""
        found: Json = decode(self._client.row(f"{self.path}/package/{segment(request_id)}"))
        return found

    @writes
    def xml(self, uuid: Uuid, sink: Sink) -> int:
        """Write the XML of a CFDI to a seekable file, for a credit; gives its bytes."""
        answer = self._client.send("GET", f"{self.path}/invoice/{segment(uuid)}")
        return save(text_in(answer, "xml", "content"), "xml", sink, self._client.download)

    @writes
    def import_xml(
        self,
        *,
        uuids: Annotated[Sequence[str], "UUIDs of 1 to 500 CFDIs."],
        confirm_cost_mxn: Annotated[Amount, "What it costs, in pesos, as agreed to."],
    ) -> Json:
        """Fetch the XML of many CFDIs in a job, which is billed."""
        if not 1 <= len(uuids) <= 500:
            raise UsageError(f"A job takes 1 to 500 CFDIs, not {len(uuids)}.")
        said = {"uuids": list(uuids), "confirm_cost_mxn": confirm_cost_mxn}
        return said_in(self._client.send("POST", f"{self.path}/import", said))

    def jobs(self) -> tuple[Json, ...]:
        """Fetch the last twenty import jobs."""
        return readable(self._client.page(f"{self.path}/jobs")).items

    def job(self, job_id: JobId) -> Json:
        """Tell how far an import job has come."""
        found: Json = decode(self._client.row(f"{self.path}/jobs/{segment(job_id)}"))
        return found

    @writes
    def cancel_job(self, job_id: JobId) -> Json:
        """Stop an import job; what it has fetched stays."""
        path = f"{self.path}/jobs/{segment(job_id)}/cancel"
        return said_in(self._client.send("POST", path))
