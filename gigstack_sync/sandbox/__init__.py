"""An offline gigstack: a seeded business, its history and its faults, served over HTTP."""
