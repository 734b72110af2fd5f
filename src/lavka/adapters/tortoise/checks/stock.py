"""What must hold of the stock and its ledger."""

LONG_AGO = {
    "postgres": "CURRENT_TIMESTAMP - INTERVAL '5 minutes'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', '-5 minutes')",
}
"""What began before this has waited too long: `{long_ago}` in the words of either database."""

STOCK = {
    "an offer's stock is the sum of its movements": """
        SELECT offer_id, sum(change) AS unexplained FROM (
            SELECT offer_id, quantity AS change FROM stock UNION ALL
            SELECT offer_id, -change FROM stock_movements) AS told
        GROUP BY offer_id HAVING sum(change) <> 0""",
    "every movement is of an offer that is there": """
        SELECT m.id, m.offer_id FROM stock_movements m LEFT JOIN offers o ON o.id = m.offer_id
        WHERE o.id IS NULL""",
    "an order has the stock of what it is not cancelled of, and no other": """
        SELECT order_id, offer_id, sum(change) AS unexplained FROM (
            SELECT order_id, offer_id, change FROM stock_movements WHERE order_id IS NOT NULL UNION ALL
            SELECT l.order_id, l.offer_id, l.quantity FROM order_lines l
            JOIN shipments s ON s.order_id = l.order_id AND s.shop_id = l.shop_id
            WHERE s.status <> 'canceled') AS told
        GROUP BY order_id, offer_id HAVING sum(change) <> 0""",
    "lists are shown within minutes what has run out": """
        SELECT id, offer_id, at FROM stock_turns WHERE at < {long_ago}""",
    "the stock has one version": "SELECT count(*) AS versions FROM stock_version HAVING count(*) <> 1",
}
