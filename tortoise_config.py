"""What `aerich` reads: the database of `DB_URL`, and the one that tests may use (`LAVKA_TEST_DB_URL`)."""

import os

from lavka.adapters.tortoise.connecting import tortoise_config
from lavka.adapters.tortoise.migrating import UNHURRIED
from lavka.settings import load_settings

os.environ.setdefault("AERICH_NO_TORTOISE_V1_WARNING", "1")

TORTOISE_ORM = tortoise_config(load_settings().db_url, UNHURRIED)
TORTOISE_ORM_TEST = tortoise_config(os.environ.get("LAVKA_TEST_DB_URL", "sqlite://var/test.db"), UNHURRIED)
