"""The outside: HTTP, the database, cryptography."""
