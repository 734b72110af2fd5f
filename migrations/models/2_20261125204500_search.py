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
    "eJztXetv27YW/1cIf1kHpEXrvHqbiwskWbrmLk2KxN2GPSDTEm0LkUVXpOoGu/vfL0m9KImSRT8VjV8Sm+Sh6B+pw/Pi4V+9GXaQ"
    "R15dQgo9PPkZBcTFfu8d+KvnwxliHypaHIAenM+zel5A4cgTJHbU1voqNR4RGkCbsuox9AhiRQ4iduDOafTA3p2PQIAX7wAEfjgb"
    "oQDQKaRgwsoIWLh0ChDr7wnYU+hPEMBjsOD1nksoAWSKFweA4IiGYvZ8AmzogxECj2hOX/ExONhmg3D9yW4eF/rulxBZFE8QnaKA"
    "PfT3P1mx6zvoGyLJ1/mjNXaR5+Qwdx3egSi36NNclD3MoOdd+/S9aM1/zsiysRfO/Ixi/kSn2E9JXJ/y0gnyUQApciTw/dDz4ulK"
    "iqLxsgIahCgdqJMVOGgMQ49PIaeORpCV9Szr9m5gPVwNLKtXmt6EQpqCuMjGPl8abKxEYDDhQ3h52D89ectqxQj5l9O/owdmoETN"
    "BTQfz29urm8Hvb9FI7b6omYC5AxVaTnmob1wJ5XASkSbQTcpyODNXojd4fuvfv/w8LT/+vDk7fHR6enx29cp2uWqOuwvrn/kyLMG"
    "mL3f0fsfTQVf3eNHaSZ4wQjajwsYOFapBvdxVdty1aw/K5ZAH04EnPx38wFnjAtNcPB0jxcVfC2tXsbUeEMXkWb87BzMPWgj4PqM"
    "SyD2DiFU5kJVjZbzjt97cxggn1rszf9Ti5F8/nz9gwYTCUPXecVptsNKev8eh77NQQPiSfzP0X96W1r9NQv58sP5/YvDk+8FBJjQ"
    "SSAqBVxLGIv4X8L5cgoDNc5J+wLSbKDPkaHM4DfLQ/6ETtnX/vFxDcY/n98LmFmr7/Ms4zau6kd1HO8MX+KFEx18k/abwXe/22EO"
    "3TevXzdAl7WqRFfU5dHN+IgGq8gRrcExYizbsphX5w+l3a4IcBnd9zhA7sT/CT0JjK/ZSKBvqziDeq96ltBmpdkQA7hI9678ymIY"
    "sF+OqEDh/uphcH99yWSLakkiQ92eup7DulKIezHl+5/ukQepWrrrMuT51z/ATmhTsh5On6JeugsT/08sPLaY7jdfE6wH1oXewmrb"
    "pl8J2TYl+Rs8cf330PXCAPUUonyuvlaW93hLaxw1bSzP8/bIAZMQEQKY3o99BKBt49Cn3xEwh4QscOCcCUn+ET0Bl7UCDx/OX/aP"
    "TyIDAiZKHWBzHTfRG1gPYvmKh1qQGvVhz+pDMiENpdu4eQeVh5OjBtLtyVGlcMur8rJttshLAP/AUKLuDKlBzhEWoHZiylfJh80A"
    "v0u1ogbnwfVHJmedf/zEu58R8sUTaJ0PrnhNX5Q+FUpfnBTmJO0E/HI9+AD4V/Db3e1V8e1I2w1+6/ExwZBiy8cLCzoykElxUtQW"
    "29LdeIyCCsNSWle7E2HequEOxE3WXPrge0Lg2sIoDUEsv3ETEt83sGh+BobcUs2WwJDvFsJ07dKEjlcBG3oeYYVq0/iWnqPYn37v"
    "8WfF8j55DKPtKG/pih6daJu87x5rlKOU2pj9bL/7GZ9Ejf0sbt7B/Ww75hqx/Mv6R40PIyUxHgwtD4YMe4BsPJsh9pMda4UpUJKv"
    "NB0tU573MxuQslGNQooUmvh/H+5u1ZOQpypKdS7b3P4n9qxn+FLUIMrxyMlyCXt58fH81yLnuby5uyiyfN7BRWECXGIxWcX9qnoN"
    "MPYQ9Cv2VJmuMAMjRtgt6C/u7m5y0F9cF5b27eePF1dsDxDzwBq5tGLFx2KWznKXSNZa6y3jOLte6nnps7GDJC+zblCIbC/8S2VG"
    "SUbMJPemiMrCvoGz3uMULb4NuJy07PotxXa5yyn3rlb4nIqrdwPgcj9At5GV3lltV56W4UaaG4rtx2r/zJ2PBpj9aeCl4R11y6Gl"
    "ad76xMSEMEAVBi6p9qDOxDWP2jUPm4ra56xOr8BgisDY9RABkNXxoThg9CRcIo47QYSmIZoLSABBPhUBmtxURVDwldGxn/nEQz6J"
    "MgxrJw9Vmr/y3CfqV2EEkyuMcWtvxq14GkpIV9u3MooOmrg277Jh8+EmjDkPcbV9SyLpkomr/+bo9Ojt4clRaktJS+pMKGXl0agw"
    "RuZumWTYSObej1fvE7fP3riEVgk+cn296MNbWuLMSEPpxwfubI4DJlgETBAJsOfx33TAhAzXnnIXG5ctKMavwND2oDsTbjcROo4f"
    "kc/FEf6FgWvHsSQLHDwyIqWjb6tP+8P/w+eeRHFEJgh9IsJWPPcr4t17KO4SOVboU9cbgikToXxMRbwLcs4iUYwrEKxD70kMRXTD"
    "uoOAu92TcUL2JLHakzD6mTsJhHBPwCNC80rZqyRjSeqKHSD+0sURANyrKByOFNKQFOpFTfJ99GRckPuX0vKzpxP4kafcTeRHWza/"
    "ZxH6kQvvcX2XTFcL8MmTbmCi22kE6MQ8Z2y3cVBBStFBpatO+E90rtNKleu0qHFxwUUH26S9QXYZsk7wZDGZRdNHKlEZD2lzD2kY"
    "eDqrOG6+0iJuGasvHMF7ffS2yRk81qz6EJ6oLETAMPWAWFxB0LQjlAjNebGiMxT2j0+0treUonvrd/MmRW5/1zAnJs2NKVFtSuTK"
    "PlJwgJr4Q4nGoKpANdY6NTCVKAyiKmlg7mgiKlEYRBWIOkhE7mmiWqAyyCqQRUGAA61I1ozCRLGuEdoXJXfSQl4iMdCvAT2kFM3m"
    "qmPnlaxEJjF8RCVFcIeKjmaWEhiNTIFk4prSdiEUiY1xuc3G5bznTuftKRKat8gEee8u4MQEISeLZ+0gZDU72AC4n0l6BvxZMoCl"
    "2JZ4YA5hNgpw+/nmZn+RPGkklTKOR46zqoviyTIkNQpgTsKHhyL+Zwhe4LE4FW9PEZxHUcPjJOFsnDV2hMPJlH4PoO+AoetbIop9"
    "KMKOeUJZMMZBlHtWGby81QfyQJ4hh84aY89BTnbSf8gLhmAGHxFJgoF4w3eA4ICtCtE5QTBg43B47M8j4sFBI0yngIdujCBB5AwM"
    "Bea82z/86BFxzJFLrKnrOMgXj2Tjhs6Mu+3ZDFAcfMfz9JLpgWgXHSocRuNinXg8je84wDOGgxiG+MwHGGVceCdash+2gDyrEyuK"
    "fxhP7cseRICH/Qn/z+h5IFTUhA9qxtaaaCpwYiN9J/plEkfAo6BiHMZuwHCPw8obByDFSUaTl0lCPY4yytcL4Eyw0Z6DjUz6z+2m"
    "/5TfAk2YJbIOon38pkl+CdaqEm1R16Zkq63Cdyv5O+SRlWAeoG+VdvQcWSfQrrMiXP06qLc5pkaEm7vbH5PmRUOkyRrRKqNvJK9o"
    "MJeUoHthDlth3kI41QE4JegewFuRRUzekx1H9aU6oD7gGd2eAVdbCloGtKQIa0JdoDRgLwd750nc2sap95I1LDFz6bISicyw7uaL"
    "3BzCWmUCnp3/NI6bW2Ga85Rmmls9zQXTc2MneZ7MuMhrfboJWhtwPXby5pKDovsxv7rWuC4mS8RdkAw07vWQU34/T0615KoYKZPT"
    "6ijl80Z1BadturHv0ZihPh3wpAs9hSM7V39Q58oOopaWyN/Q0KHNk2BJl41AEHcSJYE4AwhGuSJCghyAGU8qu6hX66JRxgZE+PWc"
    "9TkX9p+zqUV3yG3qeFW1PxR9m7tsdlcQCPOURiBstUDIX9ZVhH5iki48i/mVWKuGvJ+nMjGcS2I4I7Q2IO4/RD11S6oqivv5xZWT"
    "9i/PHy7Pf7jaV6ShBL9CQMtPTrV4Fv++xpGGhC2Rl66vigmUq5oIUowtBzGuHiTUSti0CDuL7q0wV8XtPdRMzBJbgarrZGtSXeSo"
    "jKe3madXEVxf40efdxPaoybIHlUDe1TC1XgF/hHSY24T0ZzoIq2Z6lZPtdH3/xnTnAiBupMs0RmNv80zLOkATQV5icTo+vW6Podq"
    "A4p+8yOFLUV1qZYvrSldFV++r7Ho6VjdY1X0r3QE9636rPixYtkFrbKKFJoc1JpG+CHe2N3rNr1M5pcpClCcRfw7AvjJvsRjDPh7"
    "5pAkZTi/nROzjwFCZ6B02pGfpeRlvHV2tbHiLOYuHrjsDuXcocHaE4bGmrNfa4452LbLsxF7D2BqG+YmyUdL4DRJPraX5CMVGlWs"
    "YAPI6oXZPVd06+Ls9u15i5d2hYDZSLBs7nBDnoeCosAGRdaHJE2I0hvXlK6Jq45JlZGCZOS3/ctvuoLb5iS2FsWUmbQPu0R7K9Kx"
    "uT1hu7cnuMTC81VOsSZU5uRZ85Nn6Q6psQnKNOaUSq1SIqDaqSm7naguFZvlNWXOpmz3bEr+qs01jqcUbvfsIlhsXRZs6avjpbDi"
    "dwWyraqt/ER5ld6a1B3UKq7JmfTliusHvIhuoueHb/w0G6TwVQSK8zoN2i9XVCuVU9Gd7u4s0exWUW3l5nxQo5V+CaFPXaowblXm"
    "lpBJTGb9WKAsCUA69q3Cai/PxZ2PBpj9aSgqrbN9t2GNLxeVpBe8iai0FvNNBE8F75Vk0mrWyyMUmt/oDW0bhz49A+jlDLqeSEfL"
    "e0g9vB5esG82JApWvAL9GqzZ2A13waHH7FmWrvEwR9RBq9ZWbIiIvzA6KKcEHbTRNjn4y1rV4Fu6WXHOMNJaxSlB5/B9028A75t+"
    "darYfskky3i8LpeQaTZinG0RwodNED6sRviwhPAcErLATJqYQjLVWsZFwg4y5K1kP45lmQgoDcCLdB3Eu4nbodrnoHI4iOsS9D0O"
    "KZlxOWjlKR152H7Uzp6ZJzSQN4dcyGrWVxS47EG6sJeJDfQmtaM5EKRj9tq/9+WZ+AVVeVXWdbt0Md9HKbB4A76pbi2kbbqkztlm"
    "aE97CqNoXHNQZxOFWZtlRtFqGDZsuqx0eCgtlwpXR7ws2muC2MgNwtWWSiYfqfMTVWtqEkkHlbStWCn5S6WBcNy8g+huxeTAnkiV"
    "CXNqLnnPSMx9P5r3/azlNl13M/v7/154a/Q="
)
