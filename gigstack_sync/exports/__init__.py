"""Rows → files: which rows and columns, and how each format writes them. Rows never gather here."""
