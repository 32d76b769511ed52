-- The text of a CFDI's `complements` → what its payment complements hold, as JSON text. Invoices of
-- other types carry other complements.
create or replace macro complement_bodies(wire) as list_transform(
    list_filter(
        listed(wire),
        lambda entry: regexp_matches(
            entry, '(?i)"type"\s*:\s*"[^"]*(pago|payment)|"IdDocumento"\s*:'
        )
    ),
    lambda entry: coalesce(from_json(entry, '{"data":"VARCHAR"}').data, entry)
);
