"""What must hold of the wallets and their ledger."""

WALLET = {
    "every transfer has two entries whose sum is nothing": """
        SELECT t.id, count(e.id) AS entries, COALESCE(sum(e.amount), 0) AS left_over
        FROM wallet_transfers t LEFT JOIN wallet_entries e ON e.transfer_id = t.id
        GROUP BY t.id HAVING count(e.id) <> 2 OR sum(e.amount) <> 0""",
    "a transfer goes between a wallet and the house's account for its kind": """
        SELECT t.id, t.kind, a.kind AS account FROM wallet_transfers t
        JOIN wallet_entries e ON e.transfer_id = t.id JOIN wallet_accounts a ON a.id = e.account_id
        WHERE (e.balance IS NULL) = (a.kind = 'wallet') OR a.kind NOT IN ('wallet', CASE t.kind
            WHEN 'adjustment' THEN 'adjustments' WHEN 'top_up' THEN 'top_ups' ELSE 'sales' END)""",
    "what is in a wallet is the sum of its entries": """
        SELECT a.id, a.balance, COALESCE(sum(e.amount), 0) AS entered
        FROM wallet_accounts a LEFT JOIN wallet_entries e ON e.account_id = a.id
        WHERE a.kind = 'wallet' GROUP BY a.id, a.balance HAVING a.balance <> COALESCE(sum(e.amount), 0)""",
    "no wallet has less than nothing": """
        SELECT id, balance FROM wallet_accounts WHERE balance < 0""",
    "an entry tells what was in the wallet after it": """
        SELECT account_id, transfer_id, balance, entered FROM (
            SELECT e.account_id, e.transfer_id, e.balance,
                sum(e.amount) OVER (PARTITION BY e.account_id ORDER BY e.id) AS entered
            FROM wallet_entries e JOIN wallet_accounts a ON a.id = e.account_id WHERE a.kind = 'wallet'
        ) AS told WHERE balance <> entered""",
    "no order gives a wallet back more than it paid": """
        SELECT t.order_id, e.account_id, sum(e.amount) AS too_much
        FROM wallet_transfers t JOIN wallet_entries e ON e.transfer_id = t.id
        JOIN wallet_accounts a ON a.id = e.account_id WHERE a.kind = 'wallet' AND t.order_id IS NOT NULL
        GROUP BY t.order_id, e.account_id HAVING sum(e.amount) > 0""",
}
