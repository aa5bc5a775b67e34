CREATE OR REPLACE TABLE judged0_0 AS
SELECT
  CAST(CASE
    WHEN NOT "subscription_id#text" IS NULL
    THEN HASH(
      CASE
        WHEN STRLEN("subscription_id#text") IN (36, 38)
        AND REGEXP_FULL_MATCH(
          "subscription_id#text",
          '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
        )
        THEN LOWER("subscription_id#text")
        ELSE "subscription_id#text"
      END
    )
  END AS UBIGINT) AS "#id",
  NOT "#code" IS NULL AS "#is_bad",
  CAST("#delimiters" AS UINTEGER) AS "#delimiters",
  "subscription_id",
  "customer_id",
  "product",
  "market",
  "term_start",
  "term_end",
  "status",
  "debt",
  "debt.currency"
FROM the_judged;

CREATE OR REPLACE TABLE judged1_0 AS
SELECT
  CAST(NULL AS UBIGINT) AS "#id",
  NOT "#code" IS NULL AS "#is_bad",
  CAST("#delimiters" AS UINTEGER) AS "#delimiters",
  "subscription_id",
  "customer_id",
  "product",
  "status",
  "trial",
  "commitment_months",
  "seats",
  "unit_price",
  "unit_price.currency",
  "term_end",
  "cancellable_until",
  "#preferred",
  "#latest"
FROM the_judged;

CREATE OR REPLACE TABLE judged2_0 AS
SELECT
  CAST(NULL AS UBIGINT) AS "#id",
  NOT "#code" IS NULL AS "#is_bad",
  CAST("#delimiters" AS UINTEGER) AS "#delimiters",
  "product",
  "market",
  "unit_price",
  "unit_price.currency",
  "currency",
  "#latest",
  "#last"
FROM the_judged;

CREATE OR REPLACE TABLE judged3_0 AS
SELECT
  CAST(CASE
    WHEN NOT "invoice_id#text" IS NULL
    THEN HASH(
      CASE
        WHEN STRLEN("invoice_id#text") IN (36, 38)
        AND REGEXP_FULL_MATCH("invoice_id#text", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
        THEN LOWER("invoice_id#text")
        ELSE "invoice_id#text"
      END
    )
  END AS UBIGINT) AS "#id",
  NOT "#code" IS NULL AS "#is_bad",
  CAST("#delimiters" AS UINTEGER) AS "#delimiters",
  "invoice_id",
  "subscription_id",
  "customer_id",
  "due_date",
  "balance",
  "balance.currency",
  "currency",
  "status",
  "#number",
  "#rest"
FROM the_judged;

CREATE OR REPLACE TABLE judged4_0 AS
SELECT
  CAST(NULL AS UBIGINT) AS "#id",
  NOT "#code" IS NULL AS "#is_bad",
  CAST("#delimiters" AS UINTEGER) AS "#delimiters",
  "subscription_id",
  "customer_id",
  "hold_until",
  "#number",
  "#rest"
FROM the_judged;

CREATE OR REPLACE TABLE export0 AS
SELECT
  CAST(NULL AS TEXT) AS "subscription_id",
  CAST(NULL AS TEXT) AS "customer_id",
  CAST(NULL AS TEXT) AS "product",
  CAST(NULL AS TEXT) AS "market",
  CAST(NULL AS DATE) AS "term_start",
  CAST(NULL AS DATE) AS "term_end",
  CAST(NULL AS TEXT) AS "status",
  CAST(NULL AS DECIMAL(18, 4)) AS "debt",
  CAST(NULL AS TEXT) AS "debt.currency",
  CAST(NULL AS TEXT) AS "#key",
  CAST(NULL AS INT) AS "#source"
WHERE
  FALSE;

INSERT INTO export0 (
  "subscription_id",
  "customer_id",
  "product",
  "market",
  "term_start",
  "term_end",
  "status",
  "debt",
  "debt.currency",
  "#key",
  "#source"
)
SELECT
  "subscription_id",
  "customer_id",
  "product",
  "market",
  "term_start",
  "term_end",
  "status",
  "debt",
  "debt.currency",
  CASE
    WHEN STRLEN(CAST("subscription_id" AS TEXT)) IN (36, 38)
    AND REGEXP_FULL_MATCH(
      CAST("subscription_id" AS TEXT),
      '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
    )
    THEN LOWER(CAST("subscription_id" AS TEXT))
    ELSE CAST("subscription_id" AS TEXT)
  END AS "#key",
  0 AS "#source"
FROM judged0_0
WHERE
  NOT "#is_bad";

CREATE OR REPLACE TABLE export1 AS
SELECT
  CAST(NULL AS TEXT) AS "subscription_id",
  CAST(NULL AS TEXT) AS "customer_id",
  CAST(NULL AS TEXT) AS "product",
  CAST(NULL AS TEXT) AS "status",
  CAST(NULL AS BOOLEAN) AS "trial",
  CAST(NULL AS BIGINT) AS "commitment_months",
  CAST(NULL AS BIGINT) AS "seats",
  CAST(NULL AS DECIMAL(18, 4)) AS "unit_price",
  CAST(NULL AS TEXT) AS "unit_price.currency",
  CAST(NULL AS DATE) AS "term_end",
  CAST(NULL AS TIMESTAMP) AS "cancellable_until",
  CAST(NULL AS TEXT) AS "#key",
  CAST(NULL AS INT) AS "#source",
  CAST(NULL AS BOOLEAN) AS "#preferred",
  CAST(NULL AS TEXT) AS "#latest",
  CAST(NULL AS TEXT) AS "#last"
WHERE
  FALSE;

INSERT INTO export1 (
  "subscription_id",
  "customer_id",
  "product",
  "status",
  "trial",
  "commitment_months",
  "seats",
  "unit_price",
  "unit_price.currency",
  "term_end",
  "cancellable_until",
  "#preferred",
  "#latest",
  "#key",
  "#source"
)
SELECT
  "subscription_id",
  "customer_id",
  "product",
  "status",
  "trial",
  "commitment_months",
  "seats",
  "unit_price",
  "unit_price.currency",
  "term_end",
  "cancellable_until",
  "#preferred",
  "#latest",
  CASE
    WHEN STRLEN(CAST("subscription_id" AS TEXT)) IN (36, 38)
    AND REGEXP_FULL_MATCH(
      CAST("subscription_id" AS TEXT),
      '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
    )
    THEN LOWER(CAST("subscription_id" AS TEXT))
    ELSE CAST("subscription_id" AS TEXT)
  END AS "#key",
  0 AS "#source"
FROM judged1_0
WHERE
  NOT "#is_bad";

CREATE OR REPLACE TABLE kept AS
SELECT
  *
  EXCLUDE ("#place")
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY "#key"
      ORDER BY "#preferred" DESC, "#latest" DESC, HASH(
        "subscription_id",
        "customer_id",
        "product",
        "status",
        "trial",
        "commitment_months",
        "seats",
        "unit_price",
        "unit_price.currency",
        "term_end",
        "cancellable_until",
        "#key",
        "#preferred",
        "#latest",
        "#last"
      )
    ) AS "#place"
  FROM export1
) AS numbered
WHERE
  "#place" = 1;

CREATE OR REPLACE TABLE export2 AS
SELECT
  CAST(NULL AS TEXT) AS "product",
  CAST(NULL AS TEXT) AS "market",
  CAST(NULL AS DECIMAL(18, 4)) AS "unit_price",
  CAST(NULL AS TEXT) AS "unit_price.currency",
  CAST(NULL AS TEXT) AS "currency",
  CAST(NULL AS TEXT) AS "#key",
  CAST(NULL AS INT) AS "#source",
  CAST(NULL AS BOOLEAN) AS "#preferred",
  CAST(NULL AS TEXT) AS "#latest",
  CAST(NULL AS TEXT) AS "#last"
WHERE
  FALSE;

INSERT INTO export2 (
  "product",
  "market",
  "unit_price",
  "unit_price.currency",
  "currency",
  "#latest",
  "#last",
  "#key",
  "#source"
)
SELECT
  "product",
  "market",
  "unit_price",
  "unit_price.currency",
  "currency",
  "#latest",
  "#last",
  CASE
    WHEN STRLEN(CAST("product" AS TEXT)) IN (36, 38)
    AND REGEXP_FULL_MATCH(
      CAST("product" AS TEXT),
      '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
    )
    THEN LOWER(CAST("product" AS TEXT))
    ELSE CAST("product" AS TEXT)
  END AS "#key",
  0 AS "#source"
FROM judged2_0
WHERE
  NOT "#is_bad";

INSERT INTO export0 (
  "#key",
  "#source"
)
SELECT DISTINCT
  CASE
    WHEN STRLEN(text) IN (36, 38)
    AND REGEXP_FULL_MATCH(text, '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER(text)
    ELSE text
  END AS "#key",
  -1 AS "#source"
FROM (
  SELECT
    COALESCE(
      "subscription_id#text",
      CASE WHEN NOT "subscription_id" IS NULL THEN "subscription_id#cell" END
    )
  FROM the_judged
  WHERE
    NOT "#code" IS NULL
) AS bad(text)
WHERE
  NOT text IS NULL
  AND NOT CASE
    WHEN STRLEN(text) IN (36, 38)
    AND REGEXP_FULL_MATCH(text, '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER(text)
    ELSE text
  END IN (
    SELECT
      "#key"
    FROM export0
  );

CREATE OR REPLACE TABLE priced AS
SELECT
  COALESCE("export0"."#key", "export1"."#key") AS "#key",
  "export0"."#source" AS "#source0",
  "export1"."#source" AS "#source1",
  COALESCE("export0"."product", "export1"."product") AS "product",
  COALESCE(
    CASE
      WHEN STRLEN("export0"."product") IN (36, 38)
      AND REGEXP_FULL_MATCH("export0"."product", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
      THEN LOWER("export0"."product")
      ELSE "export0"."product"
    END <> CASE
      WHEN STRLEN("export1"."product") IN (36, 38)
      AND REGEXP_FULL_MATCH("export1"."product", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
      THEN LOWER("export1"."product")
      ELSE "export1"."product"
    END,
    FALSE
  ) AS "product#differs",
  "export0"."market" AS "market",
  "export0"."term_start" AS "term_start",
  COALESCE("export0"."term_end", "export1"."term_end") AS "term_end",
  COALESCE("export0"."term_end" <> "export1"."term_end", FALSE) AS "term_end#differs"
FROM export0
FULL JOIN export1
  USING ("#key")
WHERE
  "export0"."#source" >= 0 OR "export1"."#source" >= 0;

CREATE OR REPLACE TABLE prices AS
SELECT
  "priced"."#key",
  "export2"."unit_price" AS "unit_price",
  "export2"."unit_price.currency" AS "unit_price.currency",
  "export2"."currency" AS "currency",
  "export2"."#source",
  FALSE AS "#preferred",
  "export2"."#latest" AS "#latest"
FROM priced
JOIN export2
  ON "priced"."product" = "export2"."product"
  AND "priced"."market" = "export2"."market"
  AND CAST("priced"."term_start" AS TEXT) >= COALESCE(LEFT("export2"."#latest", 10), '')
  AND CAST("priced"."term_start" AS TEXT) <= COALESCE(LEFT("export2"."#last", 10), '9');

CREATE OR REPLACE TABLE kept AS
SELECT
  *
  EXCLUDE ("#place")
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY "#key"
      ORDER BY "#preferred" DESC, "#latest" DESC, HASH("#key", "unit_price", "unit_price.currency", "currency", "#preferred", "#latest")
    ) AS "#place"
  FROM prices
) AS numbered
WHERE
  "#place" = 1;

CREATE OR REPLACE TABLE next_prices AS
SELECT
  "priced"."#key",
  "export2"."unit_price" AS "next_unit_price",
  "export2"."unit_price.currency" AS "next_unit_price.currency",
  "export2"."currency" AS "currency",
  "export2"."#source",
  FALSE AS "#preferred",
  "export2"."#latest" AS "#latest"
FROM priced
JOIN export2
  ON "priced"."product" = "export2"."product"
  AND "priced"."market" = "export2"."market"
  AND CAST(CASE WHEN YEAR("priced"."term_end") < 9999 THEN "priced"."term_end" + 1 END AS TEXT) >= COALESCE(LEFT("export2"."#latest", 10), '')
  AND CAST(CASE WHEN YEAR("priced"."term_end") < 9999 THEN "priced"."term_end" + 1 END AS TEXT) <= COALESCE(LEFT("export2"."#last", 10), '9')
  AND NOT EXISTS(
    SELECT
      1
    FROM prices
    WHERE
      "prices"."#key" = "priced"."#key"
      AND "prices"."unit_price.currency" <> "export2"."unit_price.currency"
  );

CREATE OR REPLACE TABLE kept AS
SELECT
  *
  EXCLUDE ("#place")
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY "#key"
      ORDER BY "#preferred" DESC, "#latest" DESC, HASH("#key", "next_unit_price", "next_unit_price.currency", "currency", "#preferred", "#latest")
    ) AS "#place"
  FROM next_prices
) AS numbered
WHERE
  "#place" = 1;

CREATE OR REPLACE TABLE prices AS
SELECT
  COALESCE("prices"."#key", "next_prices"."#key") AS "#key",
  COALESCE("prices"."#source", "next_prices"."#source") AS "#source",
  "prices"."unit_price" AS "unit_price",
  "prices"."unit_price.currency" AS "unit_price.currency",
  COALESCE("prices"."currency", "next_prices"."currency") AS "currency",
  "next_prices"."next_unit_price" AS "next_unit_price",
  "next_prices"."next_unit_price.currency" AS "next_unit_price.currency"
FROM prices
FULL JOIN next_prices
  USING ("#key");

CREATE OR REPLACE TABLE export2 AS
SELECT
  *
FROM prices;

CREATE OR REPLACE TABLE merged AS
SELECT
  COALESCE("export0"."#key", "export1"."#key") AS "#key",
  "export0"."#source" AS "#source0",
  "export1"."#source" AS "#source1",
  "export2"."#source" AS "#source2",
  COALESCE("export0"."subscription_id", "export1"."subscription_id") AS "subscription_id",
  COALESCE(
    CASE
      WHEN STRLEN("export0"."subscription_id") IN (36, 38)
      AND REGEXP_FULL_MATCH(
        "export0"."subscription_id",
        '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
      )
      THEN LOWER("export0"."subscription_id")
      ELSE "export0"."subscription_id"
    END <> CASE
      WHEN STRLEN("export1"."subscription_id") IN (36, 38)
      AND REGEXP_FULL_MATCH(
        "export1"."subscription_id",
        '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
      )
      THEN LOWER("export1"."subscription_id")
      ELSE "export1"."subscription_id"
    END,
    FALSE
  ) AS "subscription_id#differs",
  COALESCE("export0"."customer_id", "export1"."customer_id") AS "customer_id",
  COALESCE(
    CASE
      WHEN STRLEN("export0"."customer_id") IN (36, 38)
      AND REGEXP_FULL_MATCH(
        "export0"."customer_id",
        '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
      )
      THEN LOWER("export0"."customer_id")
      ELSE "export0"."customer_id"
    END <> CASE
      WHEN STRLEN("export1"."customer_id") IN (36, 38)
      AND REGEXP_FULL_MATCH(
        "export1"."customer_id",
        '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
      )
      THEN LOWER("export1"."customer_id")
      ELSE "export1"."customer_id"
    END,
    FALSE
  ) AS "customer_id#differs",
  COALESCE("export0"."product", "export1"."product") AS "product",
  COALESCE(
    CASE
      WHEN STRLEN("export0"."product") IN (36, 38)
      AND REGEXP_FULL_MATCH("export0"."product", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
      THEN LOWER("export0"."product")
      ELSE "export0"."product"
    END <> CASE
      WHEN STRLEN("export1"."product") IN (36, 38)
      AND REGEXP_FULL_MATCH("export1"."product", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
      THEN LOWER("export1"."product")
      ELSE "export1"."product"
    END,
    FALSE
  ) AS "product#differs",
  "export0"."market" AS "market",
  "export0"."term_start" AS "term_start",
  COALESCE("export0"."term_end", "export1"."term_end") AS "term_end",
  COALESCE("export0"."term_end" <> "export1"."term_end", FALSE) AS "term_end#differs",
  COALESCE("export0"."status", "export1"."status") AS "status",
  COALESCE("export0"."status" <> "export1"."status", FALSE) AS "status#differs",
  "export0"."debt" AS "debt",
  "export0"."debt.currency" AS "debt.currency",
  "export1"."trial" AS "trial",
  "export1"."commitment_months" AS "commitment_months",
  "export1"."seats" AS "seats",
  COALESCE("export1"."unit_price", "export2"."unit_price") AS "unit_price",
  CASE
    WHEN NOT "export1"."unit_price" IS NULL
    THEN "export1"."unit_price.currency"
    WHEN NOT "export2"."unit_price" IS NULL
    THEN "export2"."unit_price.currency"
  END AS "unit_price.currency",
  COALESCE("export1"."unit_price" <> "export2"."unit_price", FALSE)
  OR COALESCE("export1"."unit_price.currency" <> "export2"."unit_price.currency", FALSE) AS "unit_price#differs",
  "export1"."cancellable_until" AS "cancellable_until",
  "export2"."currency" AS "currency",
  "export2"."next_unit_price" AS "next_unit_price",
  "export2"."next_unit_price.currency" AS "next_unit_price.currency"
FROM export0
FULL JOIN export1
  USING ("#key")
LEFT JOIN export2
  ON COALESCE("export0"."#key", "export1"."#key") = "export2"."#key"
WHERE
  "export0"."#source" >= 0 OR "export1"."#source" >= 0;

CREATE OR REPLACE TABLE listed_customers AS
SELECT
  CAST(NULL AS TEXT) AS "#key"
WHERE
  FALSE;

CREATE OR REPLACE TABLE rejected_owners AS
SELECT
  CASE
    WHEN STRLEN("subscription_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("subscription_id")
    ELSE "subscription_id"
  END AS "subscription_id",
  CASE
    WHEN STRLEN("customer_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("customer_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("customer_id")
    ELSE "customer_id"
  END AS "customer_id"
FROM (
  SELECT
    COALESCE(
      "subscription_id#text",
      CASE WHEN NOT "subscription_id" IS NULL THEN "subscription_id#cell" END
    ),
    COALESCE(
      "customer_id#text",
      CASE WHEN NOT "customer_id" IS NULL THEN "customer_id#cell" END
    )
  FROM the_judged
  WHERE
    NOT "#code" IS NULL
) AS bad("subscription_id", "customer_id");

CREATE OR REPLACE VIEW customer_of AS
SELECT
  "#key" AS subscription_id,
  CASE
    WHEN STRLEN("customer_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("customer_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("customer_id")
    ELSE "customer_id"
  END AS customer_id
FROM merged;

CREATE OR REPLACE VIEW known AS
SELECT
  'subscription_id' AS named,
  "subscription_id" AS named_id
FROM customer_of
WHERE
  NOT "subscription_id" IS NULL
UNION ALL
SELECT
  'customer_id' AS named,
  "customer_id" AS named_id
FROM customer_of
WHERE
  NOT "customer_id" IS NULL
UNION ALL
SELECT
  'subscription_id' AS named,
  "subscription_id" AS named_id
FROM rejected_owners
WHERE
  NOT "subscription_id" IS NULL
UNION ALL
SELECT
  'customer_id' AS named,
  "customer_id" AS named_id
FROM rejected_owners
WHERE
  NOT "customer_id" IS NULL
UNION ALL
SELECT
  'customer_id' AS named,
  "#key" AS named_id
FROM listed_customers
WHERE
  NOT "#key" IS NULL;

CREATE OR REPLACE TABLE export3 AS
SELECT
  CAST(NULL AS TEXT) AS "invoice_id",
  CAST(NULL AS TEXT) AS "subscription_id",
  CAST(NULL AS TEXT) AS "customer_id",
  CAST(NULL AS DATE) AS "due_date",
  CAST(NULL AS DECIMAL(18, 4)) AS "balance",
  CAST(NULL AS TEXT) AS "balance.currency",
  CAST(NULL AS TEXT) AS "currency",
  CAST(NULL AS TEXT) AS "status",
  CAST(NULL AS TEXT) AS "#key",
  CAST(NULL AS INT) AS "#source",
  CAST(NULL AS BIGINT) AS "#number",
  CAST(NULL AS TEXT) AS "#rest"
WHERE
  FALSE;

INSERT INTO export3 (
  "invoice_id",
  "subscription_id",
  "customer_id",
  "due_date",
  "balance",
  "balance.currency",
  "currency",
  "status",
  "#number",
  "#rest",
  "#key",
  "#source"
)
SELECT
  "invoice_id",
  "subscription_id",
  "customer_id",
  "due_date",
  "balance",
  "balance.currency",
  "currency",
  "status",
  "#number",
  "#rest",
  CASE
    WHEN STRLEN(CAST("invoice_id" AS TEXT)) IN (36, 38)
    AND REGEXP_FULL_MATCH(
      CAST("invoice_id" AS TEXT),
      '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
    )
    THEN LOWER(CAST("invoice_id" AS TEXT))
    ELSE CAST("invoice_id" AS TEXT)
  END AS "#key",
  0 AS "#source"
FROM judged3_0
WHERE
  NOT "#is_bad";

CREATE OR REPLACE TABLE open_invoices AS
SELECT
  CASE
    WHEN STRLEN("subscription_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("subscription_id")
    ELSE "subscription_id"
  END AS "subscription_id",
  CASE
    WHEN STRLEN("customer_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("customer_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("customer_id")
    ELSE "customer_id"
  END AS "customer_id",
  COALESCE(invoice_id, '') AS id,
  due_date AS due_date,
  balance AS amount,
  COALESCE("balance.currency", currency) AS currency,
  CAST(CASE
    WHEN "#source" = 0
    THEN '…/ledger.csv'
  END AS TEXT) AS input,
  "#number" AS row,
  "#rest" AS rest
FROM export3
WHERE
  status = 'open' AND balance <> 0 AND YEAR(due_date) <> 9999;

CREATE OR REPLACE TABLE broken_invoices AS
SELECT
  CASE
    WHEN STRLEN("subscription_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("subscription_id")
    ELSE "subscription_id"
  END AS "subscription_id",
  CASE
    WHEN STRLEN("customer_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("customer_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("customer_id")
    ELSE "customer_id"
  END AS "customer_id"
FROM (
  SELECT
    COALESCE(
      "subscription_id#text",
      CASE WHEN NOT "subscription_id" IS NULL THEN "subscription_id#cell" END
    ),
    COALESCE(
      "customer_id#text",
      CASE WHEN NOT "customer_id" IS NULL THEN "customer_id#cell" END
    ),
    COALESCE("status#text", CASE WHEN NOT "status" IS NULL THEN "status#cell" END)
  FROM the_judged
  WHERE
    NOT "#code" IS NULL
) AS bad("subscription_id", "customer_id", "status")
WHERE
  NOT COALESCE(LOWER(status), '') IN ('paid', 'draft', 'void', 'written_off', 'disputed');

SELECT
  COUNT(*)
FROM (
  SELECT
    COALESCE(
      "subscription_id#text",
      CASE WHEN NOT "subscription_id" IS NULL THEN "subscription_id#cell" END
    ),
    COALESCE(
      "customer_id#text",
      CASE WHEN NOT "customer_id" IS NULL THEN "customer_id#cell" END
    ),
    COALESCE("invoice_id#text", CASE WHEN NOT "invoice_id" IS NULL THEN "invoice_id#cell" END),
    COALESCE("due_date#text", CASE WHEN NOT "due_date" IS NULL THEN "due_date#cell" END),
    COALESCE("balance#text", CASE WHEN NOT "balance" IS NULL THEN "balance#cell" END),
    COALESCE("status#text", CASE WHEN NOT "status" IS NULL THEN "status#cell" END),
    "#row",
    "#code"
  FROM the_judged
  WHERE
    NOT "#code" IS NULL
) AS bad("subscription_id", "customer_id", "invoice_id", "due_date", "balance", "status", "#row", "#code")
WHERE
  subscription_id IS NULL
  AND customer_id IS NULL
  AND NOT COALESCE(LOWER(status), '') IN ('paid', 'draft', 'void', 'written_off', 'disputed')
  AND NOT COALESCE(TRY_CAST(SPLIT_PART(balance, ' ', 1) AS DOUBLE) > 0, FALSE)
  AND NOT (
    "#code" IN ('missing-id', 'missing-cell')
    AND "subscription_id" IS NULL
    AND "customer_id" IS NULL
    AND "invoice_id" IS NULL
    AND "due_date" IS NULL
    AND "balance" IS NULL
    AND "status" IS NULL
  );

CREATE OR REPLACE TABLE invoices_of_subscription AS
SELECT
  owner,
  invoices,
  is_broken
FROM (
  SELECT
    "subscription_id" AS owner,
    ARRAY_AGG({'id': id, 'due_date': due_date, 'amount': amount, 'currency': currency}) AS invoices
  FROM open_invoices
  WHERE
    NOT subscription_id IS NULL
  GROUP BY
    "subscription_id"
) AS found
FULL JOIN (
  SELECT DISTINCT
    "subscription_id" AS owner,
    TRUE AS is_broken
  FROM broken_invoices
  WHERE
    NOT subscription_id IS NULL
) AS broken
  USING (owner);

CREATE OR REPLACE TABLE invoices_of_customer AS
SELECT
  owner,
  invoices,
  is_broken
FROM (
  SELECT
    "customer_id" AS owner,
    ARRAY_AGG({'id': id, 'due_date': due_date, 'amount': amount, 'currency': currency}) AS invoices
  FROM open_invoices
  WHERE
    subscription_id IS NULL AND NOT customer_id IS NULL
  GROUP BY
    "customer_id"
) AS found
FULL JOIN (
  SELECT DISTINCT
    "customer_id" AS owner,
    TRUE AS is_broken
  FROM broken_invoices
  WHERE
    subscription_id IS NULL AND NOT customer_id IS NULL
) AS broken
  USING (owner);

CREATE OR REPLACE TABLE export4 AS
SELECT
  CAST(NULL AS TEXT) AS "subscription_id",
  CAST(NULL AS TEXT) AS "customer_id",
  CAST(NULL AS DATE) AS "hold_until",
  CAST(NULL AS TEXT) AS "#key",
  CAST(NULL AS INT) AS "#source",
  CAST(NULL AS BIGINT) AS "#number",
  CAST(NULL AS TEXT) AS "#rest"
WHERE
  FALSE;

INSERT INTO export4 (
  "subscription_id",
  "customer_id",
  "hold_until",
  "#number",
  "#rest",
  "#key",
  "#source"
)
SELECT
  "subscription_id",
  "customer_id",
  "hold_until",
  "#number",
  "#rest",
  CASE
    WHEN STRLEN(CAST("hold_until" AS TEXT)) IN (36, 38)
    AND REGEXP_FULL_MATCH(
      CAST("hold_until" AS TEXT),
      '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
    )
    THEN LOWER(CAST("hold_until" AS TEXT))
    ELSE CAST("hold_until" AS TEXT)
  END AS "#key",
  0 AS "#source"
FROM judged4_0
WHERE
  NOT "#is_bad";

CREATE OR REPLACE TABLE every_hold AS
SELECT
  CAST(CASE
    WHEN "#source" = 0
    THEN '…/holds.csv'
  END AS TEXT) AS input,
  "#number" AS row,
  CASE
    WHEN STRLEN("subscription_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("subscription_id")
    ELSE "subscription_id"
  END AS "subscription_id",
  CASE
    WHEN STRLEN("customer_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("customer_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("customer_id")
    ELSE "customer_id"
  END AS "customer_id",
  CASE WHEN YEAR(hold_until) <> 9999 THEN hold_until END AS until,
  TRUE AS is_read
FROM export4
UNION ALL
SELECT
  '…/holds.csv' AS input,
  "#row" AS row,
  CASE
    WHEN STRLEN("subscription_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("subscription_id")
    ELSE "subscription_id"
  END AS "subscription_id",
  CASE
    WHEN STRLEN("customer_id") IN (36, 38)
    AND REGEXP_FULL_MATCH("customer_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER("customer_id")
    ELSE "customer_id"
  END AS "customer_id",
  CAST(NULL AS DATE) AS until,
  FALSE AS is_read
FROM (
  SELECT
    COALESCE(
      "subscription_id#text",
      CASE WHEN NOT "subscription_id" IS NULL THEN "subscription_id#cell" END
    ),
    COALESCE(
      "customer_id#text",
      CASE WHEN NOT "customer_id" IS NULL THEN "customer_id#cell" END
    ),
    COALESCE("hold_until#text", CASE WHEN NOT "hold_until" IS NULL THEN "hold_until#cell" END),
    CAST(NULL AS TEXT),
    CAST(NULL AS TEXT),
    "#row",
    "#code"
  FROM the_judged
  WHERE
    NOT "#code" IS NULL
) AS bad("subscription_id", "customer_id", "hold_until", "owner", "reason", "#row", "#code")
WHERE
  NOT (
    "#code" = 'missing-id'
    AND "subscription_id" IS NULL
    AND "customer_id" IS NULL
    AND "hold_until" IS NULL
    AND "owner" IS NULL
    AND "reason" IS NULL
  );

SELECT
  "#source",
  COUNT(*)
FROM export3
WHERE
  status = 'open'
  AND balance <> 0
  AND COALESCE("balance.currency", currency) IS NULL
GROUP BY
  "#source"
ORDER BY
  "#source";

SELECT
  COUNT(*)
FROM merged
WHERE
  "subscription_id#differs";

SELECT
  COUNT(*)
FROM merged
WHERE
  "customer_id#differs";

SELECT
  COUNT(*)
FROM merged
WHERE
  "product#differs";

SELECT
  "subscription_id"
FROM merged
WHERE
  "product#differs"
ORDER BY
  "subscription_id"
LIMIT 5;

SELECT
  COUNT(*)
FROM merged
WHERE
  "term_end#differs";

SELECT
  COUNT(*)
FROM merged
WHERE
  "status#differs";

SELECT
  COUNT(*)
FROM merged
WHERE
  "unit_price#differs";

SELECT
  "subscription_id"
FROM merged
WHERE
  "unit_price#differs"
ORDER BY
  "subscription_id"
LIMIT 5;

SELECT
  COUNT(*)
FROM merged
WHERE
  "#source1" IS NULL;

SELECT
  COUNT(*)
FROM merged
WHERE
  "#source0" IS NULL;

SELECT
  COUNT(*)
FROM merged
WHERE
  "#source2" IS NULL;

SELECT
  "merged"."subscription_id",
  "merged"."customer_id",
  "merged"."product",
  "merged"."market",
  "merged"."term_start",
  "merged"."term_end",
  "merged"."status",
  "merged"."debt",
  "merged"."debt.currency",
  "merged"."trial",
  "merged"."commitment_months",
  "merged"."seats",
  "merged"."unit_price",
  "merged"."unit_price.currency",
  "merged"."cancellable_until",
  "merged"."currency",
  "merged"."next_unit_price",
  "merged"."next_unit_price.currency",
  "merged"."#source0",
  "merged"."#source1",
  "merged"."#source2",
  invoices_of_subscription.invoices,
  invoices_of_subscription.is_broken,
  CASE
    WHEN NOT LENGTH(invoices_of_customer.invoices) > 50
    THEN invoices_of_customer.invoices
  END,
  invoices_of_customer.is_broken,
  CASE
    WHEN LENGTH(invoices_of_customer.invoices) > 50
    THEN invoices_of_customer.owner
  END,
  holds_of_subscription.until,
  holds_of_subscription.is_open,
  holds_of_customer.until,
  holds_of_customer.is_open
FROM merged
LEFT JOIN invoices_of_subscription
  ON "merged"."#key" = invoices_of_subscription.owner
LEFT JOIN invoices_of_customer
  ON CASE
    WHEN STRLEN("merged"."customer_id") IN (36, 38)
    AND REGEXP_FULL_MATCH(
      "merged"."customer_id",
      '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
    )
    THEN LOWER("merged"."customer_id")
    ELSE "merged"."customer_id"
  END = invoices_of_customer.owner
LEFT JOIN holds_of_subscription
  ON "merged"."#key" = holds_of_subscription.owner
LEFT JOIN holds_of_customer
  ON CASE
    WHEN STRLEN("merged"."customer_id") IN (36, 38)
    AND REGEXP_FULL_MATCH(
      "merged"."customer_id",
      '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
    )
    THEN LOWER("merged"."customer_id")
    ELSE "merged"."customer_id"
  END = holds_of_customer.owner;

SELECT
  "#row",
  COALESCE("subscription_id#text", ''),
  "#code",
  COALESCE("#at", ''),
  LEFT(
    COALESCE(
      "#found",
      CASE
        WHEN "#at" = 'subscription_id'
        THEN "subscription_id#text"
        WHEN "#at" = 'customer_id'
        THEN "customer_id#text"
        WHEN "#at" = 'product'
        THEN "product#text"
        WHEN "#at" = 'market'
        THEN "market#text"
        WHEN "#at" = 'term_start'
        THEN "term_start#text"
        WHEN "#at" = 'term_end'
        THEN "term_end#text"
        WHEN "#at" = 'status'
        THEN "status#text"
        WHEN "#at" = 'debt'
        THEN "debt#text"
      END,
      ''
    ),
    200
  )
FROM the_judged
WHERE
  NOT "#code" IS NULL;

SELECT
  "#row",
  COALESCE("subscription_id#text", ''),
  "#code",
  COALESCE("#at", ''),
  LEFT(
    COALESCE(
      "#found",
      CASE
        WHEN "#at" = 'invoice_id'
        THEN "invoice_id#text"
        WHEN "#at" = 'subscription_id'
        THEN "subscription_id#text"
        WHEN "#at" = 'customer_id'
        THEN "customer_id#text"
        WHEN "#at" = 'due_date'
        THEN "due_date#text"
        WHEN "#at" = 'balance'
        THEN "balance#text"
        WHEN "#at" = 'currency'
        THEN "currency#text"
        WHEN "#at" = 'status'
        THEN "status#text"
      END,
      ''
    ),
    200
  )
FROM the_judged
WHERE
  NOT "#code" IS NULL;

SELECT
  "#row",
  COALESCE("subscription_id#text", ''),
  "#code",
  COALESCE("#at", ''),
  LEFT(
    COALESCE(
      "#found",
      CASE
        WHEN "#at" = 'subscription_id'
        THEN "subscription_id#text"
        WHEN "#at" = 'customer_id'
        THEN "customer_id#text"
        WHEN "#at" = 'hold_until'
        THEN "hold_until#text"
      END,
      ''
    ),
    200
  )
FROM the_judged
WHERE
  NOT "#code" IS NULL;

SELECT
  market,
  COUNT(*)
FROM (
  SELECT
    market
  FROM merged
) AS rows
WHERE
  NOT market IS NULL
GROUP BY
  market;

SELECT
  market,
  COUNT(*)
FROM (
  SELECT
    UPPER(market) AS market
  FROM (
    SELECT
      COALESCE(
        "subscription_id#text",
        CASE WHEN NOT "subscription_id" IS NULL THEN "subscription_id#cell" END
      ),
      COALESCE("market#text", CASE WHEN NOT "market" IS NULL THEN "market#cell" END)
    FROM the_judged
    WHERE
      NOT "#code" IS NULL
  ) AS bad(subscription_id, market)
  WHERE
    REGEXP_FULL_MATCH(UPPER(market), '[A-Z]{2}')
    AND NOT COALESCE(
      CASE
        WHEN STRLEN("subscription_id") IN (36, 38)
        AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
        THEN LOWER("subscription_id")
        ELSE "subscription_id"
      END IN (
        SELECT
          "#key"
        FROM merged
      ),
      FALSE
    )
) AS rows
WHERE
  NOT market IS NULL
GROUP BY
  market;

SELECT
  COALESCE(CAST(until AS TEXT), '') AS last,
  COUNT(*)
FROM (
  SELECT DISTINCT
    subscription_id,
    customer_id,
    until
  FROM every_hold
) AS holds
GROUP BY
  1;

SELECT
  id
FROM asked
WHERE
  NOT CASE
    WHEN STRLEN(id) IN (36, 38)
    AND REGEXP_FULL_MATCH(id, '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER(id)
    ELSE id
  END IN (
    SELECT
      CASE
        WHEN STRLEN(CAST(subscription_id AS TEXT)) IN (36, 38)
        AND REGEXP_FULL_MATCH(
          CAST(subscription_id AS TEXT),
          '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
        )
        THEN LOWER(CAST(subscription_id AS TEXT))
        ELSE CAST(subscription_id AS TEXT)
      END
    FROM (
      SELECT
        "subscription_id",
        "customer_id",
        "product",
        "market",
        "term_start",
        "term_end",
        "status",
        "debt",
        "debt.currency"
      FROM the_judged
      WHERE
        "#code" IS NULL
    ) AS sound
    WHERE
      NOT subscription_id IS NULL
  )
  AND NOT CASE
    WHEN STRLEN(id) IN (36, 38)
    AND REGEXP_FULL_MATCH(id, '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
    THEN LOWER(id)
    ELSE id
  END IN (
    SELECT
      CASE
        WHEN STRLEN(CAST(subscription_id AS TEXT)) IN (36, 38)
        AND REGEXP_FULL_MATCH(
          CAST(subscription_id AS TEXT),
          '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
        )
        THEN LOWER(CAST(subscription_id AS TEXT))
        ELSE CAST(subscription_id AS TEXT)
      END
    FROM (
      SELECT
        COALESCE(
          "subscription_id#text",
          CASE WHEN NOT "subscription_id" IS NULL THEN "subscription_id#cell" END
        )
      FROM the_judged
      WHERE
        NOT "#code" IS NULL
    ) AS bad(subscription_id)
    WHERE
      NOT subscription_id IS NULL
  );
