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
CREATE TABLE IF NOT EXISTS "login_attempts" (
    "key" VARCHAR(64) NOT NULL PRIMARY KEY,
    "failures" INT NOT NULL,
    "window_ends_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "login_attempts_failures" CHECK (failures > 0)
);
CREATE INDEX IF NOT EXISTS "idx_login_attem_window__fdcf83" ON "login_attempts" ("window_ends_at");
COMMENT ON TABLE "login_attempts" IS 'Failed guesses at one account''s password since a window began; the key is a SHA-256.';
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
    "url" VARCHAR(2048),
    "is_open" BOOL NOT NULL,
    "owner_id" UUID REFERENCES "users" ("id") ON DELETE RESTRICT
);
CREATE INDEX IF NOT EXISTS "idx_shops_owner_i_4b2434" ON "shops" ("owner_id");
COMMENT ON TABLE "shops" IS 'A seller.';
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
CREATE INDEX IF NOT EXISTS "shops_by_name" ON "shops" ("name" COLLATE "C");
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
CREATE TABLE IF NOT EXISTS "login_attempts" (
    "key" VARCHAR(64) NOT NULL PRIMARY KEY,
    "failures" INT NOT NULL,
    "window_ends_at" TIMESTAMP NOT NULL,
    CONSTRAINT "login_attempts_failures" CHECK (failures > 0)
) /* Failed guesses at one account's password since a window began; the key is a SHA-256. */;
CREATE INDEX IF NOT EXISTS "idx_login_attem_window__fdcf83" ON "login_attempts" ("window_ends_at");
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
    "url" VARCHAR(2048),
    "is_open" INT NOT NULL,
    "owner_id" CHAR(36) REFERENCES "users" ("id") ON DELETE RESTRICT
) /* A seller. */;
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
DROP TABLE IF EXISTS "login_attempts";
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
DROP TABLE IF EXISTS "login_attempts";
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
    "eJztXW1v2zgS/iuEv1wLpEHqOC/XHg5w0nSb2yReJO7eYrsLhZZoWbAsuiK1brDX/35DSrKoV0t+i6LqS1qTM5T8DDkcPhzSf3dm"
    "1CA2O7zEHNvU/JW4zKJO5x36u+PgGYH/5EgcoA6ez6N6UcDxyJYqui+r/aUIjxh3sc6heoxtRqDIIEx3rTn3H9gZOAS5dPEOYeR4"
    "sxFxEZ9gjkwoY2hh8Qki0N4T0ifYMQmiY7QQ9bbFOENsQhcHiFFfh1N4PkM6dtCIoCmZ80PxDgbV4SUsx9zP4zzH+uoRjVOT8Alx"
    "4aFf/oRiyzHIN8LCj/OpNraIbcQwtwzRgCzX+NNclj3MsG1fO/yjlBZfZ6Tp1PZmTqQxf+IT6ixVLIeLUpM4xMWcGAr4jmfbgbnC"
    "Iv99oYC7Hlm+qBEVGGSMPVuYUGj7bxCVdTTtbjDUHq6GmtZJmTfUUEwQFOnUEV0D3pVJDEzxCm+Ou2en51Ar31B8OPvuPzACxReX"
    "0Nz2b26u74ad71IIep8vJkGOUFW6YxzaC8vMBVZR2g66YUEEbzQg9ofvP7vd4+Oz7tHx6flJ7+zs5PxoiXa6qgj7i+ufBPIgQGF8"
    "++PfN4Xo3eOpYglRMML6dIFdQ0vV0C7Nk01XzbqzZAl2sCnhFN9bvHDkuIhJ3ad7usjxa8vqVU5NCFqElfNnfTS3sU6Q5YCXIDCG"
    "CEl7oTyh1b7jS2eOXeJwDUb+n5UcyefP1x8qOBHPs4xDobMbV9L519hzdAEakk8Sf3r/7uyo9xd05MtP/ftXx6evJQSUcdOVlRKu"
    "FY5F/pvC+XKC3WycQ/kE0vCiL9GhzPA3zSaOySfwsXtyUoDxr/17CTNIvY67jLugquvXCbwjfJntmVXwDeW3g+/zTocxdN8eHZVA"
    "F6Ry0ZV1cXQjP1LBVcSUNvAYAZZ16czr+4fUbJcEOI3uR+oSy3R+Jk8S42t4E+zoWZ4he656kdBGpdErunixnLviPQswgG9OuETh"
    "/upheH99CbFFfiQRoa5PLNuApjLCvUDz48/3xMY8O7prMuTx4e9Sw9M52wynX/xWmgXTLsPSG2paTp9zMpvzrLg0Vl8YmNpCUsO+"
    "aMng9CO2bGIg0yOMEYZgEUthPYx1nXoO/wdDc8zYgroGYhZ4JFgjL8A2dAHrWxM772WsOiVPyAJV9PCp/6Z7cpoObnf1kA0W1tBe"
    "lUAiEG9cHHHaKxFGnPZyowhRVRwSj8H2nksyvEruSltVadJSu/u2d9Y7Pz7tLVfYy5KihXXIZ0SY+sNDI47BYLinkf0A0HBrRrLh"
    "TWsnQDYC9cPwP9uBfJ+9vADO4fUthA/9219E8zPGvtoSsv7wStR0ZelTovTVaWIELBtB/70efkLiI/p9cHeVjAmXcsPfO+KdsMep"
    "5gD62FCBDIvDorpQJoPxmLg5fMmyrnBOokKq5FwkmFg2oXMxI7iWLrlWjIKwRDAjYtagUjybxq2inDF3fOmIBoKAk009n06JUy1+"
    "e+FyRzyoA0IxTUWm5WOel48RRqwwywfiDWRjdsMXyO6fXi0UkOhLlSbN63ug0FXYXaLT2Qymb2Joa5ggU30tc9Rs9fY81oDllmuN"
    "PJ4V4f7nYXCXbYS4VjL+smDG+p/cYXyBg6IAUYFHLOoK3cur2/5vSc9zeTO4SLp80cBFwgAWRLEwTf2VNQwotQl2cuZUVS9hgREo"
    "Ngv6i8HgJgb9xXWia999vr24gjlA2gGELJ7T4+MxUGmeOB45bTGUqS/oKyMXJVKJ4seyiKohZwtnMfHud74tMO+V6M2aYruaeY+N"
    "1RzqPdl7twDuAzTTbGSVMVt5R6PSQl+xDaf6NJ/Th3XzkMKf1cz+g2ioebx+BTpEGfwZhEjcNeRTIuo+S6nsEV/+ED3KcP0RvaJj"
    "ZHGG9AnB4B85kiSLn4IW5J6NqGdO+GuEHQM9Wo4mO8Ejwq6flobG1PUz2DIzUXb6wD+cP5xHAZ02pjYsQh4Fry9T6h5FwSOa4Slh"
    "gr4RvL8QfIcYdaGvycYZwS68B3ywrSlBFJ5O+QQJCmCEGWG7yLhriZk2UeZlJcoo46sqzIpaA9E+eVuGCAOpXLRlXZ3SkmqF706I"
    "RvXNUjAPybccpiuh1gi0iza2rn4bFrMry32tm8HdT6F4knJp6a160VsziEWrOJelwlr9vWaR+x6mypY/3Dt/uOdto7r16WfZpwjX"
    "ZFV7uaLWdvLynVx3iYBkjfScuOZ+UnPqYoAXkZujmtmbG2uaOa7ZmrnWZg6OfD1V3KFJqLWnIwo3aUK0trCR0Mhk/YPEXkKid21w"
    "QiJK0ls/719NB3yZnmq/af/3ZAwjYzKkU5J5zD5Wf1C0n+D6khoXoiV3FYYTEmbS+4mSQSNINvIeEaxPBC/vMWIgCmMtvU+wXhNl"
    "zrMywsRJ6+IESsMyCcuYdfMXxpFGm8afWBavTuMn3+YWWHeNQCeu2QY6tQ50xGBdJ5hl24xk6zkfN8K+imutEMfGtdpko+I4NkBr"
    "C2Hsg99Ss6KqZBgb71yxKPay/3DZ/3C1taSYiiGaAn9GgBY3Tn54Fny/0ukeDLrIGyvjhEu8qkwgBW7ZDXC1MeNa6KbliRU/A1x8"
    "anMhnjUXQloJemDWzQD50Wxcq93rKbfXk5GlWLCTNm8mtL0yyPbyge2lcG3Z7h8ieoxNIhUNndRtTV1rU7fr/R/DzGEQWNXIil67"
    "4q+zhZU1QNlAXlFp1/rFa30B1RYW+p9Z0/ZODhKrfKVPVV3iqyefkzsd6+9XJfdXGoL7TveswvNZWWxIdHSrgAoBofI8CLFt4mbS"
    "IFFNGRaELhy/77VEx4986KNG23U74TY8167EH/nizWM3uke98zLoglg+vLIylSdM55m3SK7IEg612vTJ8umTS59dwS2rOm2qVWHY"
    "KqHaa9xaT1RXhq1qn2oTrF5WsBoeV8+KVpWj7AXhapj4vjpc/UQXCN7kSWZCOcvz0cQl4gh0OogtIb/BGWbZXFXvqejsN7StpfMs"
    "imO/etjhFs9IVM09wKKqNOnqs42uNE1NUFW2+RO9PW2L8GKLklPZJu61Dn189VSmDPAyU9lGzjcMDDJ8rxIz5LteQReVZQqc8Cbp"
    "94i8mWHLlvdEiBbk7RHi7k+bLuCTjlnWL69U12+vl6i5hx7Ds7SqdENMqRGHxffAOhAxYKqgvFRoIKtTJgsbpArw7aXuWAWMKvXi"
    "pULj8H3bLXOzRDf/YoluijIDH1/VS6g6WyHPaoTwcRmEj/MRPk4hHP6ygzbBbFKpGycVG+iQd3JXShDL+EBVADyp10C8y9DC+Zxw"
    "FiGMjZm1BiO8VGsp4fKUMOA2sqk+zbrRahXgimILeXnIZawmfrzXggdVhT2t3ELf3h/RZmdVob1Sh4o23ENo5IGi78mbiDcFqfQt"
    "xC9kU2un2yx9cPD6pJNB9AU1B0U8H45kVhF9+TBsmY7b+KfVg25R32X1Vn6ObI2fV89ffeT/uHoTFh47Yd7EoKqAcCDeQHR3soyG"
    "J/LME3n5l14qKu2NlxVvvNxoK3DTyez7/wFGXsur"
)
