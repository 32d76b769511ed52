"""A local DuckDB warehouse of a gigstack account, kept fresh by `gigstack sync`."""
