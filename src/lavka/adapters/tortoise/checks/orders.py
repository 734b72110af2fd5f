"""What must hold of orders, carts and what buyers were answered."""

from lavka.domain.shipments import NEXT, PROGRESS

STEPS = ", ".join(f"'{before} {after}'" for before, next_ones in NEXT.items() for after in sorted(next_ones))
RANKS = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(PROGRESS))
GOING = "s.order_id = o.id AND s.status <> 'canceled'"
NEWEST = "h.order_id = o.id AND h.shipment_id IS NULL ORDER BY h.id DESC LIMIT 1"

ORDERS: dict[str, str] = {
    "an order's total is that of its lines which are not cancelled, or of all": """
        SELECT o.id, o.total FROM orders o WHERE o.total <> COALESCE((
            SELECT sum(l.price * l.quantity) FROM order_lines l
            LEFT JOIN shipments s ON s.order_id = l.order_id AND s.shop_id = l.shop_id
            WHERE l.order_id = o.id
            AND (o.status = 'canceled' OR COALESCE(s.status, '') <> 'canceled')), 0)""",
    "an order is as far as the least advanced of its shipments": f"""
        SELECT o.id, o.status FROM orders o WHERE o.status <> COALESCE((
            SELECT s.status FROM shipments s WHERE {GOING}
            ORDER BY CASE s.status {RANKS} END LIMIT 1), 'canceled')""",
    "the newest event of an order is its status": f"""
        SELECT o.id, o.status FROM orders o
        WHERE o.status <> COALESCE((SELECT h.status FROM order_history h WHERE {NEWEST}), '')""",
    "a shipment goes by the steps that there are, from new": f"""
        SELECT order_id, shipment_id, id, before, status FROM (
            SELECT *, lag(status) OVER (PARTITION BY order_id, shipment_id ORDER BY id) AS before
            FROM order_history WHERE shipment_id IS NOT NULL) AS h
        WHERE COALESCE(before || ' ' || status NOT IN ({STEPS}), status <> 'new')""",
    "the newest event of a shipment is its status": """
        SELECT s.order_id, s.id, s.status FROM shipments s WHERE s.status <> COALESCE((
            SELECT h.status FROM order_history h WHERE h.order_id = s.order_id AND h.shipment_id = s.id
            ORDER BY h.id DESC LIMIT 1), '')""",
    "every line has a shipment": """
        SELECT l.order_id, l.offer_id, l.shop_id FROM order_lines l WHERE NOT EXISTS (
            SELECT 1 FROM shipments s WHERE s.order_id = l.order_id AND s.shop_id = l.shop_id)""",
    "every shipment has a line": """
        SELECT s.order_id, s.id, s.shop_id FROM shipments s WHERE NOT EXISTS (
            SELECT 1 FROM order_lines l WHERE l.order_id = s.order_id AND l.shop_id = s.shop_id)""",
    "an order is paid as its way of paying says": """
        SELECT id, payment_method, status, is_paid FROM orders
        WHERE is_paid <> CASE payment_method WHEN 'wallet' THEN status <> 'canceled'
            WHEN 'on_delivery' THEN status = 'delivered'
            ELSE is_paid AND status NOT IN ('new', 'canceled') END""",
    "a wallet has paid what is due of an order, and no other": """
        SELECT o.id, o.payment_method, o.status, o.total FROM orders o
        WHERE CASE WHEN o.payment_method = 'wallet' AND o.status <> 'canceled' THEN o.total ELSE 0 END
        <> COALESCE((
            SELECT -sum(e.amount) FROM wallet_transfers t JOIN wallet_entries e ON e.transfer_id = t.id
            JOIN wallet_accounts a ON a.id = e.account_id
            WHERE t.order_id = o.id AND a.kind = 'wallet' AND a.user_id = o.user_id), 0)""",
    "nobody's wallet pays for another's order": """
        SELECT t.id, t.order_id, a.user_id FROM wallet_transfers t JOIN orders o ON o.id = t.order_id
        JOIN wallet_entries e ON e.transfer_id = t.id JOIN wallet_accounts a ON a.id = e.account_id
        WHERE a.user_id <> o.user_id""",
    "what is new and to be paid online runs out, and nothing else does": """
        SELECT id, payment_method, status, is_paid, expires_at FROM orders
        WHERE (expires_at IS NOT NULL) <> (payment_method = 'online' AND status = 'new' AND NOT is_paid)""",
    "what has run out is cancelled within minutes": """
        SELECT id, expires_at FROM orders WHERE expires_at < {long_ago}""",
}
