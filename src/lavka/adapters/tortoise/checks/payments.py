"""What must hold of payments and refunds."""

TASK = """SELECT 1 FROM outbox t WHERE t.kind IN ({kinds})
        AND t.about LIKE '%' || CAST({about} AS TEXT) || '%'"""
"""That something waits in the outbox, perhaps for a person."""

PAYMENTS: dict[str, str] = {
    "the till has taken what is due of an order, and no more": """
        SELECT o.id, o.payment_method, o.status, o.is_paid, o.total FROM orders o
        WHERE CASE WHEN o.payment_method = 'online' AND o.is_paid THEN o.total ELSE 0 END
        <> COALESCE((
            SELECT sum(p.amount - p.refunded) FROM payments p
            WHERE p.order_id = o.id AND p.status = 'succeeded'), 0)""",
    "what goes back of a payment is the sum of its refunds": """
        SELECT p.id, p.refunded, COALESCE(sum(r.amount), 0) AS asked
        FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id
        GROUP BY p.id, p.refunded HAVING p.refunded <> COALESCE(sum(r.amount), 0)""",
    "a refund that has not gone back yet has its task": f"""
        SELECT r.id, r.payment_id FROM refunds r
        WHERE r.status = 'pending' AND NOT EXISTS ({TASK.format(kinds="'refund_payment'", about="r.id")})""",
    "what was authorised has the task of taking it, or of letting go of it": f"""
        SELECT p.id, p.external_id FROM payments p WHERE p.status = 'waiting_for_capture'
        AND NOT EXISTS ({TASK.format(kinds="'capture_payment', 'void_payment'", about="p.id")})""",
    "a payment is asked of who has ordered": """
        SELECT p.id, p.order_id, p.user_id FROM payments p JOIN orders o ON o.id = p.order_id
        WHERE p.user_id <> o.user_id""",
    "a top-up that has come is in its wallet, less what goes back": """
        SELECT p.id, p.amount, p.refunded FROM payments p WHERE p.order_id IS NULL
        AND CASE p.status WHEN 'succeeded' THEN p.amount - p.refunded ELSE 0 END <> COALESCE((
            SELECT sum(e.amount) FROM wallet_entries e JOIN wallet_accounts a ON a.id = e.account_id
            WHERE e.transfer_id = p.id AND a.kind = 'wallet' AND a.user_id = p.user_id), 0)""",
    "every top-up was paid": """
        SELECT t.id FROM wallet_transfers t WHERE t.kind = 'top_up' AND NOT EXISTS (
            SELECT 1 FROM payments p WHERE p.id = t.id AND p.order_id IS NULL)""",
    "the till is asked within minutes what has become of a payment": """
        SELECT id, external_id, look_at FROM payments WHERE look_at < {long_ago}""",
}
