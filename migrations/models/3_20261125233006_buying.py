"""Carts, orders, the ledger of the stock and that of the wallets."""

from tortoise import BaseDBAsyncClient

UPGRADE = {
    "postgres": """
CREATE TABLE IF NOT EXISTS "carts" (
    "id" UUID NOT NULL PRIMARY KEY,
    "token_digest" VARCHAR(64) UNIQUE,
    "expires_at" TIMESTAMPTZ,
    "user_id" UUID UNIQUE REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "carts_owner" CHECK ((user_id IS NULL) = (token_digest IS NOT NULL)),
    CONSTRAINT "carts_expiry" CHECK ((expires_at IS NULL) = (token_digest IS NULL)),
    CONSTRAINT "carts_token_digest" CHECK (length(token_digest) = 64)
);
CREATE INDEX IF NOT EXISTS "idx_carts_expires_aed97f" ON "carts" ("expires_at");
COMMENT ON TABLE "carts" IS 'A cart: a user''s, or that of whoever holds the token whose SHA-256 this is, until it expires.';
CREATE TABLE IF NOT EXISTS "contacts" (
    "id" UUID NOT NULL PRIMARY KEY,
    "phone" VARCHAR(12) NOT NULL,
    "city" VARCHAR(100),
    "street" VARCHAR(200),
    "house" VARCHAR(20),
    "building" VARCHAR(20),
    "apartment" VARCHAR(20),
    "postal_code" VARCHAR(20),
    "comment" VARCHAR(1000),
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "contacts_phone" CHECK (phone LIKE '+7__________'),
    CONSTRAINT "contacts_address" CHECK ((city IS NULL) = (street IS NULL))
);
CREATE INDEX IF NOT EXISTS "idx_contacts_user_id_7a9c22" ON "contacts" ("user_id", "id");
COMMENT ON TABLE "contacts" IS 'A phone of a user''s, and the address to deliver to if there is one.';
CREATE TABLE IF NOT EXISTS "orders" (
    "id" UUID NOT NULL PRIMARY KEY,
    "number" VARCHAR(11) NOT NULL UNIQUE,
    "status" VARCHAR(9) NOT NULL,
    "payment_method" VARCHAR(11) NOT NULL,
    "is_paid" BOOL NOT NULL,
    "requires_delivery" BOOL NOT NULL,
    "delivery_address" VARCHAR(600),
    "phone" VARCHAR(12) NOT NULL,
    "comment" VARCHAR(1000),
    "total" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
    CONSTRAINT "orders_status" CHECK (status IN ('new', 'confirmed', 'assembled', 'sent', 'delivered', 'canceled')),
    CONSTRAINT "orders_payment_method" CHECK (payment_method IN ('online', 'on_delivery', 'wallet')),
    CONSTRAINT "orders_total" CHECK (total >= 0),
    CONSTRAINT "orders_delivery" CHECK (requires_delivery = (delivery_address IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS "idx_orders_user_id_ef1190" ON "orders" ("user_id", "id");
CREATE INDEX IF NOT EXISTS "idx_orders_status_89bef2" ON "orders" ("status", "id");
COMMENT ON TABLE "orders" IS 'An order. `status` and `total` are kept: they follow from its shipments and lines.';
CREATE TABLE IF NOT EXISTS "shipments" (
    "id" UUID NOT NULL PRIMARY KEY,
    "shop_id" UUID NOT NULL,
    "shop_name" VARCHAR(255) NOT NULL,
    "status" VARCHAR(9) NOT NULL,
    "order_id" UUID NOT NULL REFERENCES "orders" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_shipments_order_i_c53c3c" UNIQUE ("order_id", "shop_id"),
    CONSTRAINT "shipments_status" CHECK (status IN ('new', 'confirmed', 'assembled', 'sent', 'delivered', 'canceled'))
);
CREATE INDEX IF NOT EXISTS "idx_shipments_shop_id_e03563" ON "shipments" ("shop_id", "order_id");
COMMENT ON TABLE "shipments" IS 'What one shop sends of an order; the shop''s name is that of the day.';
CREATE TABLE IF NOT EXISTS "wallet_accounts" (
    "id" UUID NOT NULL PRIMARY KEY,
    "kind" VARCHAR(11) NOT NULL,
    "balance" BIGINT NOT NULL,
    "user_id" UUID UNIQUE REFERENCES "users" ("id") ON DELETE RESTRICT,
    CONSTRAINT "wallet_accounts_balance" CHECK (balance >= 0),
    CONSTRAINT "wallet_accounts_kind" CHECK (kind IN ('wallet', 'sales', 'adjustments', 'top_ups')),
    CONSTRAINT "wallet_accounts_owner" CHECK ((kind = 'wallet') = (user_id IS NOT NULL))
);
COMMENT ON TABLE "wallet_accounts" IS 'A user''s wallet, or an account of the house against which wallets are filled and emptied.';
CREATE TABLE IF NOT EXISTS "wallet_transfers" (
    "id" UUID NOT NULL PRIMARY KEY,
    "kind" VARCHAR(10) NOT NULL,
    "order_id" UUID,
    "reason" VARCHAR(500),
    "created_at" TIMESTAMPTZ NOT NULL,
    "by_id" UUID REFERENCES "users" ("id") ON DELETE RESTRICT,
    CONSTRAINT "wallet_transfers_kind" CHECK (kind IN ('payment', 'refund', 'adjustment', 'top_up')),
    CONSTRAINT "wallet_transfers_order" CHECK ((kind IN ('payment', 'refund')) = (order_id IS NOT NULL)),
    CONSTRAINT "wallet_transfers_reason" CHECK (kind <> 'adjustment' OR (reason IS NOT NULL AND by_id IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS "idx_wallet_tran_order_i_19ab95" ON "wallet_transfers" ("order_id");
CREATE INDEX IF NOT EXISTS "idx_wallet_tran_by_id_1b8aab" ON "wallet_transfers" ("by_id");
COMMENT ON TABLE "wallet_transfers" IS 'Money that went from one account to another; `order_id` and `reason` say what for.';
-- Written by hand: which state of a cart somebody has seen.
ALTER TABLE "carts" ADD "version" INT NOT NULL DEFAULT 1;
-- Tables whose keys are of several columns, and ledgers that only grow.
CREATE TABLE IF NOT EXISTS "cart_items" (
    "cart_id" UUID NOT NULL REFERENCES "carts" ("id") ON DELETE CASCADE,
    "offer_id" UUID NOT NULL,
    "quantity" INT NOT NULL,
    "position" INT NOT NULL,
    PRIMARY KEY ("cart_id", "offer_id"),
    CONSTRAINT "cart_items_quantity" CHECK (quantity BETWEEN 1 AND 10000)
);
CREATE TABLE IF NOT EXISTS "order_lines" (
    "order_id" UUID NOT NULL REFERENCES "orders" ("id") ON DELETE RESTRICT,
    "offer_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "position" INT NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "sku" VARCHAR(100) NOT NULL,
    "attributes" JSONB NOT NULL,
    "price" BIGINT NOT NULL,
    "quantity" INT NOT NULL,
    PRIMARY KEY ("order_id", "offer_id"),
    CONSTRAINT "order_lines_price" CHECK (price > 0),
    CONSTRAINT "order_lines_quantity" CHECK (quantity BETWEEN 1 AND 10000)
);
CREATE TABLE IF NOT EXISTS "order_history" (
    "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "order_id" UUID NOT NULL REFERENCES "orders" ("id") ON DELETE RESTRICT,
    "shipment_id" UUID,
    "status" VARCHAR(9) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "role" VARCHAR(13) NOT NULL,
    "by_id" UUID
);
CREATE INDEX IF NOT EXISTS "order_history_orders" ON "order_history" ("order_id", "id");
CREATE TABLE IF NOT EXISTS "stock_movements" (
    "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "offer_id" UUID NOT NULL,
    "change" INT NOT NULL,
    "reason" VARCHAR(12) NOT NULL,
    "order_id" UUID,
    "at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "stock_movements_change" CHECK (change <> 0),
    CONSTRAINT "stock_movements_reason" CHECK (reason IN (
        'initial', 'import', 'correction', 'order', 'change', 'cancellation', 'expiry')),
    CONSTRAINT "stock_movements_order" CHECK (
        (reason IN ('order', 'change', 'cancellation', 'expiry')) = (order_id IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS "stock_movements_offers" ON "stock_movements" ("offer_id");
-- Offers whose stock has turned to nothing, or from nothing, and whose products have not been looked at since.
CREATE TABLE IF NOT EXISTS "stock_turns" (
    "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "offer_id" UUID NOT NULL,
    "at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE IF NOT EXISTS "stock_version" (
    "id" SMALLINT NOT NULL PRIMARY KEY,
    "version" BIGINT NOT NULL,
    CONSTRAINT "stock_version_single" CHECK (id = 1)
);
INSERT INTO "stock_version" ("id", "version") VALUES (1, 1);
CREATE TABLE IF NOT EXISTS "idempotency_keys" (
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "key" VARCHAR(64) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "answer" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    PRIMARY KEY ("user_id", "key")
);
CREATE INDEX IF NOT EXISTS "idempotency_keys_age" ON "idempotency_keys" ("created_at");
CREATE TABLE IF NOT EXISTS "wallet_entries" (
    "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "transfer_id" UUID NOT NULL REFERENCES "wallet_transfers" ("id") ON DELETE RESTRICT,
    "account_id" UUID NOT NULL REFERENCES "wallet_accounts" ("id") ON DELETE RESTRICT,
    "amount" BIGINT NOT NULL,
    "balance" BIGINT,
    CONSTRAINT "wallet_entries_once" UNIQUE ("transfer_id", "account_id"),
    CONSTRAINT "wallet_entries_amount" CHECK (amount <> 0),
    CONSTRAINT "wallet_entries_balance" CHECK (balance >= 0)
);
CREATE INDEX IF NOT EXISTS "wallet_entries_accounts" ON "wallet_entries" ("account_id", "id");
INSERT INTO "wallet_accounts" ("id", "kind", "balance") VALUES
    ('6c61766b-6100-7000-8000-000000000002', 'sales', 0),
    ('6c61766b-6100-7000-8000-000000000003', 'adjustments', 0),
    ('6c61766b-6100-7000-8000-000000000004', 'top_ups', 0);
-- An order is paid from a wallet once.
CREATE UNIQUE INDEX IF NOT EXISTS "wallet_transfers_one_payment" ON "wallet_transfers" ("order_id")
    WHERE kind = 'payment';
CREATE INDEX IF NOT EXISTS "orders_unpaid" ON "orders" ("expires_at") WHERE expires_at IS NOT NULL;
-- What there is of an offer today is where its ledger begins.
INSERT INTO "stock_movements" ("offer_id", "change", "reason", "at")
    SELECT "offer_id", "quantity", 'initial', CURRENT_TIMESTAMP FROM "stock" WHERE "quantity" <> 0;
-- Ends the statement that it is in, and all that this has done, unless something is so.
CREATE FUNCTION "must_be"(it BOOLEAN) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    IF it THEN RETURN TRUE; END IF;
    RAISE EXCEPTION 'something is in the way' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION "append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER "stock_movements_append_only" BEFORE UPDATE OR DELETE ON "stock_movements"
    FOR EACH ROW EXECUTE FUNCTION "append_only"();
CREATE TRIGGER "order_history_append_only" BEFORE UPDATE OR DELETE ON "order_history"
    FOR EACH ROW EXECUTE FUNCTION "append_only"();
CREATE TRIGGER "wallet_transfers_append_only" BEFORE UPDATE OR DELETE ON "wallet_transfers"
    FOR EACH ROW EXECUTE FUNCTION "append_only"();
CREATE TRIGGER "wallet_entries_append_only" BEFORE UPDATE OR DELETE ON "wallet_entries"
    FOR EACH ROW EXECUTE FUNCTION "append_only"();
""",
    "sqlite": """
BEGIN;
CREATE TABLE IF NOT EXISTS "carts" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "token_digest" VARCHAR(64) UNIQUE,
    "expires_at" TIMESTAMP,
    "user_id" CHAR(36) UNIQUE REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "carts_owner" CHECK ((user_id IS NULL) = (token_digest IS NOT NULL)),
    CONSTRAINT "carts_expiry" CHECK ((expires_at IS NULL) = (token_digest IS NULL)),
    CONSTRAINT "carts_token_digest" CHECK (length(token_digest) = 64)
) /* A cart: a user's, or that of whoever holds the token whose SHA-256 this is, until it expires. */;
CREATE INDEX IF NOT EXISTS "idx_carts_expires_aed97f" ON "carts" ("expires_at");
CREATE TABLE IF NOT EXISTS "contacts" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "phone" VARCHAR(12) NOT NULL,
    "city" VARCHAR(100),
    "street" VARCHAR(200),
    "house" VARCHAR(20),
    "building" VARCHAR(20),
    "apartment" VARCHAR(20),
    "postal_code" VARCHAR(20),
    "comment" VARCHAR(1000),
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "contacts_phone" CHECK (phone LIKE '+7__________'),
    CONSTRAINT "contacts_address" CHECK ((city IS NULL) = (street IS NULL))
) /* A phone of a user's, and the address to deliver to if there is one. */;
CREATE INDEX IF NOT EXISTS "idx_contacts_user_id_7a9c22" ON "contacts" ("user_id", "id");
CREATE TABLE IF NOT EXISTS "orders" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "number" VARCHAR(11) NOT NULL UNIQUE,
    "status" VARCHAR(9) NOT NULL,
    "payment_method" VARCHAR(11) NOT NULL,
    "is_paid" INT NOT NULL,
    "requires_delivery" INT NOT NULL,
    "delivery_address" VARCHAR(600),
    "phone" VARCHAR(12) NOT NULL,
    "comment" VARCHAR(1000),
    "total" BIGINT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
    CONSTRAINT "orders_status" CHECK (status IN ('new', 'confirmed', 'assembled', 'sent', 'delivered', 'canceled')),
    CONSTRAINT "orders_payment_method" CHECK (payment_method IN ('online', 'on_delivery', 'wallet')),
    CONSTRAINT "orders_total" CHECK (total >= 0),
    CONSTRAINT "orders_delivery" CHECK (requires_delivery = (delivery_address IS NOT NULL))
) /* An order. `status` and `total` are kept: they follow from its shipments and lines. */;
CREATE INDEX IF NOT EXISTS "idx_orders_user_id_ef1190" ON "orders" ("user_id", "id");
CREATE INDEX IF NOT EXISTS "idx_orders_status_89bef2" ON "orders" ("status", "id");
CREATE TABLE IF NOT EXISTS "shipments" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "shop_id" CHAR(36) NOT NULL,
    "shop_name" VARCHAR(255) NOT NULL,
    "status" VARCHAR(9) NOT NULL,
    "order_id" CHAR(36) NOT NULL REFERENCES "orders" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_shipments_order_i_c53c3c" UNIQUE ("order_id", "shop_id"),
    CONSTRAINT "shipments_status" CHECK (status IN ('new', 'confirmed', 'assembled', 'sent', 'delivered', 'canceled'))
) /* What one shop sends of an order; the shop's name is that of the day. */;
CREATE INDEX IF NOT EXISTS "idx_shipments_shop_id_e03563" ON "shipments" ("shop_id", "order_id");
CREATE TABLE IF NOT EXISTS "wallet_accounts" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "kind" VARCHAR(11) NOT NULL,
    "balance" BIGINT NOT NULL,
    "user_id" CHAR(36) UNIQUE REFERENCES "users" ("id") ON DELETE RESTRICT,
    CONSTRAINT "wallet_accounts_balance" CHECK (balance >= 0),
    CONSTRAINT "wallet_accounts_kind" CHECK (kind IN ('wallet', 'sales', 'adjustments', 'top_ups')),
    CONSTRAINT "wallet_accounts_owner" CHECK ((kind = 'wallet') = (user_id IS NOT NULL))
) /* A user's wallet, or an account of the house against which wallets are filled and emptied. */;
CREATE TABLE IF NOT EXISTS "wallet_transfers" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "kind" VARCHAR(10) NOT NULL,
    "order_id" CHAR(36),
    "reason" VARCHAR(500),
    "created_at" TIMESTAMP NOT NULL,
    "by_id" CHAR(36) REFERENCES "users" ("id") ON DELETE RESTRICT,
    CONSTRAINT "wallet_transfers_kind" CHECK (kind IN ('payment', 'refund', 'adjustment', 'top_up')),
    CONSTRAINT "wallet_transfers_order" CHECK ((kind IN ('payment', 'refund')) = (order_id IS NOT NULL)),
    CONSTRAINT "wallet_transfers_reason" CHECK (kind <> 'adjustment' OR (reason IS NOT NULL AND by_id IS NOT NULL))
) /* Money that went from one account to another; `order_id` and `reason` say what for. */;
CREATE INDEX IF NOT EXISTS "idx_wallet_tran_order_i_19ab95" ON "wallet_transfers" ("order_id");
CREATE INDEX IF NOT EXISTS "idx_wallet_tran_by_id_1b8aab" ON "wallet_transfers" ("by_id");
-- Written by hand: which state of a cart somebody has seen.
ALTER TABLE "carts" ADD "version" INT NOT NULL DEFAULT 1;
-- Tables whose keys are of several columns, and ledgers that only grow.
CREATE TABLE IF NOT EXISTS "cart_items" (
    "cart_id" CHAR(36) NOT NULL REFERENCES "carts" ("id") ON DELETE CASCADE,
    "offer_id" CHAR(36) NOT NULL,
    "quantity" INT NOT NULL,
    "position" INT NOT NULL,
    PRIMARY KEY ("cart_id", "offer_id"),
    CONSTRAINT "cart_items_quantity" CHECK (quantity BETWEEN 1 AND 10000)
);
CREATE TABLE IF NOT EXISTS "order_lines" (
    "order_id" CHAR(36) NOT NULL REFERENCES "orders" ("id") ON DELETE RESTRICT,
    "offer_id" CHAR(36) NOT NULL,
    "product_id" CHAR(36) NOT NULL,
    "shop_id" CHAR(36) NOT NULL,
    "position" INT NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "sku" VARCHAR(100) NOT NULL,
    "attributes" JSON NOT NULL,
    "price" BIGINT NOT NULL,
    "quantity" INT NOT NULL,
    PRIMARY KEY ("order_id", "offer_id"),
    CONSTRAINT "order_lines_price" CHECK (price > 0),
    CONSTRAINT "order_lines_quantity" CHECK (quantity BETWEEN 1 AND 10000)
);
CREATE TABLE IF NOT EXISTS "order_history" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "order_id" CHAR(36) NOT NULL REFERENCES "orders" ("id") ON DELETE RESTRICT,
    "shipment_id" CHAR(36),
    "status" VARCHAR(9) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "role" VARCHAR(13) NOT NULL,
    "by_id" CHAR(36)
);
CREATE INDEX IF NOT EXISTS "order_history_orders" ON "order_history" ("order_id", "id");
CREATE TABLE IF NOT EXISTS "stock_movements" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "offer_id" CHAR(36) NOT NULL,
    "change" INT NOT NULL,
    "reason" VARCHAR(12) NOT NULL,
    "order_id" CHAR(36),
    "at" TIMESTAMP NOT NULL,
    CONSTRAINT "stock_movements_change" CHECK (change <> 0),
    CONSTRAINT "stock_movements_reason" CHECK (reason IN (
        'initial', 'import', 'correction', 'order', 'change', 'cancellation', 'expiry')),
    CONSTRAINT "stock_movements_order" CHECK (
        (reason IN ('order', 'change', 'cancellation', 'expiry')) = (order_id IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS "stock_movements_offers" ON "stock_movements" ("offer_id");
-- Offers whose stock has turned to nothing, or from nothing, and whose products have not been looked at since.
CREATE TABLE IF NOT EXISTS "stock_turns" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "offer_id" CHAR(36) NOT NULL,
    "at" TIMESTAMP NOT NULL
);
CREATE TABLE IF NOT EXISTS "stock_version" (
    "id" SMALLINT NOT NULL PRIMARY KEY,
    "version" BIGINT NOT NULL,
    CONSTRAINT "stock_version_single" CHECK (id = 1)
);
INSERT INTO "stock_version" ("id", "version") VALUES (1, 1);
CREATE TABLE IF NOT EXISTS "idempotency_keys" (
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "key" VARCHAR(64) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "answer" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    PRIMARY KEY ("user_id", "key")
);
CREATE INDEX IF NOT EXISTS "idempotency_keys_age" ON "idempotency_keys" ("created_at");
CREATE TABLE IF NOT EXISTS "wallet_entries" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "transfer_id" CHAR(36) NOT NULL REFERENCES "wallet_transfers" ("id") ON DELETE RESTRICT,
    "account_id" CHAR(36) NOT NULL REFERENCES "wallet_accounts" ("id") ON DELETE RESTRICT,
    "amount" BIGINT NOT NULL,
    "balance" BIGINT,
    CONSTRAINT "wallet_entries_once" UNIQUE ("transfer_id", "account_id"),
    CONSTRAINT "wallet_entries_amount" CHECK (amount <> 0),
    CONSTRAINT "wallet_entries_balance" CHECK (balance >= 0)
);
CREATE INDEX IF NOT EXISTS "wallet_entries_accounts" ON "wallet_entries" ("account_id", "id");
INSERT INTO "wallet_accounts" ("id", "kind", "balance") VALUES
    ('6c61766b-6100-7000-8000-000000000002', 'sales', 0),
    ('6c61766b-6100-7000-8000-000000000003', 'adjustments', 0),
    ('6c61766b-6100-7000-8000-000000000004', 'top_ups', 0);
-- An order is paid from a wallet once.
CREATE UNIQUE INDEX IF NOT EXISTS "wallet_transfers_one_payment" ON "wallet_transfers" ("order_id")
    WHERE kind = 'payment';
CREATE INDEX IF NOT EXISTS "orders_unpaid" ON "orders" ("expires_at") WHERE expires_at IS NOT NULL;
-- What there is of an offer today is where its ledger begins.
INSERT INTO "stock_movements" ("offer_id", "change", "reason", "at")
    SELECT "offer_id", "quantity", 'initial', strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') FROM "stock" WHERE "quantity" <> 0;
CREATE TRIGGER "stock_movements_no_update" BEFORE UPDATE ON "stock_movements"
    BEGIN SELECT RAISE(ABORT, 'stock_movements only grows'); END;
CREATE TRIGGER "stock_movements_no_delete" BEFORE DELETE ON "stock_movements"
    BEGIN SELECT RAISE(ABORT, 'stock_movements only grows'); END;
CREATE TRIGGER "order_history_no_update" BEFORE UPDATE ON "order_history"
    BEGIN SELECT RAISE(ABORT, 'order_history only grows'); END;
CREATE TRIGGER "order_history_no_delete" BEFORE DELETE ON "order_history"
    BEGIN SELECT RAISE(ABORT, 'order_history only grows'); END;
CREATE TRIGGER "wallet_transfers_no_update" BEFORE UPDATE ON "wallet_transfers"
    BEGIN SELECT RAISE(ABORT, 'wallet_transfers only grows'); END;
CREATE TRIGGER "wallet_transfers_no_delete" BEFORE DELETE ON "wallet_transfers"
    BEGIN SELECT RAISE(ABORT, 'wallet_transfers only grows'); END;
CREATE TRIGGER "wallet_entries_no_update" BEFORE UPDATE ON "wallet_entries"
    BEGIN SELECT RAISE(ABORT, 'wallet_entries only grows'); END;
CREATE TRIGGER "wallet_entries_no_delete" BEFORE DELETE ON "wallet_entries"
    BEGIN SELECT RAISE(ABORT, 'wallet_entries only grows'); END;
COMMIT;
""",
}

DOWNGRADE = {
    "postgres": """
DROP TABLE IF EXISTS "wallet_entries";
DROP TABLE IF EXISTS "idempotency_keys";
DROP TABLE IF EXISTS "stock_version";
DROP TABLE IF EXISTS "stock_turns";
DROP TABLE IF EXISTS "stock_movements";
DROP TABLE IF EXISTS "order_history";
DROP TABLE IF EXISTS "order_lines";
DROP TABLE IF EXISTS "cart_items";
DROP TABLE IF EXISTS "shipments";
DROP TABLE IF EXISTS "orders";
DROP TABLE IF EXISTS "carts";
DROP TABLE IF EXISTS "contacts";
DROP TABLE IF EXISTS "wallet_transfers";
DROP TABLE IF EXISTS "wallet_accounts";
DROP FUNCTION IF EXISTS "append_only";
DROP FUNCTION IF EXISTS "must_be";
""",
    "sqlite": """
BEGIN;
DROP TABLE IF EXISTS "wallet_entries";
DROP TABLE IF EXISTS "idempotency_keys";
DROP TABLE IF EXISTS "stock_version";
DROP TABLE IF EXISTS "stock_turns";
DROP TABLE IF EXISTS "stock_movements";
DROP TABLE IF EXISTS "order_history";
DROP TABLE IF EXISTS "order_lines";
DROP TABLE IF EXISTS "cart_items";
DROP TABLE IF EXISTS "shipments";
DROP TABLE IF EXISTS "orders";
DROP TABLE IF EXISTS "carts";
DROP TABLE IF EXISTS "contacts";
DROP TABLE IF EXISTS "wallet_transfers";
DROP TABLE IF EXISTS "wallet_accounts";
COMMIT;
""",
}


def dialect(db: BaseDBAsyncClient | None) -> str:
    """Tell whose SQL is wanted; aerich itself asks without a database when it only compares."""
    return "postgres" if db is None else db.capabilities.dialect


async def upgrade(db: BaseDBAsyncClient | None) -> str:
    """Bring the database here from the revision before."""
    return UPGRADE[dialect(db)]


async def downgrade(db: BaseDBAsyncClient | None) -> str:
    """Bring it back."""
    return DOWNGRADE[dialect(db)]


MODELS_STATE = (
    "eJztXWtv27Ya/iuEv6wD0qJxLr3k4ABJ1p1mS5OiSddh6yDTEm0LkUVXlOsaW//74UtJti6UTNqyrWj8kovIl5IeUuTzXvjy786Y"
    "OsRjzy5xEH6gs85r9HfHx2PC/8gXHaAOnkyWBXAhxH1P1LV5JXEF91kYYDvkFwfYY4RfcgizA3cSutSHqucIKr9GGE0ZCX5gB4gG"
    "KBzhENEBmo0o+UoCNKKew/hVgkL6QHy4zgi6e3v+tHtyyq+7DLlccuqHrofcEJFvEzcg7Bk8gkNt/gyuP9zJ3aa++2VKrJAOCW8g"
    "4Pf88y9+2fUd8o2w5N/JgzVwiedkAHYdaEBct8L5RFz7+PHqp59FTXiTvmVTbzr2l7Un83BE/UX16dR1noEMlA2JTwIcEicFvj/1"
    "vLiTkkvRE/MLYTAli0d1lhccMsBTD7qw85/B1Leh55C4E/w4/m/8aKlqlnVze2/dvbm3rE6hx+ERct0SX7KpD6PF9UMA6u/vUbtL"
    "QMTVDtzg8u35hydHpz8KCCgLh4EoFHB1vgtBHOJIVIC+RFl0qeW4Q8LCIt6XIxzI8c7L5ZDnD66AeYyoBuQJWlvAtzPG3yyP+MNw"
    "xP89Pa7A+7fzDwLy02MBOeWfdPSh38QlXVEEyC+Rjj8LC0tw/oljFLpjIsc6K5lD2olFnyV/rIF7UmU/wFcAfX/17s3d/fm799D8"
    "mLEvnkDr/P4NlHTF1Xnu6pPTXKcsGkGfru7fIvgX/XF78yb/tSzq3f/RgWfC05BaPp1Z2EnjmFxOLmU6GaZRS2/mSolsMH016lNa"
    "f6qC1WDwkJqp4EIf2w8zHDhWoYR2qXRWA0yLfXDrk3vKf4h+uOJPjH2bSHCPl/aPvJF4aX+E4C+vLu8f4NlioU2PO/7u/I1JGM35"
    "53eX5z+96XzPQJ9FGorG3XH+CvbxULwvPBk8x4Ikhdijw99IwKKXkdCoTI0VbErUtb6mKq/kVbzbUUBnQHX86bhPYpoz5NcYmrnh"
    "CAHXmSN7hP0hiegPL/dcFjLERnR2gBiNZELK7884c/JRn6AHMgmLxGr7t6uZWd2Nsedd+aEGu4KhtRVetc1FfgiP8PSo++L0JS8V"
    "Twj/vKiYsu7enV9fX93cr2BSqeGYhfbCHZYCmxKqB93iUr78IHaH76tu9+joRff50enLk+MXL05ePl+gXSyqwv7i6n+AfGY9j7pi"
    "o5Wi1qmNDGkwL1UPl8WrJjWo6BJlPXHiYZsg1480s4AQmXonr7R67vizM8EB8UNYIP4yKtpeVTTxu4BzuWqW1F9LJWvchJLRyron"
    "JwpqGa9VqpeJsqxixrzpUAffpH49+DZI5z18/lwBXV6rFF1RlkV3OY9oTBUZoRq1oj0P5hr1ojzARXR/pgFxh/6vZK6o7+TWqkcJ"
    "7UqtJzOyMnrPB678f7i6vM8pPiWo2yPXc3hTEroXS/786wfi4VDO7toMefbzD6gztSPr9/o4vY9aaS9M8JtZdGBx3W+yIVh3vAm9"
    "gdW0Rb8Usq0yeeqH2C718yxLq3l8VE+dxfMOFPr/0gWDfUfQdezwCYYxFFLEb+OCK4b/6Q6gMOCkniEuKiX9dbSpoiOkTEhGT9i7"
    "niC6XYfILgRaqCkcdlWobLecyXbzRNZ2w7kOukn9WjxjzcJ2G3oCA+uElgtyKdE+iLtKEHcrIO4WIR5RPmHrILwQaCPASvhWwJtH"
    "tz/lGgE8gAbAaRmD8WqMMVffwrFU3S0HOSNkUF6NMvAO7HEEHT06kRUzSK9G2qZj3dGcEmkfwpwXKFKLSm5RwHlvYRlNI8lbsUDK"
    "oy207Y/q8RYNRbXmkIud+TCv6dD1f8auNw1IR2L7yJQfVFk/PKhpDaKqyjYQqE8cNJyCZQJiT32CsG3TqR/+wNAEMzajgXMmDBgP"
    "ZA5WCryIP40CVZnUEFJfwyrWEN6C+ArETSFYzxhE9msQSTpEcWWNq7fQGFJ/MOtykBcAro5lzQjWEMqqAHxDIh8fRSxrQ6JqbgeD"
    "iAtIVqNFWeVKRKGW4goEwXrgd4E1IXDt2HQee64geEaY00X1M9SDGD0+BHqwWoigPTdM5KAI2djzGL8oDwrc0n0k69OfHbhXTDfY"
    "wzRajrIxPtGtE5oLbXd4pYxkqo5Zz/a7nkEnaqxncfUWrmfbCVQRw7+Ab1X05kLExG5qxW6mYQ9IZNFwOCtYowuk4mt1R9MMI3vp"
    "DRzyp+pPQyKJQfjl7vamxMKakcqzOpcvbv+INesRfhQViAIeGS6XTC9P3p3/np95Lq9vL/JTPjRwkesAl1mcq7hfZZ8BpR7Bfsma"
    "mpbL9UCfC7YL+ovb2+sM9BdXuaF98/HdxRu+Boh+4JXcsGTExzRLZ7inRDYa6w2bcXY91LPsUzk0NMtZjWk250ZfMndVRNNk38BZ"
    "HWsbDb4ajN1aEY0NxXZ1sG3mWy2Jts2P3hrAhQjIdiOb+ma1g5i1DDfpAB1qP0hYSSyXbK5ViE+FhtoVyqtr3gqccvNWUnZQad6C"
    "WqoOFh+J6s9Qj3844ZT1RDhoT2ws5X8H0a7S1+AGmaMB9Tw6Q4OAjoXFiY3cCTicmRDyXF+aR6T2W3z2P/sf/Ql2HYQHIQlQb5kF"
    "oXcAaUZcsSfWJp5HnHUjVoWtSzxwcsWYuPa7101sltaxci0l2rcf61DFynVYbuQ6LAZZJmNdPcgykWihHfGVAr6vSuF9VdzqNodp"
    "zBrz+YdKpouK0KmCZAvRrn84u8yCFULfVJJIGUOJuqEkIF+mYgGON45IfOuVsEvlTQeod0CCmxVv4tGZYGSy7QsfPFXyC51W+IVO"
    "JX4hs61mq9tqTAjsTkJghSqm51tbiBj35toONTsgANEakVJZyd2ESjVl1XwUsVKPNrmj6eU1e9lsIzDbCBpg/C/bRqCXwWRhdS23"
    "6atlm4iaaRfkW8008d61w2lAShwAqdKDKhfAJKqnnmkiqp8JOn2G7kcEDVyPMGGkh0dxUH8udkREyZ0XuSlnmCHGO1pkpoRIVT4K"
    "v3I5/ppzyHUpTS++m5tKo1+zzsc4U3UxBjZdYAz/ezP862cg3zD3eNNmom3v2OD94SYzeRbi8vDWlEibVMDu4fGL45dHp8cLzW9x"
    "pUrhKyp3JoLJhNw0jBsqhdzsZ1PPewjPvnZZWYqtTHk19YGalkiWrch+fOSOJzQI4XwTzImD58E7HXCS4dqjOO0VCil9hnq2h92x"
    "2HWzPPKEigRZQGDseCvpjAYPXEi6z2erd4PACNhIJHKDB1OfiV2rYN2H5j0SN0kcSxzI0kMjTqF8GortrsQ5i6gYxA/xBr25eBTR"
    "DG8OI7AxJM+J+Z3EaE/yB4/dYSC0AYYeCJmonvCS2U6UtWoVYzBS5aIk+b8/NzuQ9s/SjDVzHcAfnZ1r4PouG623vzcrauyZTe5n"
    "Ew6UUbqqyH+ic70oVble5DWusWb+pPEmiZP+Vcg6wdzinEViuKwKQElJmbAT9bCTaSBxG5eP4rh6+xzz3efHLxWGMVSryAAGhbm4"
    "Kq4eMAsUBE07QkHQJMrP74XC3ZNTreVtIdG+8Vu/SRHs7xrmxKS6MSXKTYmg7BPJDFCRfiAlY1Atj77RwDQlYRCVsYGJo4loSsIg"
    "Kg3rFRv3NVHNSRlkJciSIKCBViKLpYRJYrHBzv7oVEst5FMiBvoNoMdhSMYTWVBP6VSSFjHziIxFgENFRzNbCBiNTIJk4prSdiHk"
    "hY1xucnG5aznTufryQuar8jkeNldwInJQZIMno1zkMingxrAVY/xbuYEsBLbwhyYQZg/Bbr5eH29v0ieRSSVNI4nHWdVFcWzPBpS"
    "KYA5CR/uififHnpCByJ/iD0ieBJFDQ/gQDuIjLGxj/oE9el0OAp/jLKRuL4lktgsE5KgAQ2EZiEPXt7qDSGQpwfQWQPqOcRZJvrt"
    "wYUeGuMHwpJgIKj4GjEa8FEhGmcEB/w5HIj9eSAQHNSn4QhB6EYfM8LOUE9gDs1+9qNbxDFHLrNGruMQX9ySPzd2xuC25z0Q0uAH"
    "/hQuGx2IelFOwV70XFHeFpYkbhGPIf6GB4wSLr/+7EevMMNwnCW/FL8Ynyxm/EYMedQfwm+RwQUeZszHmKgi8OFP+DpzUmH8/gM3"
    "4HjH4eTKgUfxqerJR5RCO44uypYLwEyQ0Z6DjMx559s97zz9FWjCnBJrIdonhyo7r3mtUrRFWZNOl28UvltJ251+sgLM9+Rbqf08"
    "I9YKtKusB29+v6+2NS6MB9e3N/9LqucNkCZZdKOMvRFf0ZhcFgLtC2/YyuQtyKkOwAuB9gG8FS5i0p3vOJpvofvpA76U2zPgcgtB"
    "w4BOKcCaUOckDdirwd752S1Nm6n3ktsoMW/pTiUpMTN1qw9ys/lqnQ54dH7TOF5ujW7OSppubnQ350zPys7xrJhxjVf6chO0anA5"
    "XsZNtdvtmB1dG2SXWp6/mWMGGqml0id9Ps6ZqphXKsNaUxmc1kcpmy+qLTht0339gQw46qN7SLbQkTiwM+UHVS7sIKppibwNio5s"
    "SH6VOmMco7iRKPnDGSI4yhExZcRBlM9JRdf0ek0oZWogjPHnrM61sP9cTQ06pKGubVXl/tAG5RZt6PTRCkIIH+s6pJ+ZZAuPon9T"
    "U6sG389KmdjNFbGbEVo10P27qKV2sao83c8Orgzbvzy/uzz/6c2+IgxT8EsIWrZzyulZ/H7KEYaMD5Gnri+LBUwXaR405mEWWsk0"
    "LcLOouOqsck6uu9QM9FLfATqnT+RlTKeXjVPrySovsKPPmkntMcqyB6XA3tcwNV4Bf4V7DGziGh2dF7WdHWju9ro+/+Obk5IoG4n"
    "p+SMxt/kHjbHxZjjYhqg5ZcdF6Og4qdP/8x7Otb3WOX9Ky3Bfas+q/QxOzKLSPYUngqTSPrUn9U2kU+wmU+cuwIJwxlfe8SOPByf"
    "934m9uZB2Q9MbFGMEpnjMNm25+B50ZpSV6PSY19EE/FwT3YoF099Se9dTgSMMWa/xhiT1qD+LBG6eykzQq3YFLUD05ZJo53B+JUC"
    "wq9K8X2VRzc9oavOC2kZMzFU82iBVQ1E+hbaaTeTTg+rRh2tA8lm0gGKUoaYrbKCJfJlIA4GdFWPGPzEORiJz5bhzA3yPSTxhAgG"
    "D2d58UEycIA3ZyphQMgZKuTAgAwbEe3zkdilUZahYxc3lHLMFO3IpJSozD9h6OV+6aVJe7DLnbN7D29vGuY1knqjI5nUb/slQmWp"
    "3xYmRdlUUAOyepswHiu6Vbsw9h2XFQ/tEoKpRCzVw7GI54E5MEvYsDAWJsnjpLFaqnIqgVycVRrzYFP4my5xq4+xNWjHgUkKtku0"
    "t8KOzZla2z1Ty2UWnayT4ySRMnkJ1PMSLFZIjUUwLWP2MFfbZwGqGrhz63Mmp8eU2bm83Z3L2QPY1wcqf+Z7G8Hi4zJnS18fL4kV"
    "vy2QbVVthXxDZXprUnZQqbgmGYtWK65v6QzxJ5knMS1xjnDhqwgku7kV6q9WVEuVU9Gc7uqcktmtotrIxfmgQiv9MsV+6IYS41Zp"
    "5rG0iDlvKSaUBQKkY9/KjfZiX9z65J7yH6qu7A2W7yaM8dVUKfWBq1CljSbfhHhK5t4UJy2feiF+VdVm6CNs23Tqh2eIPB1j1xOH"
    "FEALCw+vR2f8PxszyVS8hvwGU7OxG+5ihh7we2nHwWWEWmjV2ooNkcAHo4PyQqCFNlqVtDC8VgW+hfO2JxwjrVG8EGgdvoddBXgP"
    "u+UHCXQLJlk+x+vOEmmZWoyzDUL4SAXho3KEjwoITzBjM8rZxAizkdYwzgu2cELeytkYMZeJgNIAPC/XQrxV3A7lPgeZw0EcoqXv"
    "cViIGZeDVhb7vkftB+3c6llBA7k65IKrWV9J4PIb6cJeFDbQm8TfZru4jtkrNR6oH2J7U9fLZdRKy7wIhZ1Dm3ry2rerpRGevEfi"
    "Y/4uyeC4qQuvjZkFC0HqNfg52zuQeInPNo8y+IQ9j4T3cWPtgkvLG5yONQ8kJCkBNXEDKSyOvJ12AZo9mwoGTh04RUPwPLIXtAsw"
    "TS9XAQmJu0uGVrnfK+olKzbGKEfNg1ESzvAW0geIBuKE76iRJIPGiPJaCA/5+7IQzUauPYoFmDiqfODyv6NzxsmYt00cWZz9Fu9k"
    "vGoN96o98PfTMSkm9VtoSjw8VLHcHpYbbg/z1sQ+9pIAhdwEXXGgXUqoTVElOz7Tbm852xrlCqoxkHm9OB55cjfNMJ71I56bAP7a"
    "ed22EcNTVDVK6U1OH1nJbzLK0GqC8476ZB6lA5sRzjMGAR2LZGIJ8QgpZxMUWMMZ6iUZO3qCYfQCghn1e4jhOecivIkBDYrMZju3"
    "UNpsuMhFBmni+yZvhGE6jWI6aj7qChd1g5I7NVMPXWvwptN0wuyjM1yXEu3bXniiFFRxUhFUcVIMqjDeuHXG8KPwxmV0MN3UNX1z"
    "JmuFGpAGtoiq2cyYJ/f9tc9g3eY+qnMSuPaoI+H+cUkl4cfLOqtofjmeNVsGS80p0m9ZYkmJO6+5cbM1bM6posdfueYmPXKtnHKk"
    "RFpIkrcSWg8flQbCcfUWoruVOFkIqJGeAfbL3e1NCZdbiuSJnGuH6B+RQvIRol0BLoCRYW8Jpk/enf+eh/vy+vYizw2ggYtNbYSb"
    "Lmbf/w+kIokY"
)
