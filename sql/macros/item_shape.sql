-- How the concepts of an invoice, payment or receipt are read from JSON.
create or replace macro item_shape() as '[{
    "id": "VARCHAR", "description": "VARCHAR", "product_key": "VARCHAR",
    "unit_key": "VARCHAR", "unit_name": "VARCHAR", "sku": "VARCHAR",
    "taxability": "VARCHAR", "quantity": "DECIMAL(38,6)",
    "unit_price": "DECIMAL(38,6)", "discount": "DECIMAL(38,6)",
    "taxes": ' || tax_shape() || '
}]';
