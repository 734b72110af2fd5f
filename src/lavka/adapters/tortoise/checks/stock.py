"""What must hold of the stock and its ledger."""

STOCK: dict[str, str] = {}
