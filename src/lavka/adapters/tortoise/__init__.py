"""Everything stored: Tortoise ORM on SQLite or PostgreSQL."""
