"""Tasks over Celery, with Redis as the broker. Only what REDIS_URL reaches imports it: the extra `prod`."""
