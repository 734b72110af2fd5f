"""Pictures, price lists, and who hides a product: the administrator or its sellers."""

from tortoise import BaseDBAsyncClient

UPGRADE = {
    "postgres": """
CREATE TABLE IF NOT EXISTS "pictures" (
    "id" UUID NOT NULL PRIMARY KEY,
    "digest" VARCHAR(64) NOT NULL,
    "position" INT NOT NULL,
    "product_id" UUID NOT NULL REFERENCES "products" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_pictures_product_e1d7aa" UNIQUE ("product_id", "digest"),
    CONSTRAINT "pictures_digest" CHECK (length(digest) = 64),
    CONSTRAINT "pictures_position" CHECK (position > 0)
);
CREATE INDEX IF NOT EXISTS "idx_pictures_digest_f8cf41" ON "pictures" ("digest");
COMMENT ON TABLE "pictures" IS 'A picture of a product. The files are named by the digest of what was sent, so one serves many rows.';
CREATE TABLE IF NOT EXISTS "price_lists" (
    "id" UUID NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMPTZ NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "status" VARCHAR(7) NOT NULL,
    "mode" VARCHAR(7) NOT NULL,
    "dry_run" BOOL NOT NULL,
    "url" VARCHAR(2048),
    "rolls_back_id" UUID,
    "sha256" VARCHAR(64),
    "rows" INT NOT NULL,
    "processed" INT NOT NULL,
    "created" INT NOT NULL,
    "updated" INT NOT NULL,
    "deactivated" INT NOT NULL,
    "errors" JSONB NOT NULL,
    "changes" JSONB NOT NULL,
    "attempts" INT NOT NULL,
    "claim" UUID,
    "claimed_until" TIMESTAMPTZ,
    "created_by_id" UUID REFERENCES "users" ("id") ON DELETE SET NULL,
    "shop_id" UUID NOT NULL REFERENCES "shops" ("id") ON DELETE RESTRICT,
    CONSTRAINT "price_lists_status" CHECK (status IN ('queued', 'running', 'done', 'failed')),
    CONSTRAINT "price_lists_mode" CHECK (mode IN ('whole', 'partial')),
    CONSTRAINT "price_lists_claim" CHECK ((status = 'running') = (claim IS NOT NULL)),
    CONSTRAINT "price_lists_counts" CHECK (processed >= 0 AND created >= 0 AND updated >= 0 AND deactivated >= 0)
);
CREATE INDEX IF NOT EXISTS "idx_price_lists_shop_id_d231bd" ON "price_lists" ("shop_id", "created_at", "id");
CREATE INDEX IF NOT EXISTS "idx_price_lists_status_359a1b" ON "price_lists" ("status", "created_at");
CREATE INDEX IF NOT EXISTS "idx_price_lists_created_d7e3cd" ON "price_lists" ("created_by_id");
COMMENT ON TABLE "price_lists" IS 'An import or a rollback, which is one too. `claim` is the token of the process at work on it.';
CREATE TABLE IF NOT EXISTS "shop_categories" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name_folded" VARCHAR(510) NOT NULL,
    "category_id" UUID NOT NULL REFERENCES "categories" ("id") ON DELETE CASCADE,
    "shop_id" UUID NOT NULL REFERENCES "shops" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_shop_catego_shop_id_88870a" UNIQUE ("shop_id", "name_folded")
);
CREATE INDEX IF NOT EXISTS "idx_shop_catego_categor_6f54fd" ON "shop_categories" ("category_id");
COMMENT ON TABLE "shop_categories" IS 'Where a shop''s own category stands in the common tree; `name_folded` is its name in price lists.';
ALTER TABLE "offers" ADD "listing" JSONB;
ALTER TABLE "products" ADD "model" VARCHAR(510);
ALTER TABLE "products" ADD "is_hidden" BOOL NOT NULL DEFAULT FALSE;
CREATE INDEX IF NOT EXISTS "idx_products_categor_2dfa34" ON "products" ("category_id", "name_folded");
CREATE INDEX IF NOT EXISTS "idx_products_categor_ec1de3" ON "products" ("category_id", "model");
-- Written by hand: what an import changed, an offer a row, with the state before it; its key is of two columns.
CREATE TABLE IF NOT EXISTS "price_list_changes" (
    "import_id" UUID NOT NULL REFERENCES "price_lists" ("id") ON DELETE CASCADE,
    "offer_id" UUID NOT NULL REFERENCES "offers" ("id") ON DELETE RESTRICT,
    "product_id" UUID NOT NULL,
    "product_was" UUID,
    "before" JSONB,
    "product_before" JSONB,
    "quantity_before" INT,
    "quantity_after" INT,
    PRIMARY KEY ("import_id", "offer_id")
);
CREATE INDEX IF NOT EXISTS "price_list_changes_products" ON "price_list_changes" ("import_id", "product_id");
CREATE INDEX IF NOT EXISTS "price_list_changes_offers" ON "price_list_changes" ("offer_id");
CREATE INDEX IF NOT EXISTS "price_list_changes_left" ON "price_list_changes" ("import_id", "product_was")
    WHERE product_was <> product_id;
-- Of a shop's imports one runs at a time.
CREATE UNIQUE INDEX IF NOT EXISTS "price_lists_one_runs" ON "price_lists" ("shop_id") WHERE status = 'running';
-- A product is shown unless it is hidden or all its offers are withdrawn.
UPDATE "products" SET "is_hidden" = NOT "is_active" WHERE NOT "is_active";
UPDATE "products" SET "is_active" = FALSE WHERE "is_active"
    AND EXISTS (SELECT 1 FROM "offers" o WHERE o.product_id = products.id)
    AND NOT EXISTS (SELECT 1 FROM "offers" o WHERE o.product_id = products.id AND o.is_active);
""",
    "sqlite": """
BEGIN;
CREATE TABLE IF NOT EXISTS "pictures" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "digest" VARCHAR(64) NOT NULL,
    "position" INT NOT NULL,
    "product_id" CHAR(36) NOT NULL REFERENCES "products" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_pictures_product_e1d7aa" UNIQUE ("product_id", "digest"),
    CONSTRAINT "pictures_digest" CHECK (length(digest) = 64),
    CONSTRAINT "pictures_position" CHECK (position > 0)
) /* A picture of a product. The files are named by the digest of what was sent, so one serves many rows. */;
CREATE INDEX IF NOT EXISTS "idx_pictures_digest_f8cf41" ON "pictures" ("digest");
CREATE TABLE IF NOT EXISTS "price_lists" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "created_at" TIMESTAMP NOT NULL,
    "finished_at" TIMESTAMP,
    "status" VARCHAR(7) NOT NULL,
    "mode" VARCHAR(7) NOT NULL,
    "dry_run" INT NOT NULL,
    "url" VARCHAR(2048),
    "rolls_back_id" CHAR(36),
    "sha256" VARCHAR(64),
    "rows" INT NOT NULL,
    "processed" INT NOT NULL,
    "created" INT NOT NULL,
    "updated" INT NOT NULL,
    "deactivated" INT NOT NULL,
    "errors" JSON NOT NULL,
    "changes" JSON NOT NULL,
    "attempts" INT NOT NULL,
    "claim" CHAR(36),
    "claimed_until" TIMESTAMP,
    "created_by_id" CHAR(36) REFERENCES "users" ("id") ON DELETE SET NULL,
    "shop_id" CHAR(36) NOT NULL REFERENCES "shops" ("id") ON DELETE RESTRICT,
    CONSTRAINT "price_lists_status" CHECK (status IN ('queued', 'running', 'done', 'failed')),
    CONSTRAINT "price_lists_mode" CHECK (mode IN ('whole', 'partial')),
    CONSTRAINT "price_lists_claim" CHECK ((status = 'running') = (claim IS NOT NULL)),
    CONSTRAINT "price_lists_counts" CHECK (processed >= 0 AND created >= 0 AND updated >= 0 AND deactivated >= 0)
) /* An import or a rollback, which is one too. `claim` is the token of the process at work on it. */;
CREATE INDEX IF NOT EXISTS "idx_price_lists_shop_id_d231bd" ON "price_lists" ("shop_id", "created_at", "id");
CREATE INDEX IF NOT EXISTS "idx_price_lists_status_359a1b" ON "price_lists" ("status", "created_at");
CREATE INDEX IF NOT EXISTS "idx_price_lists_created_d7e3cd" ON "price_lists" ("created_by_id");
CREATE TABLE IF NOT EXISTS "shop_categories" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name_folded" VARCHAR(510) NOT NULL,
    "category_id" CHAR(36) NOT NULL REFERENCES "categories" ("id") ON DELETE CASCADE,
    "shop_id" CHAR(36) NOT NULL REFERENCES "shops" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_shop_catego_shop_id_88870a" UNIQUE ("shop_id", "name_folded")
) /* Where a shop's own category stands in the common tree; `name_folded` is its name in price lists. */;
CREATE INDEX IF NOT EXISTS "idx_shop_catego_categor_6f54fd" ON "shop_categories" ("category_id");
ALTER TABLE "offers" ADD "listing" JSON;
ALTER TABLE "products" ADD "is_hidden" INT NOT NULL DEFAULT FALSE;
ALTER TABLE "products" ADD "model" VARCHAR(510);
CREATE INDEX "idx_products_categor_2dfa34" ON "products" ("category_id", "name_folded");
CREATE INDEX "idx_products_categor_ec1de3" ON "products" ("category_id", "model");
-- Written by hand: what an import changed, an offer a row, with the state before it; its key is of two columns.
CREATE TABLE IF NOT EXISTS "price_list_changes" (
    "import_id" CHAR(36) NOT NULL REFERENCES "price_lists" ("id") ON DELETE CASCADE,
    "offer_id" CHAR(36) NOT NULL REFERENCES "offers" ("id") ON DELETE RESTRICT,
    "product_id" CHAR(36) NOT NULL,
    "product_was" CHAR(36),
    "before" JSON,
    "product_before" JSON,
    "quantity_before" INT,
    "quantity_after" INT,
    PRIMARY KEY ("import_id", "offer_id")
);
CREATE INDEX IF NOT EXISTS "price_list_changes_products" ON "price_list_changes" ("import_id", "product_id");
CREATE INDEX IF NOT EXISTS "price_list_changes_offers" ON "price_list_changes" ("offer_id");
CREATE INDEX IF NOT EXISTS "price_list_changes_left" ON "price_list_changes" ("import_id", "product_was")
    WHERE product_was <> product_id;
-- Of a shop's imports one runs at a time.
CREATE UNIQUE INDEX IF NOT EXISTS "price_lists_one_runs" ON "price_lists" ("shop_id") WHERE status = 'running';
-- A product is shown unless it is hidden or all its offers are withdrawn.
UPDATE "products" SET "is_hidden" = NOT "is_active" WHERE NOT "is_active";
UPDATE "products" SET "is_active" = FALSE WHERE "is_active"
    AND EXISTS (SELECT 1 FROM "offers" o WHERE o.product_id = products.id)
    AND NOT EXISTS (SELECT 1 FROM "offers" o WHERE o.product_id = products.id AND o.is_active);
COMMIT;
""",
}

DOWNGRADE = {
    "postgres": """
DROP TABLE IF EXISTS "price_list_changes";
DROP INDEX IF EXISTS "idx_products_categor_ec1de3";
DROP INDEX IF EXISTS "idx_products_categor_2dfa34";
ALTER TABLE "offers" DROP COLUMN "listing";
ALTER TABLE "products" DROP COLUMN "model";
ALTER TABLE "products" DROP COLUMN "is_hidden";
DROP TABLE IF EXISTS "pictures";
DROP TABLE IF EXISTS "price_lists";
DROP TABLE IF EXISTS "shop_categories";
""",
    "sqlite": """
BEGIN;
DROP TABLE IF EXISTS "price_list_changes";
DROP INDEX IF EXISTS "idx_products_categor_ec1de3";
DROP INDEX IF EXISTS "idx_products_categor_2dfa34";
ALTER TABLE "offers" DROP COLUMN "listing";
ALTER TABLE "products" DROP COLUMN "is_hidden";
ALTER TABLE "products" DROP COLUMN "model";
DROP TABLE IF EXISTS "pictures";
DROP TABLE IF EXISTS "shop_categories";
DROP TABLE IF EXISTS "price_lists";
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
    "eJztXetv27YW/1cIf1kHpEXrvHqbiwskWbrmLk2KxN2GPSDTEm0LkUVXpOoGu/vfL0m9KImSRT8VjV/amOShqB+pw/Pi4V+9GXaQ"
    "R15dQgo9PPkZBcTFfu8d+Kvnwxlif1S0OAA9OJ9n9byAwpEnSOyorfVVajwiNIA2ZdVj6BHEihxE7MCd0+iBvTsfgQAv3gEI/HA2"
    "QgGgU0jBhJURsHDpFCDW3xOwp9CfIIDHYMHrPZdQAsgULw4AwRENxez5BNjQByMEHtGcvuJjcLDNBuH6k908LvTdLyGyKJ4gOkUB"
    "e+jvf7Ji13fQN0SSn/NHa+wiz8lh7jq8A1Fu0ae5KHuYQc+79ul70Zq/zsiysRfO/Ixi/kSn2E9JXJ/y0gnyUQApciTw/dDz4ulK"
    "iqLxsgIahCgdqJMVOGgMQ49PIaeORpCV9Szr9m5gPVwNLKtXmt6EQpqCuMjGPl8abKxEYDDhQ3h52D89ectqxQj5j9O/owdmoETN"
    "BTQfz29urm8Hvb9FI7b6omYC5AxVaTnmob1wJ5XASkSbQTcpyODNPojd4fuvfv/w8LT/+vDk7fHR6enx29cp2uWqOuwvrn/kyLMG"
    "mH3f0fcfTQVf3eNHaSZ4wQjajwsYOFapBvdxVdty1aw/K5ZAH04EnPy9+YAzxoUmOHi6x4sKvpZWL2NqvKGLSDN+dg7mHrQRcH3G"
    "JRD7hhAqc6GqRst5x++9OQyQTy325f+pxUg+f77+QYOJhKHrvOI022ElvX+PQ9/moAHxJP7P0X96W1r9NQv58sP5/YvDk+8FBJjQ"
    "SSAqBVxLGIv4v4Tz5RQGapyT9gWk2UCfI0OZwW+Wh/wJnbKf/ePjGox/Pr8XMLNW3+dZxm1c1Y/qON4ZvsQLJzr4Ju03g+9+t8Mc"
    "um9ev26ALmtVia6oy6Ob8RENVpEjWoNjxFi2ZTGvzh9Ku10R4DK673GA3In/E3oSGF+zkUDfVnEG9V71LKHNSrMhBnCR7l35lcUw"
    "YG+OqEDh/uphcH99yWSLakkiQ92eup7DulKIezHl+5/ukQepWrrrMuT5zz/ATmhTsh5On6JeugsT/59YeGwx3W++JlgPrAu9hdW2"
    "Tb8Ssm1K8jd44vrvoeuFAeopRPlcfa0s7/GW1jhq2lie5+2RAyYhIgQwvR/7CEDbxqFPvyNgDglZ4MA5E5L8I3oCLmsFHj6cv+wf"
    "n0QGBEyUOsDmOm6iN7AexPIVD7UgNerDntWHZEIaSrdx8w4qDydHDaTbk6NK4ZZX5WXbbJGXAP6BoUTdGVKDnCMsQO3ElK+SPzYD"
    "/C7VihqcB9cfmZx1/vET735GyBdPoHU+uOI1fVH6VCh9cVKYk7QT8Mv14APgP8Fvd7dXxa8jbTf4rcfHBEOKLR8vLOjIQCbFSVFb"
    "bEt34zEKKgxLaV3tToR5q4Y7EDdZc+mD7wmBawujNASx/MZNSHzfwKL5GRhySzVbAkO+WwjTtUsTOl4FbOh5hBWqTeNbeo5if/q9"
    "x58Vy/vkMYy2o7ylK3p0om3yvnusUY5SamP2s/3uZ3wSNfazuHkH97PtmGvE8i/rHzU+jJTEeDC0PBgy7AGy8WyG2Cs71gpToCRf"
    "aTpapjzvZzYgZaMahRQpNPH/PtzdqichT1WU6ly2uf1P7FnP8KOoQZTjkZPlEvby4uP5r0XOc3lzd1Fk+byDi8IEuMRisor7VfUZ"
    "YOwh6FfsqTJdYQZGjLBb0F/c3d3koL+4Lizt288fL67YHiDmgTVyacWKj8UsneUukay11lvGcXa91PPSZ2MHSV5m3aAQ2V74l8qM"
    "koyYSe5NEZWFfQNnvccpWnwbcDlp2fVbiu1yl1PuW63wORVX7wbA5X6AbiMrfbParjwtw400NxTbj9X+mTsfDTD7p4GXhnfULYeW"
    "pnnrExMTwgBVGLik2oM6E9c8atc8bCpqn7M6vQKDKQJj10MEQFbHh+KA0ZNwiTjuBBGahmguIAEE+VQEaHJTFUHBV0bHXvOJh3wS"
    "ZRjWTh6qNH/luU/Ur8IIJlcY49bejFvxNJSQrrZvZRQdNHFt3mXD5sNNGHMe4mr7lkTSJRNX/83R6dHbw5Oj1JaSltSZUMrKo1Fh"
    "jMzdMsmwkcy9H6/eJ26fvXEJrRJ85Pp60Ye3tMSZkYbSjw/c2RwHTLAImCASYM/j73TAhAzXnnIXG5ctKMavwND2oDsTbjcROo4f"
    "kc/FEf6DgWvHsSQLHDwyIqWjb6tP+8P/w+eeRHFEJgh9IsJWPPcr4t17KO4SOVboU9cbgikToXxMRbwLcs4iUYwrEKxD70kMRXTD"
    "uoOAu92TcUL2JLHakzD6mTsJhHBPwCNC80rZqyRjSeqKHSD+0cURANyrKByOFNKQFOpFTfJ79GRckPuX0vKzpxP4kafcTeRHWza/"
    "ZxH6kQvvcX2XTFcL8MmTbmCi22kE6MQ8Z2y3cVBBStFBpatO+E90rtNKleu0qHFxwUUH26S9QXYZsk7wZDGZRdNHKlEZD2lzD2kY"
    "eDqrOG6+0iJuGasvHMF7ffS2yRk81qz6EJ6oLETAMPWAWFxB0LQjlAjNebGiMxT2j0+0treUonvrd/MmRW5/1zAnJs2NKVFtSuTK"
    "PlJwgJr4Q4nGoKpANdY6NTCVKAyiKmlg7mgiKlEYRBWIOkhE7mmiWqAyyCqQRUGAA61I1ozCRLGuEdoXJXfSQl4iMdCvAT2kFM3m"
    "qmPnlaxEJjF8RCVFcIeKjmaWEhiNTIFk4prSdiEUiY1xuc3G5bznTufrKRKar8gEee8u4MQEISeLZ+0gZDU72AC4n0l6BvxZMoCl"
    "2JZ4YA5hNgpw+/nmZn+RPGkklTKOR46zqoviyTIkNQpgTsKHhyL+Zwhe4LE4FW9PEZxHUcPjJOFsnDV2hMPJlH4PoO+AoetbIop9"
    "KMKOeUJZMMZBlHtWGby81QfyQJ4hh84aY89BTnbSf8gLhmAGHxFJgoF4w3eA4ICtCtE5QTBg43B47M8j4sFBI0yngIdujCBB5AwM"
    "Bea82z/86BFxzJFLrKnrOMgXj2Tjhs6Mu+3ZDFAcfMfz9JLpgWgXHSocRuNinXg8je84wDOGgxiG+JsPMMq4wN5q6M7YqhFdizeG"
    "rD/kee9EKyY/BDymKX6rsRswFOMg8cbhRHHK0OTTkDCMY4by9QIGEzq059Ahk8xzu8k85a9AE2aJrINoH79pki2CtapEW9S1KXVq"
    "q/DdSjYOeWQlmAfoW6VVPEfWCbTrbAJXvw7qLYipSeDm7vbHpHnRrGhyQLTKhBvJKxrMJSXoXtDCVpi3EFB1AE4JugfwVmQRk8Vk"
    "xzF6qUanD3hGt2fA1Xp/y4DeeZawtjGPvaSlSuwouqtbIjPcpPkiN6d8VpmAZ+egiwOzVpjmPKWZ5lZPc8Ea2tgLmyczPthap2GC"
    "1gZ8W528GuOg6N/Kr6417iPJMj0XJAONiyPknNLPk1MtuYtEShW0Okr5xERdwWmbftJ7NGaoTwf8VH9P4SnN1R/U+UqDqKUlEgQ0"
    "9JjyLEvSbRYQxJ1EWQbOAIJRMoKQIAdgxpPKPtDVumiUEgARfv9j/aH+/ScFatElZZs6v1PtokPf5i6b3RUEwjylEQhbLRDyj3UV"
    "oZ+YU/3PYn4l1qoh7+epTJDgkiDBCK0NiPsPUU/dkqqK4n5+ceWk/cvzh8vzH672Fcomwa8Q0PKTUy2exe/XOJSNsCXy0vVVQWdy"
    "VRNBirHlIMbVg4RaCZsWkVDRxQjmLrK9Rz+JWWIrUHVfaU0uhRyVcT42cz4qordrXLvzbkJ71ATZo2pgj0q4Gq/AP0J6zG0imhNd"
    "pDVT3eqpNvr+P2OaEyFQd5IlOqPxt3mGJR2gqSAvkRhdv17X51BtQNFvfmatpagu1fKlNaWr4ssXAhY9Hat7rIr+lY7gvlWfFT+3"
    "KrugVVaRQpODWtMIPyUau3vdpreV/DJFAYrTVH9HAF74IPEYA/6dOSTJSc2vf8TszwChM1A6TscP6/Ey3jq7O1dx2G8XD1x2SW/u"
    "HFvtoTdjzdmvNcectdpluP7eA5jahrnJItESOE0Wie1lkUiFRhUr2ACyemF2zxXduji7fXve4qVdIWA2EiybO9yQ56GgKLBBkYgg"
    "yUOh9MY1pWviqmNSZaQgGflt//KbruC2OYmtRTFlJhPBLtHeinRs0vNvNz2/Syw8X+VgZUJlTp41P3mW7pAam6BMY06p1ColAqqd"
    "mrLbiepSsVleU+ZsynbPpuTvclzjeErh+sgugsXWZcGWvjpeCit+VyDbqtqaXF+v0lulq+1rFNfkTPpyxfUDXkRXnfPDN36ablD4"
    "KgLFeZ0G7ZcrqpXKqehOd3eWaHarqLZycz6o0Uq/hNCnLlUYtypzS8gkJnV7LFCWBCAd+1ZhtZfn4s5HA8z+aSgqrbN9t2GNLxeV"
    "pA+8iai0FvNNBE8F75Vk0mrWyyMUml8ZDW0bhz49A+jlDLqeyHfKe0g9vB5esF82JApWvAL9GqzZ2A13waHH7FmWrvEwR9RBq9ZW"
    "bIiIfzA6KKcEHbTRNjn4y1rV4Fu6um/OMNJaxSlB5/B9028A75t+dfbSfskky3i8LpeQaTZinG0RwodNED6sRviwhPAcErLATJqY"
    "QjLVWsZFwg4y5K0k5I1lmQgoDcCLdB3Eu4nbodrnoHI4iHz8+h6HlMy4HLRSZ448bD+qnJXLAJcIDeTNIReymvUVBS57kC7sZWID"
    "vUntaA4E6Zi99u99eSZ+QVVelXXdLl3M91EKLN6Ab6pbC2mbLqlzthna057CKBrXHNTZRGHWZplRtBqGDZsuKx0eSsulwtURL4v2"
    "miA2ckVttaWSyUfq/ETVmppE0kElbStWSv5RaSAcN+8gulsxObAnUmXCnJpbxDMScwWN5hU0a7lN193M/v4/YOLk3w=="
)
