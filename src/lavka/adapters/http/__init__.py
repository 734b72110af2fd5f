"""The HTTP contract over FastAPI: each route parses, calls once, answers."""
