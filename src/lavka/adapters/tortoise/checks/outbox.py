"""What must hold of what must happen after a commit."""

OUTBOX = {
    "what must happen after a commit happens within minutes": """
        SELECT id, kind, created_at, tries, reason FROM outbox WHERE created_at < {long_ago}""",
}
