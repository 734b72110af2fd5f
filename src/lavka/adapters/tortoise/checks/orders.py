"""What must hold of orders, carts and what buyers were answered."""

ORDERS: dict[str, str] = {}
