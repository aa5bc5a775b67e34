SELECT
  name,
  num_children
FROM PARQUET_SCHEMA('…/0.plain');

SELECT
  SUM(num_rows)
FROM PARQUET_FILE_METADATA('…/0.plain');

SELECT
  COALESCE(SUM(total_uncompressed_size), 0),
  COALESCE(MAX(num_values) FILTER(WHERE
    num_values > row_group_num_rows), 0)
FROM PARQUET_METADATA('…/0.plain');

SELECT
  *
FROM READ_PARQUET('…/0.plain');

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
  "seats",
  "debt",
  "debt.currency",
  "status",
  "term_start"
FROM (
  SELECT
    *,
    CASE
      WHEN NOT "#flaw" IS NULL
      THEN "#flaw"
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'missing-id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'bad-code'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'bad-number'
      WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
      THEN 'bad-money'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'bad-choice'
      WHEN NOT "term_start#text" IS NULL AND "term_start" IS NULL
      THEN 'bad-date'
    END AS "#code",
    CASE
      WHEN NOT "#flaw" IS NULL
      THEN "#column"
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'seats'
      WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
      THEN 'debt'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'status'
      WHEN NOT "term_start#text" IS NULL AND "term_start" IS NULL
      THEN 'term_start'
    END AS "#at"
  FROM (
    SELECT
      *,
      "#0" AS "subscription_id#text",
      "#0" AS "subscription_id",
      "#1" AS "seats#text",
      CASE
        WHEN REGEXP_FULL_MATCH("#1", '-?\d{1,10}')
        AND TRY_CAST("#1" AS BIGINT) BETWEEN 0 AND 1000000000
        THEN TRY_CAST("#1" AS BIGINT)
      END AS "seats",
      "#2" AS "debt#text",
      CASE
        WHEN REGEXP_FULL_MATCH(
          "#2",
          '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
        )
        THEN TRY_CAST(SPLIT_PART("#2", ' ', 1) AS DECIMAL(18, 4))
      END AS "debt",
      CASE WHEN CONTAINS("#2", ' ') THEN RIGHT("#2", 3) END AS "debt.currency",
      "#3" AS "status#text",
      CASE
        WHEN LOWER(REPLACE("#3", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
        THEN LOWER(REPLACE("#3", 'İ', 'i̇'))
      END AS "status",
      "#4" AS "term_start#text",
      CASE
        WHEN REGEXP_FULL_MATCH("#4", '\d{4}-\d{2}-\d{2}')
        AND (
          "#4" BETWEEN '1900-01-01' AND '2999-12-31'
          OR "#4" BETWEEN '9999-01-01' AND '9999-12-31'
        )
        THEN TRY_CAST("#4" AS DATE)
      END AS "term_start"
    FROM (
      SELECT
        *,
        CASE
          WHEN "subscription_id#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("subscription_id#cell", -1) BETWEEN '!' AND '~'
          THEN "subscription_id#cell"
          ELSE NULLIF(TRIM("subscription_id#cell", '{spaces}'), '')
        END AS "#0",
        CASE
          WHEN "seats#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("seats#cell", -1) BETWEEN '!' AND '~'
          THEN "seats#cell"
          ELSE NULLIF(TRIM("seats#cell", '{spaces}'), '')
        END AS "#1",
        CASE
          WHEN "debt#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("debt#cell", -1) BETWEEN '!' AND '~'
          THEN "debt#cell"
          ELSE NULLIF(TRIM("debt#cell", '{spaces}'), '')
        END AS "#2",
        CASE
          WHEN "status#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("status#cell", -1) BETWEEN '!' AND '~'
          THEN "status#cell"
          ELSE NULLIF(TRIM("status#cell", '{spaces}'), '')
        END AS "#3",
        CASE
          WHEN "term_start#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("term_start#cell", -1) BETWEEN '!' AND '~'
          THEN "term_start#cell"
          ELSE NULLIF(TRIM("term_start#cell", '{spaces}'), '')
        END AS "#4"
      FROM (
        SELECT
          CASE
            WHEN "#long"
            THEN LEFT(CAST("subscription_id" AS TEXT), 200)
            ELSE CAST("subscription_id" AS TEXT)
          END AS "subscription_id#cell",
          CASE
            WHEN "#long"
            THEN LEFT(
              CASE
                WHEN CAST(TRY_CAST(CAST("seats" AS TEXT) AS DECIMAL(38, 10)) AS DOUBLE) = CAST("seats" AS DOUBLE)
                THEN REGEXP_REPLACE(
                  CAST(TRY_CAST(CAST("seats" AS TEXT) AS DECIMAL(38, 10)) AS TEXT),
                  '\.0*$|(\.\d*[1-9])0+$',
                  '\1'
                )
                ELSE CAST("seats" AS TEXT)
              END,
              200
            )
            ELSE CASE
              WHEN CAST(TRY_CAST(CAST("seats" AS TEXT) AS DECIMAL(38, 10)) AS DOUBLE) = CAST("seats" AS DOUBLE)
              THEN REGEXP_REPLACE(
                CAST(TRY_CAST(CAST("seats" AS TEXT) AS DECIMAL(38, 10)) AS TEXT),
                '\.0*$|(\.\d*[1-9])0+$',
                '\1'
              )
              ELSE CAST("seats" AS TEXT)
            END
          END AS "seats#cell",
          CASE
            WHEN "#long"
            THEN LEFT(REGEXP_REPLACE(CAST("debt" AS TEXT), '\.0*$|(\.\d*[1-9])0+$', '\1'), 200)
            ELSE REGEXP_REPLACE(CAST("debt" AS TEXT), '\.0*$|(\.\d*[1-9])0+$', '\1')
          END AS "debt#cell",
          CASE WHEN "#long" THEN LEFT(CAST(NULL AS TEXT), 200) ELSE CAST(NULL AS TEXT) END AS "status#cell",
          CASE
            WHEN "#long"
            THEN LEFT(STRFTIME(CAST("term_start" AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ'), 200)
            ELSE STRFTIME(CAST("term_start" AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ')
          END AS "term_start#cell",
          CASE WHEN "#long" THEN 'bad-row' WHEN NOT "status" IS NULL THEN 'bad-cell' END AS "#flaw",
          CASE WHEN "#long" THEN '' WHEN NOT "status" IS NULL THEN 'status' END AS "#column",
          CASE
            WHEN "#long"
            THEN LEFT(CONCAT_WS(',', LEFT(CAST("subscription_id" AS TEXT), 200), ''), 200)
            WHEN NOT "status" IS NULL
            THEN CAST("status" AS TEXT)
          END AS "#found",
          0 AS "#delimiters"
        FROM (
          SELECT
            *,
            (
              0 + COALESCE(STRLEN(CAST("subscription_id" AS TEXT)), 0)
            ) > 32768 AS "#long"
          FROM READ_PARQUET(
            '…/0.plain',
            hive_partitioning = FALSE,
            file_row_number = TRUE
          )
        ) AS scanned
      ) AS cells
    ) AS step0
  ) AS typed
) AS judged;

SELECT
  *
  EXCLUDE (file_row_number),
  "file_row_number" AS "#number"
FROM READ_PARQUET('…/judged0_0-0.parquet', file_row_number = TRUE);

SELECT
  "subscription_id",
  "seats",
  "debt",
  "debt.currency",
  "status",
  "term_start"
FROM judged0_0 AS kept
WHERE
  NOT "#is_bad";

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
        WHEN "#at" = 'seats'
        THEN "seats#text"
        WHEN "#at" = 'debt'
        THEN "debt#text"
        WHEN "#at" = 'status'
        THEN "status#text"
        WHEN "#at" = 'term_start'
        THEN "term_start#text"
      END,
      ''
    ),
    200
  )
FROM (
  SELECT
    *,
    CASE
      WHEN NOT "#flaw" IS NULL
      THEN "#flaw"
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'missing-id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'bad-code'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'bad-number'
      WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
      THEN 'bad-money'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'bad-choice'
      WHEN NOT "term_start#text" IS NULL AND "term_start" IS NULL
      THEN 'bad-date'
    END AS "#code",
    CASE
      WHEN NOT "#flaw" IS NULL
      THEN "#column"
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'seats'
      WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
      THEN 'debt'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'status'
      WHEN NOT "term_start#text" IS NULL AND "term_start" IS NULL
      THEN 'term_start'
    END AS "#at"
  FROM (
    SELECT
      *,
      "#0" AS "subscription_id#text",
      "#0" AS "subscription_id",
      "#1" AS "seats#text",
      CASE
        WHEN REGEXP_FULL_MATCH("#1", '-?\d{1,10}')
        AND TRY_CAST("#1" AS BIGINT) BETWEEN 0 AND 1000000000
        THEN TRY_CAST("#1" AS BIGINT)
      END AS "seats",
      "#2" AS "debt#text",
      CASE
        WHEN REGEXP_FULL_MATCH(
          "#2",
          '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
        )
        THEN TRY_CAST(SPLIT_PART("#2", ' ', 1) AS DECIMAL(18, 4))
      END AS "debt",
      CASE WHEN CONTAINS("#2", ' ') THEN RIGHT("#2", 3) END AS "debt.currency",
      "#3" AS "status#text",
      CASE
        WHEN LOWER(REPLACE("#3", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
        THEN LOWER(REPLACE("#3", 'İ', 'i̇'))
      END AS "status",
      "#4" AS "term_start#text",
      CASE
        WHEN REGEXP_FULL_MATCH("#4", '\d{4}-\d{2}-\d{2}')
        AND (
          "#4" BETWEEN '1900-01-01' AND '2999-12-31'
          OR "#4" BETWEEN '9999-01-01' AND '9999-12-31'
        )
        THEN TRY_CAST("#4" AS DATE)
      END AS "term_start"
    FROM (
      SELECT
        *,
        CASE
          WHEN "subscription_id#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("subscription_id#cell", -1) BETWEEN '!' AND '~'
          THEN "subscription_id#cell"
          ELSE NULLIF(TRIM("subscription_id#cell", '{spaces}'), '')
        END AS "#0",
        CASE
          WHEN "seats#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("seats#cell", -1) BETWEEN '!' AND '~'
          THEN "seats#cell"
          ELSE NULLIF(TRIM("seats#cell", '{spaces}'), '')
        END AS "#1",
        CASE
          WHEN "debt#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("debt#cell", -1) BETWEEN '!' AND '~'
          THEN "debt#cell"
          ELSE NULLIF(TRIM("debt#cell", '{spaces}'), '')
        END AS "#2",
        CASE
          WHEN "status#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("status#cell", -1) BETWEEN '!' AND '~'
          THEN "status#cell"
          ELSE NULLIF(TRIM("status#cell", '{spaces}'), '')
        END AS "#3",
        CASE
          WHEN "term_start#cell" BETWEEN '!' AND '~'
          AND SUBSTRING("term_start#cell", -1) BETWEEN '!' AND '~'
          THEN "term_start#cell"
          ELSE NULLIF(TRIM("term_start#cell", '{spaces}'), '')
        END AS "#4"
      FROM (
        SELECT
          CASE
            WHEN "#long"
            THEN LEFT(CAST("subscription_id" AS TEXT), 200)
            ELSE CAST("subscription_id" AS TEXT)
          END AS "subscription_id#cell",
          CASE
            WHEN "#long"
            THEN LEFT(
              CASE
                WHEN CAST(TRY_CAST(CAST("seats" AS TEXT) AS DECIMAL(38, 10)) AS DOUBLE) = CAST("seats" AS DOUBLE)
                THEN REGEXP_REPLACE(
                  CAST(TRY_CAST(CAST("seats" AS TEXT) AS DECIMAL(38, 10)) AS TEXT),
                  '\.0*$|(\.\d*[1-9])0+$',
                  '\1'
                )
                ELSE CAST("seats" AS TEXT)
              END,
              200
            )
            ELSE CASE
              WHEN CAST(TRY_CAST(CAST("seats" AS TEXT) AS DECIMAL(38, 10)) AS DOUBLE) = CAST("seats" AS DOUBLE)
              THEN REGEXP_REPLACE(
                CAST(TRY_CAST(CAST("seats" AS TEXT) AS DECIMAL(38, 10)) AS TEXT),
                '\.0*$|(\.\d*[1-9])0+$',
                '\1'
              )
              ELSE CAST("seats" AS TEXT)
            END
          END AS "seats#cell",
          CASE
            WHEN "#long"
            THEN LEFT(REGEXP_REPLACE(CAST("debt" AS TEXT), '\.0*$|(\.\d*[1-9])0+$', '\1'), 200)
            ELSE REGEXP_REPLACE(CAST("debt" AS TEXT), '\.0*$|(\.\d*[1-9])0+$', '\1')
          END AS "debt#cell",
          CASE WHEN "#long" THEN LEFT(CAST(NULL AS TEXT), 200) ELSE CAST(NULL AS TEXT) END AS "status#cell",
          CASE
            WHEN "#long"
            THEN LEFT(STRFTIME(CAST("term_start" AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ'), 200)
            ELSE STRFTIME(CAST("term_start" AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ')
          END AS "term_start#cell",
          CASE WHEN "#long" THEN 'bad-row' WHEN NOT "status" IS NULL THEN 'bad-cell' END AS "#flaw",
          CASE WHEN "#long" THEN '' WHEN NOT "status" IS NULL THEN 'status' END AS "#column",
          CASE
            WHEN "#long"
            THEN LEFT(CONCAT_WS(',', LEFT(CAST("subscription_id" AS TEXT), 200), ''), 200)
            WHEN NOT "status" IS NULL
            THEN CAST("status" AS TEXT)
          END AS "#found",
          0 AS "#delimiters",
          file_row_number + 1 AS "#row"
        FROM the_scanned
      ) AS cells
    ) AS step0
  ) AS typed
) AS judged
WHERE
  NOT "#code" IS NULL;

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
        "seats",
        "debt",
        "debt.currency",
        "status",
        "term_start"
      FROM judged0_0 AS kept
      WHERE
        NOT "#is_bad"
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
