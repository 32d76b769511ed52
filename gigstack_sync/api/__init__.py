"""The gigstack REST API: speaks HTTP; knows nothing of DuckDB, Typer or Rich."""
