"""The DuckDB files: speaks SQL; knows nothing of HTTP, Typer or Rich."""
