"""What must hold of the catalogue and of sign-ins."""

from lavka.adapters.tortoise.kept import KEPT_ACTIVE, KEPT_OFFERED, KEPT_PRICE, KEPT_STOCK, OFFERED

CATALOG = {  # `{told}` is the attributes that filters ought to read
    "no stock is negative": "SELECT offer_id, quantity FROM stock WHERE quantity < 0",
    "every offer has a stock row": """
        SELECT o.id FROM offers o LEFT JOIN stock s ON s.offer_id = o.id WHERE s.offer_id IS NULL""",
    "a product's price is its cheapest offer's that can be bought": f"""
        SELECT id, price, {KEPT_PRICE} AS cheapest FROM products
        WHERE COALESCE(price, 0) <> COALESCE({KEPT_PRICE}, 0)""",
    "a product is in stock when one of its offers is": f"""
        SELECT id, in_stock FROM products WHERE in_stock <> {KEPT_STOCK}
        AND NOT EXISTS ({OFFERED} AND o.id IN (SELECT offer_id FROM stock_turns))""",
    "a product is shown unless it is hidden or nobody offers it any more": f"""
        SELECT id, is_active, is_hidden, was_offered FROM products
        WHERE is_active <> {KEPT_ACTIVE} OR was_offered <> {KEPT_OFFERED}""",
    "filters read the attributes that products and their active offers have": """
        SELECT * FROM ({told}) AS told EXCEPT SELECT product_id, name, value FROM product_attributes""",
    "filters read no attribute that nothing has": """
        SELECT product_id, name, value FROM product_attributes EXCEPT SELECT * FROM ({told}) AS told""",
    "the categories are a tree": """
        SELECT id, slug FROM categories WHERE id NOT IN (
            WITH RECURSIVE reached (id) AS (
                SELECT id FROM categories WHERE parent_id IS NULL UNION ALL
                SELECT c.id FROM categories c JOIN reached ON c.parent_id = reached.id)
            SELECT id FROM reached)""",
    "a live session has at most one refresh token left": """
        SELECT t.session_id, count(*) AS unused FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
        WHERE t.used_at IS NULL AND s.ended_at IS NULL GROUP BY t.session_id HAVING count(*) > 1""",
    "the catalogue has one version": """
        SELECT count(*) AS versions FROM catalog_version HAVING count(*) <> 1""",
}
