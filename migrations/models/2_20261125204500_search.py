"""Search, and the attributes that filters and facets read."""

from tortoise import BaseDBAsyncClient

NAME = "regexp_replace(name_folded, '[^[:alnum:]]+', ' ', 'g')"
DESCRIPTION = (
    "regexp_replace(replace(lower(left(description, 20000)), 'ё', 'е'), '[^[:alnum:]]+', ' ', 'g')"
)
"""The words of either field and single spaces, so that PostgreSQL finds no addresses, paths or signs in them."""

UPGRADE = {
    "postgres": f"""
CREATE EXTENSION IF NOT EXISTS pg_trgm;
-- Words as they are weigh A and C (name and description), their stems B and D.
ALTER TABLE "products" ADD "search" TSVECTOR GENERATED ALWAYS AS (
    setweight(to_tsvector('simple'::regconfig, {NAME}), 'A')
    || setweight(to_tsvector('russian'::regconfig, {NAME}), 'B')
    || setweight(to_tsvector('english'::regconfig, {NAME}), 'B')
    || setweight(to_tsvector('simple'::regconfig, {DESCRIPTION}), 'C')
    || setweight(to_tsvector('russian'::regconfig, {DESCRIPTION}), 'D')
    || setweight(to_tsvector('english'::regconfig, {DESCRIPTION}), 'D')
) STORED;
CREATE INDEX IF NOT EXISTS "products_search" ON "products" USING gin ("search");
-- The words of names, for typing errors.
CREATE TABLE IF NOT EXISTS "search_words" (
    "word" VARCHAR(64) COLLATE "C" NOT NULL PRIMARY KEY,
    "stem" VARCHAR(64) COLLATE "C" NOT NULL
);
CREATE INDEX IF NOT EXISTS "search_words_by_stem" ON "search_words" ("stem");
CREATE INDEX IF NOT EXISTS "search_words_alike" ON "search_words" USING gist ("word" gist_trgm_ops);
INSERT INTO "search_words" ("word", "stem")
SELECT word, COALESCE((ts_lexize(
    (CASE WHEN word ~ '[а-я]' THEN 'russian_stem' ELSE 'english_stem' END)::regdictionary, word))[1], word)
FROM (SELECT DISTINCT unnest(string_to_array({NAME}, ' ')) AS word FROM "products") AS named
WHERE word ~ '^[[:alpha:]]{{4,64}}$';
-- A product's own attributes and those of its active offers.
CREATE TABLE IF NOT EXISTS "product_attributes" (
    "product_id" UUID NOT NULL REFERENCES "products" ("id") ON DELETE CASCADE,
    "name" VARCHAR(100) COLLATE "C" NOT NULL,
    "value" VARCHAR(500) COLLATE "C" NOT NULL,
    PRIMARY KEY ("product_id", "name", "value")
);
INSERT INTO "product_attributes" ("product_id", "name", "value")
SELECT product_id, key, value FROM (
    SELECT p.id AS product_id, a.key, a.value FROM "products" p CROSS JOIN jsonb_each_text(p.attributes) AS a
    UNION
    SELECT o.product_id, a.key, a.value FROM "offers" o CROSS JOIN jsonb_each_text(o.attributes) AS a
    WHERE o.is_active) AS told
WHERE length(key) BETWEEN 1 AND 100 AND length(value) BETWEEN 1 AND 500;
CREATE INDEX IF NOT EXISTS "product_attributes_by_value" ON "product_attributes" ("name", "value", "product_id");
CREATE STATISTICS IF NOT EXISTS "product_attributes_name_value" (mcv) ON "name", "value" FROM "product_attributes";
""",
    "sqlite": """
BEGIN;
-- Which row of product_search is a product's; it is filled when the shop is opened, as stems are made in Python.
CREATE TABLE IF NOT EXISTS "search_rows" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "product_id" CHAR(36) NOT NULL UNIQUE REFERENCES "products" ("id") ON DELETE CASCADE
);
CREATE VIRTUAL TABLE IF NOT EXISTS "product_search" USING fts5 (
    name, name_stems, description, description_stems, tokenize = "unicode61 remove_diacritics 0"
);
-- The words of names, for typing errors.
CREATE TABLE IF NOT EXISTS "search_words" (
    "word" VARCHAR(64) NOT NULL PRIMARY KEY,
    "stem" VARCHAR(64) NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "search_words_by_stem" ON "search_words" ("stem");
-- A product's own attributes and those of its active offers.
CREATE TABLE IF NOT EXISTS "product_attributes" (
    "product_id" CHAR(36) NOT NULL REFERENCES "products" ("id") ON DELETE CASCADE,
    "name" VARCHAR(100) NOT NULL,
    "value" VARCHAR(500) NOT NULL,
    PRIMARY KEY ("product_id", "name", "value")
) WITHOUT ROWID;
INSERT INTO "product_attributes" ("product_id", "name", "value")
SELECT product_id, key, value FROM (
    SELECT p.id AS product_id, a.key, a.value FROM "products" p, json_each(p.attributes) AS a
    UNION
    SELECT o.product_id, a.key, a.value FROM "offers" o, json_each(o.attributes) AS a WHERE o.is_active)
WHERE length(key) BETWEEN 1 AND 100 AND length(value) BETWEEN 1 AND 500;
CREATE INDEX IF NOT EXISTS "product_attributes_by_value" ON "product_attributes" ("name", "value", "product_id");
COMMIT;
""",
}

DOWNGRADE = {
    "postgres": """
DROP TABLE IF EXISTS "product_attributes";
DROP TABLE IF EXISTS "search_words";
DROP INDEX IF EXISTS "products_search";
ALTER TABLE "products" DROP COLUMN "search";
""",
    "sqlite": """
BEGIN;
DROP TABLE IF EXISTS "product_attributes";
DROP TABLE IF EXISTS "search_words";
DROP TABLE IF EXISTS "product_search";
DROP TABLE IF EXISTS "search_rows";
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
