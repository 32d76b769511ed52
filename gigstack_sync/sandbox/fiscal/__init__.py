"""What the tax law asks of a simulated business: identities, taxes, CFDIs and their rules."""
