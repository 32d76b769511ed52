"""Money requested and received."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Unpack, cast

from gigstack_sync.api.body import Json
from gigstack_sync.api.documents import WithDocuments
from gigstack_sync.api.fields import Amount, AutomationType, PaymentFields
from gigstack_sync.api.filters import PaymentFilters
from gigstack_sync.api.models import Payment
from gigstack_sync.api.operation import writes
from gigstack_sync.api.paging import Page
from gigstack_sync.api.params import (
    ClientRef,
    Cursor,
    Items,
    Limit,
    PageNumber,
    PaymentForm,
    PaymentId,
    Query,
)
from gigstack_sync.api.resource import party


class Payments(WithDocuments):
    """Payments, requested by link or registered by hand."""

    path = "/payments"
    accepts = PaymentFilters

    def list(
        self, *, limit: Limit = 100, cursor: Cursor = None, **filters: Unpack[PaymentFilters]
    ) -> Page[Payment]:
        """Fetch one page, newest first."""
        return self._page(filters, limit, cursor)

    def pages(self, **filters: Unpack[PaymentFilters]) -> Iterator[Page[Payment]]:
        """Fetch all pages, one after the other."""
        return self._pages(filters)

    def iterate(self, **filters: Unpack[PaymentFilters]) -> Iterator[Payment]:
        """Fetch all rows, a page at a time."""
        return self._rows(filters)

    def get(self, payment_id: PaymentId) -> Payment:
        """Fetch one payment."""
        record: Payment = self._get(payment_id)
        return record

    def search(
        self,
        words: Query,
        *,
        page: PageNumber = 1,
        limit: Limit = 20,
        status: Annotated[str | None, "Only payments of this status."] = None,
        client_id: Annotated[str | None, "Only this client's payments."] = None,
    ) -> Page[Payment]:
        """Search payments by client or description."""
        return self._search(words, page, limit, status=status, client_id=client_id)

    @writes
    def request(
        self,
        *,
        client: ClientRef,
        items: Items,
        allowed_payment_methods: Annotated[
            Sequence[str] | None, "How it may be paid: card, bank, spei, oxxo, stripe-spei."
        ] = None,
        **fields: Unpack[PaymentFields],
    ) -> Payment:
        """Ask for money by link; the payment's short_url is the link."""
        said = {"client": party(client), "items": items, **fields}
        said["allowed_payment_methods"] = allowed_payment_methods
        record: Payment = self._create(said, "request")
        return record

    @writes
    def register(
        self,
        *,
        client: ClientRef,
        items: Items,
        payment_form: PaymentForm,
        **fields: Unpack[PaymentFields],
    ) -> Payment:
        """Record money that is already in."""
        said = {"client": party(client), "items": items, "payment_form": payment_form, **fields}
        record: Payment = self._create(said, "register")
        return record

    @writes
    def paid(
        self,
        payment_id: PaymentId,
        *,
        payment_form: PaymentForm,
        date: Annotated[int | None, "When it was paid, epoch seconds."] = None,
    ) -> Payment:
        """Mark a requested payment as paid."""
        return cast(
            "Payment", self._act(payment_id, "paid", {"payment_form": payment_form, "date": date})
        )

    @writes
    def refund(
        self,
        payment_id: PaymentId,
        *,
        amount: Annotated[Amount, "How much goes back; less than the total is a partial refund."],
        reason: Annotated[str, "Why."],
        external_processor_refund: Annotated[
            bool | None, "Whether the processor (Stripe and others) pays it back too."
        ] = None,
    ) -> Payment:
        """Give money back, all of it or a part."""
        said: Json = {"amount": amount, "reason": reason}
        said["external_processor_refund"] = external_processor_refund
        return cast("Payment", self._act(payment_id, "refund", said))

    @writes
    def cancel(self, payment_id: PaymentId) -> Json:
        """Cancel a payment that was never made."""
        return self._delete(payment_id)

    @writes
    def update(
        self,
        payment_id: PaymentId,
        *,
        items: Annotated[
            Sequence[Mapping[str, Any]] | None, "id and new description of each item."
        ] = None,
        automation_type: Annotated[
            AutomationType | None, "What gigstack issues by itself once it is paid."
        ] = None,
        client: Annotated[
            Mapping[str, Any] | None, "What of its client changes, in the client itself too."
        ] = None,
    ) -> Json:
        """Change descriptions, client, or an automation not chosen yet; no amount."""
        said = {"items": items, "automation_type": automation_type, "client": client}
        changed: Json = self._update(payment_id, said)
        return changed
