"""The first revision: accounts, sign-ins, the catalogue."""

from tortoise import BaseDBAsyncClient

UPGRADE = {
    "postgres": """
CREATE TABLE IF NOT EXISTS "catalog_version" (
    "id" SMALLINT NOT NULL PRIMARY KEY,
    "version" BIGINT NOT NULL,
    CONSTRAINT "catalog_version_single" CHECK (id = 1)
);
COMMENT ON TABLE "catalog_version" IS 'One row: a number that grows with every change of what lists show, so that totals can be kept.';
CREATE TABLE IF NOT EXISTS "categories" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "slug" VARCHAR(100) NOT NULL UNIQUE,
    "parent_id" UUID REFERENCES "categories" ("id") ON DELETE RESTRICT,
    CONSTRAINT "categories_not_own_parent" CHECK (parent_id <> id)
);
CREATE INDEX IF NOT EXISTS "idx_categories_parent__8f923f" ON "categories" ("parent_id");
COMMENT ON TABLE "categories" IS 'A place in the tree.';
CREATE TABLE IF NOT EXISTS "login_failures" (
    "id" UUID NOT NULL PRIMARY KEY,
    "key" VARCHAR(64) NOT NULL,
    "failed_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "login_failures_key" CHECK (length(key) = 64)
);
CREATE INDEX IF NOT EXISTS "idx_login_failu_failed__103942" ON "login_failures" ("failed_at");
CREATE INDEX IF NOT EXISTS "idx_login_failu_key_5652c0" ON "login_failures" ("key", "failed_at");
COMMENT ON TABLE "login_failures" IS 'A failed guess at one account''s password; the key is a SHA-256 of whose.';
CREATE TABLE IF NOT EXISTS "products" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "name_folded" VARCHAR(510) NOT NULL,
    "slug" VARCHAR(100) NOT NULL,
    "description" TEXT NOT NULL,
    "attributes" JSONB NOT NULL,
    "image" VARCHAR(255),
    "is_active" BOOL NOT NULL,
    "price" BIGINT,
    "in_stock" BOOL NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "category_id" UUID REFERENCES "categories" ("id") ON DELETE RESTRICT,
    CONSTRAINT "products_price" CHECK (price > 0)
);
COMMENT ON TABLE "products" IS 'A product. `price` (of its cheapest offer that can be bought) and `in_stock` are kept for lists.';
CREATE TABLE IF NOT EXISTS "users" (
    "id" UUID NOT NULL PRIMARY KEY,
    "full_name" VARCHAR(255) NOT NULL,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "phone" VARCHAR(12) NOT NULL UNIQUE,
    "username" VARCHAR(32) UNIQUE,
    "password_hash" VARCHAR(100) NOT NULL,
    "account_type" VARCHAR(8) NOT NULL,
    "is_admin" BOOL NOT NULL,
    "is_blocked" BOOL NOT NULL,
    "email_verified" BOOL NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "users_account_type" CHECK (account_type IN ('buyer', 'shop')),
    CONSTRAINT "users_phone" CHECK (phone LIKE '+7__________')
);
COMMENT ON TABLE "users" IS 'An account; e-mail and user name in lower case.';
CREATE TABLE IF NOT EXISTS "sessions" (
    "id" UUID NOT NULL PRIMARY KEY,
    "user_agent" VARCHAR(255),
    "ip" VARCHAR(45),
    "created_at" TIMESTAMPTZ NOT NULL,
    "last_used_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "ended_at" TIMESTAMPTZ,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "sessions_order" CHECK (expires_at > created_at)
);
CREATE INDEX IF NOT EXISTS "idx_sessions_user_id_1eb97b" ON "sessions" ("user_id", "last_used_at");
CREATE INDEX IF NOT EXISTS "idx_sessions_ended_a_b6024e" ON "sessions" ("ended_at");
COMMENT ON TABLE "sessions" IS 'A sign-in.';
CREATE TABLE IF NOT EXISTS "refresh_tokens" (
    "digest" VARCHAR(64) NOT NULL PRIMARY KEY,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "used_at" TIMESTAMPTZ,
    "session_id" UUID NOT NULL REFERENCES "sessions" ("id") ON DELETE CASCADE,
    CONSTRAINT "refresh_tokens_digest" CHECK (length(digest) = 64)
);
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_session_11127b" ON "refresh_tokens" ("session_id");
COMMENT ON TABLE "refresh_tokens" IS 'The SHA-256 of a refresh token; each is used once.';
CREATE TABLE IF NOT EXISTS "shops" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL UNIQUE,
    "name_folded" VARCHAR(510) NOT NULL,
    "url" VARCHAR(2048),
    "is_open" BOOL NOT NULL,
    "owner_id" UUID REFERENCES "users" ("id") ON DELETE RESTRICT
);
CREATE INDEX IF NOT EXISTS "idx_shops_owner_i_4b2434" ON "shops" ("owner_id");
COMMENT ON TABLE "shops" IS 'A seller; `name_folded` as of products.';
CREATE TABLE IF NOT EXISTS "offers" (
    "id" UUID NOT NULL PRIMARY KEY,
    "sku" VARCHAR(100) NOT NULL,
    "price" BIGINT NOT NULL,
    "recommended_price" BIGINT,
    "attributes" JSONB NOT NULL,
    "is_active" BOOL NOT NULL,
    "product_id" UUID NOT NULL REFERENCES "products" ("id") ON DELETE RESTRICT,
    "shop_id" UUID NOT NULL REFERENCES "shops" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_offers_shop_id_69ec45" UNIQUE ("shop_id", "sku"),
    CONSTRAINT "offers_price" CHECK (price > 0),
    CONSTRAINT "offers_recommended_price" CHECK (recommended_price > 0)
);
CREATE INDEX IF NOT EXISTS "idx_offers_product_3677b5" ON "offers" ("product_id", "price");
CREATE INDEX IF NOT EXISTS "idx_offers_shop_id_ca43cc" ON "offers" ("shop_id", "product_id");
COMMENT ON TABLE "offers" IS 'One shop''s price of a product in one option.';
CREATE TABLE IF NOT EXISTS "stock" (
    "quantity" INT NOT NULL,
    "offer_id" UUID NOT NULL PRIMARY KEY REFERENCES "offers" ("id") ON DELETE RESTRICT,
    CONSTRAINT "stock_not_negative" CHECK (quantity >= 0)
);
COMMENT ON TABLE "stock" IS 'How many of an offer there are.';
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);
-- Written by hand: what lists sort and filter by, over expressions that Tortoise cannot describe.
CREATE INDEX IF NOT EXISTS "products_newest" ON "products" ("created_at", "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_by_name" ON "products" ("name_folded" COLLATE "C", "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_cheapest" ON "products" ((COALESCE(price, 9223372036854775807)), "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_dearest" ON "products" ((COALESCE(price, 0)), "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_newest_by_category"
    ON "products" ("category_id", "created_at", "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_cheapest_by_category"
    ON "products" ("category_id", (COALESCE(price, 9223372036854775807)), "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_dearest_by_category"
    ON "products" ("category_id", (COALESCE(price, 0)), "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_by_name_by_category"
    ON "products" ("category_id", "name_folded" COLLATE "C", "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "shops_by_name" ON "shops" ("name_folded" COLLATE "C", "id");
-- Stock is updated by every order: room for updates in place, and vacuumed early.
ALTER TABLE "stock" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
INSERT INTO "catalog_version" ("id", "version") VALUES (1, 1) ON CONFLICT DO NOTHING;
""",
    "sqlite": """
BEGIN;
CREATE TABLE IF NOT EXISTS "catalog_version" (
    "id" SMALLINT NOT NULL PRIMARY KEY,
    "version" BIGINT NOT NULL,
    CONSTRAINT "catalog_version_single" CHECK (id = 1)
) /* One row: a number that grows with every change of what lists show, so that totals can be kept. */;
CREATE TABLE IF NOT EXISTS "categories" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "slug" VARCHAR(100) NOT NULL UNIQUE,
    "parent_id" CHAR(36) REFERENCES "categories" ("id") ON DELETE RESTRICT,
    CONSTRAINT "categories_not_own_parent" CHECK (parent_id <> id)
) /* A place in the tree. */;
CREATE INDEX IF NOT EXISTS "idx_categories_parent__8f923f" ON "categories" ("parent_id");
CREATE TABLE IF NOT EXISTS "login_failures" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "key" VARCHAR(64) NOT NULL,
    "failed_at" TIMESTAMP NOT NULL,
    CONSTRAINT "login_failures_key" CHECK (length(key) = 64)
) /* A failed guess at one account's password; the key is a SHA-256 of whose. */;
CREATE INDEX IF NOT EXISTS "idx_login_failu_failed__103942" ON "login_failures" ("failed_at");
CREATE INDEX IF NOT EXISTS "idx_login_failu_key_5652c0" ON "login_failures" ("key", "failed_at");
CREATE TABLE IF NOT EXISTS "products" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL,
    "name_folded" VARCHAR(510) NOT NULL,
    "slug" VARCHAR(100) NOT NULL,
    "description" TEXT NOT NULL,
    "attributes" JSON NOT NULL,
    "image" VARCHAR(255),
    "is_active" INT NOT NULL,
    "price" BIGINT,
    "in_stock" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "category_id" CHAR(36) REFERENCES "categories" ("id") ON DELETE RESTRICT,
    CONSTRAINT "products_price" CHECK (price > 0)
) /* A product. `price` (of its cheapest offer that can be bought) and `in_stock` are kept for lists. */;
CREATE TABLE IF NOT EXISTS "users" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "full_name" VARCHAR(255) NOT NULL,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "phone" VARCHAR(12) NOT NULL UNIQUE,
    "username" VARCHAR(32) UNIQUE,
    "password_hash" VARCHAR(100) NOT NULL,
    "account_type" VARCHAR(8) NOT NULL,
    "is_admin" INT NOT NULL,
    "is_blocked" INT NOT NULL,
    "email_verified" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    CONSTRAINT "users_account_type" CHECK (account_type IN ('buyer', 'shop')),
    CONSTRAINT "users_phone" CHECK (phone LIKE '+7__________')
) /* An account; e-mail and user name in lower case. */;
CREATE TABLE IF NOT EXISTS "sessions" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "user_agent" VARCHAR(255),
    "ip" VARCHAR(45),
    "created_at" TIMESTAMP NOT NULL,
    "last_used_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "ended_at" TIMESTAMP,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "sessions_order" CHECK (expires_at > created_at)
) /* A sign-in. */;
CREATE INDEX IF NOT EXISTS "idx_sessions_user_id_1eb97b" ON "sessions" ("user_id", "last_used_at");
CREATE INDEX IF NOT EXISTS "idx_sessions_ended_a_b6024e" ON "sessions" ("ended_at");
CREATE TABLE IF NOT EXISTS "refresh_tokens" (
    "digest" VARCHAR(64) NOT NULL PRIMARY KEY,
    "expires_at" TIMESTAMP NOT NULL,
    "used_at" TIMESTAMP,
    "session_id" CHAR(36) NOT NULL REFERENCES "sessions" ("id") ON DELETE CASCADE,
    CONSTRAINT "refresh_tokens_digest" CHECK (length(digest) = 64)
) /* The SHA-256 of a refresh token; each is used once. */;
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_session_11127b" ON "refresh_tokens" ("session_id");
CREATE TABLE IF NOT EXISTS "shops" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL UNIQUE,
    "name_folded" VARCHAR(510) NOT NULL,
    "url" VARCHAR(2048),
    "is_open" INT NOT NULL,
    "owner_id" CHAR(36) REFERENCES "users" ("id") ON DELETE RESTRICT
) /* A seller; `name_folded` as of products. */;
CREATE INDEX IF NOT EXISTS "idx_shops_owner_i_4b2434" ON "shops" ("owner_id");
CREATE TABLE IF NOT EXISTS "offers" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "sku" VARCHAR(100) NOT NULL,
    "price" BIGINT NOT NULL,
    "recommended_price" BIGINT,
    "attributes" JSON NOT NULL,
    "is_active" INT NOT NULL,
    "product_id" CHAR(36) NOT NULL REFERENCES "products" ("id") ON DELETE RESTRICT,
    "shop_id" CHAR(36) NOT NULL REFERENCES "shops" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_offers_shop_id_69ec45" UNIQUE ("shop_id", "sku"),
    CONSTRAINT "offers_price" CHECK (price > 0),
    CONSTRAINT "offers_recommended_price" CHECK (recommended_price > 0)
) /* One shop's price of a product in one option. */;
CREATE INDEX IF NOT EXISTS "idx_offers_product_3677b5" ON "offers" ("product_id", "price");
CREATE INDEX IF NOT EXISTS "idx_offers_shop_id_ca43cc" ON "offers" ("shop_id", "product_id");
CREATE TABLE IF NOT EXISTS "stock" (
    "quantity" INT NOT NULL,
    "offer_id" CHAR(36) NOT NULL PRIMARY KEY REFERENCES "offers" ("id") ON DELETE RESTRICT,
    CONSTRAINT "stock_not_negative" CHECK (quantity >= 0)
) /* How many of an offer there are. */;
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);
-- Written by hand: what lists sort and filter by, over expressions that Tortoise cannot describe.
CREATE INDEX IF NOT EXISTS "products_newest" ON "products" ("created_at", "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_by_name" ON "products" ("name_folded", "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_cheapest" ON "products" (COALESCE(price, 9223372036854775807), "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_dearest" ON "products" (COALESCE(price, 0), "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_newest_by_category"
    ON "products" ("category_id", "created_at", "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_cheapest_by_category"
    ON "products" ("category_id", COALESCE(price, 9223372036854775807), "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_dearest_by_category"
    ON "products" ("category_id", COALESCE(price, 0), "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "products_by_name_by_category"
    ON "products" ("category_id", "name_folded", "id") WHERE is_active;
CREATE INDEX IF NOT EXISTS "shops_by_name" ON "shops" ("name_folded", "id");
INSERT INTO "catalog_version" ("id", "version") VALUES (1, 1) ON CONFLICT DO NOTHING;
COMMIT;
""",
}

DOWNGRADE = {
    "postgres": """
DROP TABLE IF EXISTS "stock";
DROP TABLE IF EXISTS "offers";
DROP TABLE IF EXISTS "shops";
DROP TABLE IF EXISTS "refresh_tokens";
DROP TABLE IF EXISTS "sessions";
DROP TABLE IF EXISTS "users";
DROP TABLE IF EXISTS "products";
DROP TABLE IF EXISTS "login_failures";
DROP TABLE IF EXISTS "categories";
DROP TABLE IF EXISTS "catalog_version";
""",
    "sqlite": """
BEGIN;
DROP TABLE IF EXISTS "stock";
DROP TABLE IF EXISTS "offers";
DROP TABLE IF EXISTS "shops";
DROP TABLE IF EXISTS "refresh_tokens";
DROP TABLE IF EXISTS "sessions";
DROP TABLE IF EXISTS "users";
DROP TABLE IF EXISTS "products";
DROP TABLE IF EXISTS "login_failures";
DROP TABLE IF EXISTS "categories";
DROP TABLE IF EXISTS "catalog_version";
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
    "eJztXWtv2zgW/SuEv2wLpEFqO49tFws4aTr1ThIPYnd2MJ2BQku0JFgWXZEa15jtf1+SelFPS35FUfUlrcl7Kfnw8vLy8JL+u7PA"
    "GrLI6Q2k0ML6r8ghJrY778DfHRsuEPtPjsQJ6MDlMqrnBRROLaGierLKX5LwlFAHqpRVz6BFECvSEFEdc0m9B3ZGNgIOXr0DENju"
    "YoocQA1Igc7KCFiZ1ACItbcGqgFtHQE8Ayteb5mEEkAMvDoBBHs6FLPnE6BCG0wRmKMlPeXvoGGVvYRp68d5nGubX12kUKwjaiCH"
    "PfTLn6zYtDX0DZHg43KuzExkaTHMTY03IMoVul6KsvECWtbQph+FNP86U0XFlruwI43lmhrYDlVMm/JSHdnIgRRpEvi2a1l+dwVF"
    "3vuyAuq4KHxRLSrQ0Ay6Fu9Cru29QVTWUZSH0UQZ304UpZPq3kBD6gK/SMU2Nw32rkRgoPNXeNPrXl5csVrxhvzD5XfvgREonriA"
    "5n5wdzd8mHS+CyFmfZ6YADlCVTLHOLTXpp4LrKS0H3SDggjeaEAcD99/dru93mX3rHdxdd6/vDy/OgvRTlcVYX89/IkjzwQwG9/e"
    "+Pe6glv3bC71BC+YQnW+go6mpGpwF+fJpqsW3UWyBNpQF3Dy781fOHJcSMfO+hGvcvxaWL3JqXFBE5Fy/mwAlhZUETBt5iUQG0MI"
    "pb1QntBm3/Gls4QOsqnCRv6flRzJ58/DDxWciOua2inXOYwr6fxr5toqBw2IJ/E//X93DmT9BYZ882nw+Kp38VpAgAnVHVEp4Nrg"
    "WMS/KZxvDOhk4xzIJ5BmL/oSHcoCflMsZOvUYB+75+cFGP86eBQwM6nXcZfx4Fd1vTqOd4QvsVy9Cr6B/H7wfd7pMIbu27OzEugy"
    "qVx0RV0c3ciPVHAVMaUdPIaPZV2MeXv/kJrtkgCn0f2IHWTq9s9oLTAesjeBtprlGbLnqhcJbVQavaIDV+HcFbcshgH75ogKFB5v"
    "x5PH4Q2LLfIjiQh11TAtjTWVEe75mh9/fkQWpNnRXZMhjw9/B2uuSsluOP3itdIsmA4Zlt5h3bQ/QtNyHZQVl8bqCwNTi0sqM0+0"
    "dHDK5ZEGdBcRAtgiFrP1MFRV7Nr0HwQsISEr7GjvRVg6R2tgMikw/jR40z2/8FbDmGQGtPtruEwQzFoQhiseqkDaxsLPHAsHHVIy"
    "VPPFGxgJX/RLhGoX/dxIjVfFA7XIyFMAf2AoUXOBskGOKSag1nzN0+A/+wH+mDFyAc6T4T0LGgb3v/DmF4R8tQRag8ktr+mK0nWi"
    "9NVFok/CRsB/h5NPgH8Ev48ebpOjI5Sb/N7h7wRdihUbrxSoyUAGxUFRXYiS0WyGnByWJKwrnIkwlyo5A3H+lRh4yecEx1QFwwqB"
    "H4xwPoTPG1iIZ5O3VZQzZpIvHd6AH2aSuetNHHGCxWsvWOTwB3WYUExTkmlnnuedeXgnVph5fPEGzjyHYQmE+afXCAXUeajSEueV"
    "iHMZdgepeLFA7CtryhZdkKm+VXfUbM32PL0BKXurqUtRxmr5P+PRQ3YnxLWS8ZfJZqz/iX3FFzgoChDleMSirsC9vLof/Jb0PDd3"
    "o+uky+cNXCc6wCQKiyrMv7KGAcYWgnbOnCrrJXpgyhSbBf31aHQXg/56mDDth8/317dsDhD9wIRMmmPx8RioNDscj5z2GMrUF/SN"
    "kYsUqUTxY1lE5ZCzhbOYbveMbw98eyVSs6bYbubbY2M1h3BPWu8ewB2zZpqNrDRmK+9jVFroS31DsTrPZ/LZunmC2Z/NfP6YN9Q8"
    "Nr8CHSIN/gxCJO4a8ikReXelVM6IJ38KnkS4/gRe4RkwKQGqgSDzjxQIksVLPPMzzqbY1Q36GkBbA0+mrQgjeALQ8ZLRwAw7Xt5a"
    "Zv7JQR/4h/2H/cShU2bYYouQJ073i0S6J17wBBZwjginb/h2ABd8Bwh2mK2JxgmCDnsP9sEy5whg9nRMDcApgCkkiBwiz64lZtr0"
    "mJeVHiONr6owS2oNRPv8bRkijEnloi3q6pSMVCt8D0I0ym+WgnmCvuUwXQm1RqBdtLF1+9ukmF0J97XuRg8/BeJJyqWlt+pFby1Y"
    "LFrFuYQKW9l7zSL3I0yVLX94dP7wyNtGdbPpZ9mnCNZkVa1cUmuNvLyRqw7ikGyRmRPXPE5qTl064EXk5sjd7C61Lbs5rtl2c627"
    "2T/ota64Q5NQa89EFG7SBGjtYSOhkSn6J4m9hIR17XAuIkrS2z7bX04HfJme6rjJ/o9oxkaGMcFzlHm4PlZ/UrSf4HiSCuWiJXcV"
    "JgaSE+wh8BsBopH3AEHV4Ly8S5AGMBtr6X2C7Zook8BPEOHnq4sTKDVTRyRj1s1fGEcajTsEuK/E8nzCHn1bmqx3twh04pptoFPr"
    "QIcP1m2CWbLPSLae83Ej+ldyrRXi2LhWm2xUHMf6aO0hjB17LTUrqkqGsXHjikWxN4PxzeDD7d6SYiqGaBL8GQFavHPywzP/+5VO"
    "9yDMRN6YGSdc4lVlAinmlh0fVwsSqgRuWpxY8TLA2+ORz54LIXqJWWDWfQD50Wxcq93rKbfXk5GlWLCTtmwmtP0yyPbzge2ncG3Z"
    "7h8ieoxNIhU7OqnbdnWtu7pd7/8Y3RwEgVU7WdJrV/x17mFpDVA2kJdU2rV+8VqfQ7WHhf5n0rS9k5PEKl+yqapLfPnkc3KnY/v9"
    "quT+SkNwP+ieVXA+K4sNiY5uFVAhTKg8D4IsCznvQfysCBQnQ4IjNJkkSVm9MgwKXtme3bYkyY98YKRGW33tcZFjon2Q4yKuY1Vi"
    "+jzx5vFQ3bP+VRlbZmL5xiwqUxndeJl5y+eGfO5Aq010LZ/oGs6QFSZBWadNiitcYAiojrrCqCeqGxcYsk21qXAva1kRXCyQta6Q"
    "Lh0oWFgERxQ2Lyw+4RVgb7IWOWt2eJIdOYgfVk8vKErI73DaXDRX1XtKOsddSNTSeRatGr660KYmzUgpzj1qJKs06ZK67tv+Zf+q"
    "d9EPTxmFJUWHi/bwuy0Ja0/3RXAFScmpbBf3Wgcb3zyVSQO8zFS2k/MNAoMM3yvFDPmulxN7ZTkdO7j1+z1AbxbQtMSNHrwFcc8H"
    "v6XVwiv2SYWZF4lX128vAqm5h56xZylVyZ2YUgNZh4NwPIgPmCoohwoN5NDK5MszqQJ8U1exLxlGlaw4VGgcvm+7Ze4A6eZfAdJN"
    "UWbMx1f1ErLOXsizGiHcK4NwLx/hXgrh4Fc4FAMSo5IZJxUb6JAPcquNH8t4QFUAPKnXQLzL0ML5nHAWIQy1hbkFIxyqtZRweUqY"
    "4Ta1sDrP2kzaBLik2EJeHnIRq/EfVzbZg6rCnlZuoW9v+mjz6KrQXqnjXzvuITTy6Ff8KGKQDLQDSKXvi34hm1oH3WYZMAevGp0M"
    "os+vOSni+WAks4noy4dhz3RcLomfycZl0Pe+WdR3Wb0H7v6kgH2Tfsm+7OpDUmngwuMgzBsfVBUQ9sUbiO5BltHsiTTz7GT+9aSS"
    "Sns3acW7SXfaCtx1Mvv+f7SkURs="
)
