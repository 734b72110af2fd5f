"""Payments and refunds, the outbox, letters, and the links in them."""

from tortoise import BaseDBAsyncClient

UPGRADE = {
    "postgres": """
CREATE TABLE IF NOT EXISTS "letters" (
    "id" UUID NOT NULL PRIMARY KEY,
    "begun_at" TIMESTAMPTZ NOT NULL,
    "sent_at" TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS "idx_letters_begun_a_b9f8a8" ON "letters" ("begun_at");
COMMENT ON TABLE "letters" IS 'A letter that is going or has gone; its id is that of its task.';
CREATE TABLE IF NOT EXISTS "outbox" (
    "id" UUID NOT NULL PRIMARY KEY,
    "queue" VARCHAR(8) NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "about" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "due_at" TIMESTAMPTZ NOT NULL,
    "tries" INT NOT NULL,
    "claim" UUID,
    "claimed_until" TIMESTAMPTZ,
    "parked_at" TIMESTAMPTZ,
    "reason" VARCHAR(500),
    CONSTRAINT "outbox_queue" CHECK (queue IN ('payments', 'letters')),
    CONSTRAINT "outbox_tries" CHECK (tries >= 0),
    CONSTRAINT "outbox_claim" CHECK ((claim IS NULL) = (claimed_until IS NULL)),
    CONSTRAINT "outbox_parked" CHECK (parked_at IS NULL OR claim IS NULL)
);
COMMENT ON TABLE "outbox" IS 'What must happen after a commit; gone when it has happened. Who has the claim may do it until then.';
CREATE TABLE IF NOT EXISTS "email_tokens" (
    "digest" VARCHAR(64) NOT NULL PRIMARY KEY,
    "purpose" VARCHAR(14) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "email_tokens_digest" CHECK (length(digest) = 64),
    CONSTRAINT "email_tokens_purpose" CHECK (purpose IN ('confirm_email', 'reset_password'))
);
CREATE INDEX IF NOT EXISTS "idx_email_token_expires_bea471" ON "email_tokens" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_email_token_user_id_8d92a6" ON "email_tokens" ("user_id", "purpose");
COMMENT ON TABLE "email_tokens" IS 'The SHA-256 of what a link in a letter carries, good once; and the address that it was sent to.';
CREATE TABLE IF NOT EXISTS "payments" (
    "id" UUID NOT NULL PRIMARY KEY,
    "amount" BIGINT NOT NULL,
    "refunded" BIGINT NOT NULL,
    "status" VARCHAR(19) NOT NULL,
    "external_id" VARCHAR(64) UNIQUE,
    "confirmation_url" VARCHAR(2048),
    "bill" TEXT,
    "created_at" TIMESTAMPTZ NOT NULL,
    "asked_at" TIMESTAMPTZ,
    "look_at" TIMESTAMPTZ,
    "order_id" UUID REFERENCES "orders" ("id") ON DELETE RESTRICT,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
    CONSTRAINT "payments_amount" CHECK (amount > 0),
    CONSTRAINT "payments_status" CHECK (status IN ('pending', 'waiting_for_capture', 'succeeded', 'canceled')),
    CONSTRAINT "payments_refunded" CHECK (refunded >= 0 AND refunded <= amount),
    CONSTRAINT "payments_refunded_of_paid" CHECK (refunded = 0 OR status = 'succeeded'),
    CONSTRAINT "payments_asked" CHECK ((bill IS NULL) = (asked_at IS NULL)),
    CONSTRAINT "payments_opened" CHECK (external_id IS NULL OR asked_at IS NOT NULL),
    CONSTRAINT "payments_paid" CHECK (status IN ('pending', 'canceled') OR external_id IS NOT NULL),
    CONSTRAINT "payments_look" CHECK (look_at IS NULL OR status IN ('pending', 'waiting_for_capture'))
);
CREATE INDEX IF NOT EXISTS "idx_payments_created_9b8715" ON "payments" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_payments_order_i_1057cd" ON "payments" ("order_id", "id");
CREATE INDEX IF NOT EXISTS "idx_payments_user_id_9df04b" ON "payments" ("user_id", "id");
COMMENT ON TABLE "payments" IS 'Money asked of a user: for an order or, without one, to be put into the wallet.';
CREATE TABLE IF NOT EXISTS "refunds" (
    "id" UUID NOT NULL PRIMARY KEY,
    "amount" BIGINT NOT NULL,
    "status" VARCHAR(9) NOT NULL,
    "key" UUID NOT NULL UNIQUE,
    "external_id" VARCHAR(64) UNIQUE,
    "items" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "payment_id" UUID NOT NULL REFERENCES "payments" ("id") ON DELETE RESTRICT,
    CONSTRAINT "refunds_amount" CHECK (amount > 0),
    CONSTRAINT "refunds_status" CHECK (status IN ('pending', 'succeeded', 'canceled')),
    CONSTRAINT "refunds_given" CHECK (status <> 'succeeded' OR external_id IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS "idx_refunds_payment_7629c5" ON "refunds" ("payment_id");
COMMENT ON TABLE "refunds" IS 'Money of a payment that goes back; `items` is JSON, `key` the request under which it is asked for.';
ALTER TABLE "users" ADD "language" VARCHAR(2) NOT NULL DEFAULT 'ru'
    CONSTRAINT "users_language" CHECK (language IN ('ru', 'en'));
ALTER TABLE "idempotency_keys" ADD "pending_until" TIMESTAMPTZ;
CREATE INDEX IF NOT EXISTS "outbox_due" ON "outbox" ("queue", "due_at") WHERE parked_at IS NULL;
CREATE INDEX IF NOT EXISTS "payments_due" ON "payments" ("look_at") WHERE look_at IS NOT NULL;
-- Rows live for a moment: what is dead is cleared up before claims have to read past it.
ALTER TABLE "outbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0);
""",
    "sqlite": """
BEGIN;
CREATE TABLE IF NOT EXISTS "letters" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "begun_at" TIMESTAMP NOT NULL,
    "sent_at" TIMESTAMP
) /* A letter that is going or has gone; its id is that of its task. */;
CREATE INDEX IF NOT EXISTS "idx_letters_begun_a_b9f8a8" ON "letters" ("begun_at");
CREATE TABLE IF NOT EXISTS "outbox" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "queue" VARCHAR(8) NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "about" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "tries" INT NOT NULL,
    "claim" CHAR(36),
    "claimed_until" TIMESTAMP,
    "parked_at" TIMESTAMP,
    "reason" VARCHAR(500),
    CONSTRAINT "outbox_queue" CHECK (queue IN ('payments', 'letters')),
    CONSTRAINT "outbox_tries" CHECK (tries >= 0),
    CONSTRAINT "outbox_claim" CHECK ((claim IS NULL) = (claimed_until IS NULL)),
    CONSTRAINT "outbox_parked" CHECK (parked_at IS NULL OR claim IS NULL)
) /* What must happen after a commit; gone when it has happened. Who has the claim may do it until then. */;
CREATE TABLE IF NOT EXISTS "email_tokens" (
    "digest" VARCHAR(64) NOT NULL PRIMARY KEY,
    "purpose" VARCHAR(14) NOT NULL,
    "email" VARCHAR(254) NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "email_tokens_digest" CHECK (length(digest) = 64),
    CONSTRAINT "email_tokens_purpose" CHECK (purpose IN ('confirm_email', 'reset_password'))
) /* The SHA-256 of what a link in a letter carries, good once; and the address that it was sent to. */;
CREATE INDEX IF NOT EXISTS "idx_email_token_expires_bea471" ON "email_tokens" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_email_token_user_id_8d92a6" ON "email_tokens" ("user_id", "purpose");
CREATE TABLE IF NOT EXISTS "payments" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "amount" BIGINT NOT NULL,
    "refunded" BIGINT NOT NULL,
    "status" VARCHAR(19) NOT NULL,
    "external_id" VARCHAR(64) UNIQUE,
    "confirmation_url" VARCHAR(2048),
    "bill" TEXT,
    "created_at" TIMESTAMP NOT NULL,
    "asked_at" TIMESTAMP,
    "look_at" TIMESTAMP,
    "order_id" CHAR(36) REFERENCES "orders" ("id") ON DELETE RESTRICT,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE RESTRICT,
    CONSTRAINT "payments_amount" CHECK (amount > 0),
    CONSTRAINT "payments_status" CHECK (status IN ('pending', 'waiting_for_capture', 'succeeded', 'canceled')),
    CONSTRAINT "payments_refunded" CHECK (refunded >= 0 AND refunded <= amount),
    CONSTRAINT "payments_refunded_of_paid" CHECK (refunded = 0 OR status = 'succeeded'),
    CONSTRAINT "payments_asked" CHECK ((bill IS NULL) = (asked_at IS NULL)),
    CONSTRAINT "payments_opened" CHECK (external_id IS NULL OR asked_at IS NOT NULL),
    CONSTRAINT "payments_paid" CHECK (status IN ('pending', 'canceled') OR external_id IS NOT NULL),
    CONSTRAINT "payments_look" CHECK (look_at IS NULL OR status IN ('pending', 'waiting_for_capture'))
) /* Money asked of a user: for an order or, without one, to be put into the wallet. */;
CREATE INDEX IF NOT EXISTS "idx_payments_created_9b8715" ON "payments" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_payments_order_i_1057cd" ON "payments" ("order_id", "id");
CREATE INDEX IF NOT EXISTS "idx_payments_user_id_9df04b" ON "payments" ("user_id", "id");
CREATE TABLE IF NOT EXISTS "refunds" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "amount" BIGINT NOT NULL,
    "status" VARCHAR(9) NOT NULL,
    "key" CHAR(36) NOT NULL UNIQUE,
    "external_id" VARCHAR(64) UNIQUE,
    "items" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "payment_id" CHAR(36) NOT NULL REFERENCES "payments" ("id") ON DELETE RESTRICT,
    CONSTRAINT "refunds_amount" CHECK (amount > 0),
    CONSTRAINT "refunds_status" CHECK (status IN ('pending', 'succeeded', 'canceled')),
    CONSTRAINT "refunds_given" CHECK (status <> 'succeeded' OR external_id IS NOT NULL)
) /* Money of a payment that goes back; `items` is JSON, `key` the request under which it is asked for. */;
CREATE INDEX IF NOT EXISTS "idx_refunds_payment_7629c5" ON "refunds" ("payment_id");
ALTER TABLE "users" ADD "language" VARCHAR(2) NOT NULL DEFAULT 'ru'
    CONSTRAINT "users_language" CHECK (language IN ('ru', 'en'));
ALTER TABLE "idempotency_keys" ADD "pending_until" TIMESTAMP;
CREATE INDEX IF NOT EXISTS "outbox_due" ON "outbox" ("queue", "due_at") WHERE parked_at IS NULL;
CREATE INDEX IF NOT EXISTS "payments_due" ON "payments" ("look_at") WHERE look_at IS NOT NULL;
COMMIT;
""",
}

DOWNGRADE = {
    "postgres": """
ALTER TABLE "users" DROP COLUMN "language";
ALTER TABLE "idempotency_keys" DROP COLUMN "pending_until";
DROP TABLE IF EXISTS "refunds";
DROP TABLE IF EXISTS "payments";
DROP TABLE IF EXISTS "letters";
DROP TABLE IF EXISTS "outbox";
DROP TABLE IF EXISTS "email_tokens";
""",
    "sqlite": """
BEGIN;
ALTER TABLE "users" DROP COLUMN "language";
ALTER TABLE "idempotency_keys" DROP COLUMN "pending_until";
DROP TABLE IF EXISTS "refunds";
DROP TABLE IF EXISTS "payments";
DROP TABLE IF EXISTS "email_tokens";
DROP TABLE IF EXISTS "outbox";
DROP TABLE IF EXISTS "letters";
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
    "eJztXW1v2zi2/itEvnQWSIvGTdJOc3GBNJPZdjdtBk26s9jpQqYt2hYsix5RqmvMzn9fHkqyKYmSSVu2FS2/JLbIQ8kPKfK8nz9O"
    "ZtQlPntxg8PoM12cvEV/nAR4RviHYtMpOsHz+boBLkR44Iu+Q95JXMEDFoV4GPGLI+wzwi+5hA1Dbx55NICu1wg6v0UYxYyEz9gp"
    "oiGKJjhCdIQWE0q+kRBNqO8yfpWgiE5JANcZQQ/vr5/3Li75dY8hj1PGQeT5yIsQ+T73QsJewCO4dMifwQvGB7lbHHi/x8SJ6Jjw"
    "AUJ+z9/+zS97gUu+E5Z9nU+dkUd8Nwew58IA4roTLefi2pcvH376WfSEXzJwhtSPZ8G693wZTWiw6h7HnvsCaKBtTAIS4oi4EvhB"
    "7PvpJGWXkifmF6IwJqtHddcXXDLCsQ9TePJ/ozgYwswhcSf4c/7/6aNJ3Rzn0/2j83D76DgnpRmHRyhMS3ppSANYLV4QAVB//JmM"
    "uwZEXD2BG9y8v/78w6vLvwgIKIvGoWgUcJ38KQhxhBNSAfoaZTGljuuNCYvKeN9McKjGu0hXQJ4/uAbmKaIGkGdo7QHfkxn+7vgk"
    "GEcT/vXyvAbvf1x/FpBfngvIKX+lkxf9U9rSE02A/Brp9LVwsALnnzhGkTcjaqzzlAWk3ZT0RfZhC9yzLscBvgboxw8fbx8erz/+"
    "AsPPGPvdF2hdP95CS09cXRau/nBZmJTVIOjXD4/vEXxF/7r/dFt8W1b9Hv91As+E44g6AV042JVxzC5nl3KTDNuoY7ZzSSQ7bF+t"
    "epW236rgNBhNpZ0KLgzwcLrAoeuUWmiPKnc1wLQ8B/cBeaT8j5iHD/yJcTAkCtzTo/0LHyQ92p8g+Our6/uHeLE6aOV1x387/8Uk"
    "Svb864eb659uT/7MQZ9HGppmvVnxCg7wWPxeeDJ4jhWTFGGfjv9BQpb8GAUbleuxgZsSfZ1vUueNfBWfdhTSBbA6QTwbkJTNGfNr"
    "DC28aIKA11mi4QQHY5KwP7zd91jEEJvQxSliNKGJKL8/45xTgAYETck8KjNW+79dw5zVwwz7/ocgMuCuYGntha/a5yE/hkd4/qr3"
    "+vINbxVPCF9e12xZDx+v7+4+fHrcwElJyzEP7TtvXAmsRNQMuuWjfP1CHA7fH3u9V69e916+unxzcf769cWblyu0y0112L/78FdA"
    "PneeJ1Ox00nR6NZGxjRcVoqH6+ZNmxp09Ii2nDj38ZAgL0gks5AQlXin7rR57/jtZI5DEkRwQPzbimhHFdHE/xLO1aJZ1n8rkax1"
    "G0pOKutdXGiIZbxXpVwm2vKCGfPjsQm+Wf9m8G2RzHv28qUGurxXJbqiLY/ueh8x2CpyRA1KRUdezA3KRUWAy+j+TEPijYO/k6Wm"
    "vFM4q54ktBulntzKysk9n7nw//nDzWNB8KlAfTjxfJcPpWD3Usqf//6Z+DhSc3ddhjz/+ofUjYeJ9nt7nH5JRukuTPCfOXTkcNlv"
    "viNYD3wIs4XVtkO/ErK9cvI0iPCw0s6zbq3n45N++lw8n0Ah/69NMDhwBbuOXb7BMIYiivhtPDDF8I/eCBpDztQzxEmVTH8TY+rI"
    "CJIKycoJR5cTxLSbMLIrgg5KCmc9HVa2V83J9oqM7NCLliboZv0bsYy1C9t9yAkMtBNGJsg1Rfcg7mlB3KuBuFeGeEL5hm2C8Iqg"
    "iwBr4VsDbxHdQcwlAngAA4BlGovxZowxF9+imVLcrQY5R2RR3owy8B3Y5wi6ZuxEnswivRnpIZ2ZrmaJpHsIc75Ak7Wo5S1KOB/N"
    "LaNtTPJeNJBqbwtj/aO+v0VLUW3Y5eJgNszbGfb8R3DoO1FoPqTW0zrNB4F+jvAL1NR+PE7WbqSZBwRGvhdMwWLJP5EoIiG4qIJd"
    "9BSNKXUR5WvoqqzPAFovQgvMEOPbI4poWTNygPsZak3mcchfNVKjOjH3zNzRJ7PNBqqmnDJrdCjphJiwPWuSLupRdCA/q4b8rOwH"
    "C/uECcArgg7C27vQwZf3qjFot9nTWAP9ljimWldjy9NanrYzPO2d4OUqjHnrxlqONuEHtU15KfuYsIaMc48cXoinmmD4EnAu0osY"
    "8lxozGKs4EqE2VRlxtt5PBt81YI9po7bHJBxHGxxTMt09pBu8yENsuEWEyyRHSTcqy3n9ZOY35Z4nt/RsRf8zEWjOCTKQ05urz/n"
    "oKczSrpqH3fQn7hoHIM+BE6fgCA8HNI4iJ4xNMeMLWjoXgm1yZQs4ZTCefULl5pV515zA+toY/gI4u0UN4V3zrqxHPdQzCZEUzuQ"
    "du+gbqD5EOT1Ijc8j3KEluOwJ5LyRLofjSpFrlVb7UlEoZfmCQQhluAtC2dC6A1Th8fU3xgU+sIJUnS/Qn2IrORLoA+nxSJR3md0"
    "0ISG2Pe5MFURyrmn+yjOp99O4F6pQM2mcXIc5SOzkltnihwY+4R3ylFKfex5dtzzDCbR4DxLu3fwPNtPeJFY/iV862JuVyQ24lYx"
    "D9URtzLsIUn8UFzOFWwxBUryraajZbLtcWYDR/ypBnFEFJEjf3u4/1ThF5ejKnJ1Hj/c/iPOrCf4UtQgCnjkeLlse/nh4/U/izvP"
    "zd39u+KWDwO8K0yAxxzOq3jfVK8BpT7BQcWZKtMVZmDACbsF/bv7+7sc9O8+FJb2py8f393yM0DMA+/kRRUrPmWzTJa7RLLTWm/Z"
    "jnPopZ7nPnWZxwLPao2PheCHNeeui6jM7Fs46yOkk8VXRtfYnGsUh9pSbDeHSOfe1YoY6eLqbQBciFvtNrLSO2scem6kuJHDquhw"
    "quBKUrosJZpGVDEM1K0AbFP1VuhWq7eyttNa9Rb00jWwBEh0f4H6/MWJYtYXTqh9kQ6Mfw6TXGBvwQyyRCPq+3SBRiGdCY0Tm3hz"
    "CBNggsj3AmX218Zv8TX4GnwJ5thzER6B80J/7VHWPwWHWU9kMhsS3yfutnHGQtclHji7YlVcx81QJFLcmWi51hSdc1I+O9PRcp1V"
    "K7nOyqGx2VrXViKuKDqoR/xRA98fK+H9sZygaAnbmDPj+w9VbBc1nt8lyg6i3fxy9pgDJ4S5qiSjsooSfUVJSH6PxQGcpvtQ2NZr"
    "YVfS2wnQn4AMNycNHTLZYFS03Qv6vNSyC13W2IUuFXYhmwxlr8lQbODyQQKXhShmZltbkVjz5tYGtWFIAKItPKXylIdxlWrLqfkk"
    "fKVaGijXst2tS7NsA+VsoFwLlP9VgXJmeWdTncOu+VSTUbqlzs+bpFLl9G44PaTDdGtl7jWNqrS0FHaS/MKrtpTIy3yzreQjF92W"
    "CLMpcddpT3lvGiKc2jj431NReIXGIqLkFPKeDgiax+DDG1ERTbLAPn8ry4aShscHK0mffI9IGGCfbwlrZ2HoNA/pN88VeUgSV+FT"
    "1B94vt8XreCSkcs+kjwV3Bm8jymdgqklGZAE/CG+BrxHMjoEjg7A844koaLa9hfxCwsGGJv7tU0WGDyD8CgzQXFNYyXFHRxh+eJx"
    "iUqbXev/uqay4G8NvjWM5ZVQOpaxs2rT2FnJNiYdUiYoF8hsbdA8zuXAPH67kRfOBDfqxKFReiQVbfcUrL2X5280UIduNfk3obGQ"
    "tZdzVmW0H/kKVqOd9e8CwnVKntt/Pub0OyXX4ZWO5+7+01+z7kV/4qesVbUBqNup24RAssUcy3RWodrmGU6lTNMJlsjs/LZ5fmVx"
    "X1dwl2lswTabfdoaII6u5j01NkCUNoEGcJU945/ky78RV3nr28Gyk+iEdjRYfBaDdGsd79dc4Q2jOCRV5op162mtuSLpp1/1Lemf"
    "SyXyAkF+8pHnEyZCL+BRXDRYCrV/ktR7lbU8SzsuqsRD/hH+an/jdPxnLqHuvCrY40A3VeY0yYeUpRnKy5lN5AZrTDiaMeH4Oedb"
    "pXpqXt3H58PL9vE8xNVJSySSLlkMemfnr8/fvLo8XxkKVlfq7ANlW4CNS7eB1C1jDLUCqRuK+DVleyDpzp3HKv005PZ61gd6OpA7"
    "Qz+w1ZvNaRhBLmvMGQffh990ypkMbzhJS9CiiNIXqD/0sTfrJwmu4dqUBMCOpG4SwzRB6IKGU06kzN6217uBIwekhxP+GGEcMJGL"
    "FGI2YHifpEMS14mDyPP7wgMjoJFIYkrcq4QVg6hwPqC/FI8ihhGFaUARlj0n5ncSqx0SzsEDzbxxKGQBhqaEzCt5rxKPJcWg57Xq"
    "5chaqV20ZN8HS5tX7vhc2tOyprTl8HtyytiRF3hssl3W1jypVbq3eZ6tL0tO6Kpj/jOZ63WlyPW6KHHNDGuZZv0tspuQdcOlw3kW"
    "hdqyLqxYorLBxPrBxIauQdYbyNAbCMQD5oCAYKhHKBFaG2gxwx3uXVwaHW8riu6t3+ZViqB/N1AnZt2tKlGtSgRhX+XUXZNUWqKx"
    "qFbHVBtgKlFYRFXcwNw1RFSisIgqk7WIdMyGqBaoLLIKZEkY0tAoPfmawqYm3yFf83CCg7FZYniJxEK/A/Q4ishsropBro7Jk0js"
    "PqLiIsCgYiKZrQisRKZAMjNNGZsQisRWudxm5XLecmfy9hQJ7VtkM/cfzuHEZpbPFs/OmeXV20ED4Oo7zrdzA9iIbWkPzCHMnwJ9"
    "+nJ3dzxPnpUnldKPR/azqvPiEf30HZgz9+G+8P/pox/S4vPDCcHzxGt4lBWvH+IAUqEMaDyeRH9Jcsx7gSNKE6zTzIt0KsKPSOm8"
    "vNcbiowsAJ0zor5LpIwsfbjQRzM8JSxzBoKObxGjIV8VYnBGcMifwwXfnykB56ABjSYIXDcGmBF2hfoCcxj2a5DcIvU58pgz8VyX"
    "BOKW/LmxOwOzPZ+BiIbP+FN4bHIq+iWVovrJcyXZ+FmWjl88hvgMD5iU0Xz7NUh+wgIzR1xKfxjfLBb8Rgz5NBjDf5GXHx5mxteY"
    "6CLw4U8ocv+jNP1s9vtHXsjxTt3JtR2PhvwlGtMwe4kktFPvony7AMw6GR3ZyUj8L+Fck9c/7d9Bu3nv4kLH5HhxUW1xhLY8+yi/"
    "BYYwS2QdRPviTCefLu9VibZoKzDrfqwoGVdjgkz7dxDfvRRjlZ+sBHN1To0CWSfQPnRuDVsC9MjK3oRfMdhcVgTdc2/Yy+YtmFMT"
    "gFcE3QN4L7yILWJ7YG++lexnDvia7siAqzUELQNaEoANoS5QWrA3g71FOXhbAr5uarRSYWbqLdOtRCKzW7f+IrfBV9tMwJOzm6b+"
    "cltMc57STnOrp7mgetY2jufJrGm81pabodWAyfEmHarbZsf86tohs1RiDlJwBgaJpe5hjG7Z0PNcq5TBaXuU8vmiuoLTPs3Xn8mI"
    "oz55hGQLJwoDdq79tM6EHSY9HZG3QdOQDcmvHt5fP+9dXCa5GNJBkuQPV4jgJEdEzKDyB9+Tyqbp7YbQytRAGIOc3rW5Fo6fq6mD"
    "idmr7aEtqhjX0u2jEwwhvKzbMP3MJlt4EvMrba0G/H6eyvpubvDdTNBqgN1/SEbqFldVZPfziyvH7d9cP9xc/3R7LA/DdU5ZNX+2"
    "Tjhby5xlyW11y7klaUqTOnCJW9+YEobgN12hvheRGROuamCMPUX9KVkmFdKgYj34A0KBpTBL8xUJ7zpRKm1Ew6oKb/u+pQ7Xl97e"
    "Ztg6zAZWx+zZomq2rlcbrP06Zb2qq3qVinrxbctk90i7H3b7aCWzYyujbVqpzec1EYduGeFqZ8IVQSc2gkO7EVq75lZT8dTkX4nJ"
    "NDgJ8lRW/t2QLDtBqwH516hae0ux3ZwsO7e4WpUsW9I/KCTgvHaiWgROBXztEDvG18hzL1AFw8lNOjKlVPnHxyxyMj2liLsiUIhY"
    "fLPi5lHFTTFLfAWq9oyaHI85KuvqrOfqrIgqr3Ekn3cT2nMdZM+rgT0v4WrZx/8J9jF3iBhOdJHWTnWrp9oavP83pjljAk0nWaKz"
    "Ju82z7AtQmuL0LZAzK8qQqth486VSi24+m3vsll0MOwI7nt12nyYePNMI6XSiEjNp7UqkbSjpk7kV7DIi8KjUDGL8bNHpKTBARIl"
    "eK+ELR7anjGRoyep5IWjLG+Ni5dlbUpTgyrrnsqlgbMUXeWyp3LyrozAKmOOq4yxef2aT5NomkwoR9QJc94BVFvWd2KfvhPyhq67"
    "L8g0dmOo56MFVg0w0vcwTrc5aXlZtctcxrdtOUJPySHmu2zgEvkxkEbDeUSbVyQhSYurcs4NEh5mAXUIFg/n8tJKqkM6m3FOJQoJ"
    "uUKlJJCQYjJh+wIk0hRUpag8xA2VPKbEduRyKpbYTDmg0LKXx2Uvbd6/Q6aOOnp8d9swb5CptzKSzX1+XEaoKvf5SqWo2goaQNYs"
    "C8FTRbcuDcGRA5OypV3BYGoxlvruWMT3QR2YZ9iwUBZm2dOVvlq6dDqOXJyrtOrBtvBvpoxbcxxbizz+bVbsQ6K9F+7YFpXeb1Fp"
    "jzl0vk2Sz4zKJubTT8y3OiENDkGZxibxqtfPAlQN8M6dLxokrymbumu/qbtAS+oILeluQP0CA93xcToMFl+XBV369ngptPhdgWyv"
    "Yisk3K2SW7O201rBNUvZu1lwfU8XiD/JMvNpSYtkCVtFqEhnptF/s6BaKZyK4UxPZ4nGBqHXSqW/xziIvEih3KrMVyGTdCljxU4F"
    "h0sMkIl+q7Day3NxH5BHyv/omrJ3OL7bsMY3s0rSC67DKu20+T5iVrX3Zk21Wy+NowH9rmuDxhGaxSxCEz4gCRAeRXw3xcIC7EVX"
    "aAx+h4sJb/GgD0v7EfcF+nVCxRVhMIZiy3xXXiKXQk9RdBlaFMGhB7rnDmeAVVAe5iggsZGGckXQQbWZjlqnWqdTUuhM+Y8ygTbr"
    "30Fkezr6yF61OrJX0kbiAd9iy+hWJ3xZEXQC3rqQI5vwpTVT8dSiv1x+WJtP8ZrKTm+rpzdSK3Mqpb5VfyvyqYr7AO9rwqSuCKz1"
    "QIEkPyOE9GB8wBSJbYBxm/egOQ6nWzESOUI7x22eY87yMVVK72rZZ03RPYeBC60a2hc1NbQvkhraO+kbm9ONZUZZhW5MstdW68Yg"
    "tlvXny5AeDiEVMlXiDyfYc9HOHChSEq4in7w6YJ/G2KmMFNsQW9VVq1gDqpVViN+L+MY0RxRJzQAB/CvI/DCmKC8Iuig/6JOymLe"
    "qwbfUtLiOcfIaBWvCDqH71lPA96zXiW60FRwV2SQQdtsl5BpupZz+5UOwq+qEX5VQniOGVtQzk1MMJsYLeMiYQc35DMtpu+shuk7"
    "e1lWeie8TAKUAeBFug7i3bDtxmNc3pl5W3jjrsisO66+Oy7HbeDT4VTlyL8JcInQQq4PueDVnG8k9PiNTGEvE1vobVV4qwXLTbOP"
    "g3GMx0YntUxzuFP6JIz3pQMoiFE6QlS1CGWoBJPeOBpEeLir4/dNMkrHfJjLh0IT+RJvYaTOZUss5XjaNeaie/mHCiLicpW4cYeA"
    "iy4WNmlFbErL7CZaWMkFUnYISulisdhS2pUGIne6u5B4S8B2j5v7Ffs+iR7TwboFl5EZUc6eEqrqoaZkWWCDBsPFx+kWoPL6W4iF"
    "0wROyRK8TrR83QLM0DZdQkJhpFahVW2tTmbJSVWo2nlgwJTwjKGE+hTREMLk0kGynNATynshPOa/l0VpPeiEgEEUHRp5/LMrLNZk"
    "xscmripzzB7vZG3hh1Bs7GALtyEGa4PLmY695aza3HJWtAEMsJ+F3BU26JrC3hJRl5xmD1zZ+2hVSFplwG0wNcd2kanqciWGganb"
    "5/BoA/hbVyrZR1RqWdSoZG8K8shG/iYnDG1mcD7SgCyTAhcLwvmMUUhnojxGxnhElHMTFLiGK9TPclD3BYfRT5w9+4jhJedF+BAj"
    "GpY5m/3cQit93qq6BhQ+HdhMyJbTaRWno+dZUuNY0qJyBe2UQ3eMZ7H+73vxf7c29F3X8JOzoQ9Mk7EPGkjD3rK3qUExQAa2jKpN"
    "z1dk7gfKfNbHrpxyTUJvODlR8P5pSy3Dj9d9NrH51Xg2rBmsVKco32WFJiWdvPZ6uzcSe1zNHn/jkptnxnJIJB1kkvcSEAMvlQHC"
    "afcOorsX73Zw0iKBgp/728P9pwpebk1SZOS8YYT+I4oiPUG0a8AFMHLcWym9SzGTS4E3gAHeHTua9M//AhpZsaE="
)
