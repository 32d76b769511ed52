-- How the taxes of a concept or a service are read from JSON.
create or replace macro tax_shape() as '[{
    "type": "VARCHAR", "factor": "VARCHAR", "rate": "DECIMAL(38,6)",
    "base": "DECIMAL(38,6)", "withholding": "VARCHAR", "inclusive": "VARCHAR"
}]';
