"""Moves pages from the API into the mirror; the only folder that knows both."""
