"""What must hold of the wallets and their ledger."""

WALLET: dict[str, str] = {}
