"""The command line; the only folder that imports Typer and Rich."""
