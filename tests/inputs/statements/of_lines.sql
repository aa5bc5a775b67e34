SELECT DISTINCT
  JSON_TYPE(line) AS value0,
  JSON_KEYS(line, ['$']) AS value1,
  JSON_TYPE(line, []) AS value2,
  [] AS value3,
  STRLEN(line) > 1000000
  OR CONTAINS(line, '\u0000')
  OR CASE
    WHEN REGEXP_MATCHES(line, ',\s*[}\]]|(?i:inf|infinity|nan)\s*[,}\]]')
    THEN REGEXP_MATCHES(
      REGEXP_REPLACE(line, '"(?:[^"\\]|\\.)*"', '""', 'g'),
      ',\s*[}\]]|(?i:inf|infinity|nan)\s*[,}\]]'
    )
    ELSE FALSE
  END
  OR CASE
    WHEN STRLEN(line) > 1000
    THEN STRLEN(line) - STRLEN(REGEXP_REPLACE(line, '[\[{]', '', 'g')) > 500
    ELSE FALSE
  END AS value4
FROM (
  SELECT
    line
  FROM READ_CSV(
    '…/0.plain',
    auto_detect = FALSE,
    header = FALSE,
    delim = '',
    quote = '',
    escape = '',
    strict_mode = TRUE,
    "columns" = {'line': 'VARCHAR'}
  )
  WHERE
    NOT line IN ('', '')
  LIMIT 1000
) AS text
LIMIT 5000;

SELECT DISTINCT
  JSON_TYPE(line) AS value0,
  JSON_KEYS(line, ['$']) AS value1,
  JSON_TYPE(line, ['$."seats"', '$."subscription_id"']) AS value2,
  [] AS value3,
  STRLEN(line) > 1000000
  OR CONTAINS(line, '\u0000')
  OR CASE
    WHEN REGEXP_MATCHES(line, ',\s*[}\]]|(?i:inf|infinity|nan)\s*[,}\]]')
    THEN REGEXP_MATCHES(
      REGEXP_REPLACE(line, '"(?:[^"\\]|\\.)*"', '""', 'g'),
      ',\s*[}\]]|(?i:inf|infinity|nan)\s*[,}\]]'
    )
    ELSE FALSE
  END
  OR CASE
    WHEN STRLEN(line) > 1000
    THEN STRLEN(line) - STRLEN(REGEXP_REPLACE(line, '[\[{]', '', 'g')) > 500
    ELSE FALSE
  END AS value4
FROM (
  SELECT
    line
  FROM READ_CSV(
    '…/0.plain',
    auto_detect = FALSE,
    header = FALSE,
    delim = '',
    quote = '',
    escape = '',
    strict_mode = TRUE,
    "columns" = {'line': 'VARCHAR'}
  )
  WHERE
    NOT line IN ('', '')
) AS text
LIMIT 5000;

SELECT
  BOOL_OR(
    CAST(CASE
      WHEN REGEXP_MATCHES(line, '[:\[,\s]-?([0-9][0-9.]{15,}|[0-9.]*[1-9][0-9.]*[eE])')
      THEN REGEXP_MATCHES(
        REGEXP_REPLACE(line, '"(?:[^"\\]|\\.)*"', '""', 'g'),
        '[:\[,\s]-?([0-9][0-9.]{15,}|[0-9.]*[1-9][0-9.]*[eE])'
      )
      ELSE FALSE
    END AS BOOLEAN)
  )
FROM the_text;

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
  "seats",
  "subscription_id"
FROM (
  SELECT
    *,
    CASE
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'missing-id'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'bad-number'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'bad-code'
    END AS "#code",
    CASE
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'seats'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
    END AS "#at"
  FROM (
    SELECT
      *,
      "#2" AS "seats#text",
      COALESCE(
        "#1",
        CASE
          WHEN REGEXP_FULL_MATCH("#2", '-?\d{1,10}')
          AND TRY_CAST("#2" AS BIGINT) BETWEEN 0 AND 1000000000
          THEN TRY_CAST("#2" AS BIGINT)
        END
      ) AS "seats",
      "#3" AS "subscription_id#text",
      "#3" AS "subscription_id"
    FROM (
      SELECT
        *,
        CASE
          WHEN NOT "seats#cell" IS NULL AND "#1" IS NULL
          THEN CASE
            WHEN "seats#cell" BETWEEN '!' AND '~'
            AND SUBSTRING("seats#cell", -1) BETWEEN '!' AND '~'
            THEN "seats#cell"
            ELSE NULLIF(TRIM("seats#cell", '{spaces}'), '')
          END
        END AS "#2"
      FROM (
        SELECT
          *,
          CASE
            WHEN CASE WHEN CAST("#0" AS TEXT) = "seats#cell" THEN "#0" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
            THEN CASE WHEN CAST("#0" AS TEXT) = "seats#cell" THEN "#0" END
          END AS "#1"
        FROM (
          SELECT
            *,
            TRY_CAST("seats#cell" AS BIGINT) AS "#0",
            CASE
              WHEN "subscription_id#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("subscription_id#cell", -1) BETWEEN '!' AND '~'
              THEN "subscription_id#cell"
              ELSE NULLIF(TRIM("subscription_id#cell", '{spaces}'), '')
            END AS "#3"
          FROM (
            SELECT
              CASE
                WHEN LIST_EXTRACT(cells, 1) = '-0.0'
                THEN '0'
                WHEN ENDS_WITH(LIST_EXTRACT(cells, 1), '.0')
                THEN LEFT(LIST_EXTRACT(cells, 1), -2)
                WHEN CONTAINS(LIST_EXTRACT(cells, 1), 'e')
                THEN COALESCE(
                  REGEXP_REPLACE(
                    CAST(TRY_CAST(LIST_EXTRACT(cells, 1) AS DECIMAL(38, 18)) AS TEXT),
                    '\.0*$|(\.\d*[1-9])0+$',
                    '\1'
                  ),
                  LIST_EXTRACT(cells, 1)
                )
                ELSE LIST_EXTRACT(cells, 1)
              END AS "seats#cell",
              LIST_EXTRACT(cells, 2) AS "subscription_id#cell",
              CAST(NULL AS TEXT) AS "#flaw",
              CAST(NULL AS TEXT) AS "#column",
              CAST(NULL AS TEXT) AS "#found",
              0 AS "#delimiters"
            FROM (
              SELECT
                JSON_EXTRACT_STRING(line, ['$."seats"', '$."subscription_id"']) AS cells,
                MD5(line) AS "#rest"
              FROM the_text
            ) AS lines
          ) AS cells
        ) AS step0
      ) AS step1
    ) AS step2
  ) AS typed
) AS judged;

SELECT
  *
  EXCLUDE (file_row_number),
  "file_row_number" AS "#number"
FROM READ_PARQUET('…/judged0_0-0.parquet', file_row_number = TRUE);

SELECT
  "seats",
  "subscription_id"
FROM judged0_0 AS kept
WHERE
  NOT "#is_bad";

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
        "seats",
        "subscription_id"
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
      FROM (
        SELECT
          *,
          CASE
            WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'missing-id'
            WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
            THEN 'bad-number'
            WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'bad-code'
          END AS "#code",
          CASE
            WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'subscription_id'
            WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
            THEN 'seats'
            WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'subscription_id'
          END AS "#at"
        FROM (
          SELECT
            *,
            "#2" AS "seats#text",
            COALESCE(
              "#1",
              CASE
                WHEN REGEXP_FULL_MATCH("#2", '-?\d{1,10}')
                AND TRY_CAST("#2" AS BIGINT) BETWEEN 0 AND 1000000000
                THEN TRY_CAST("#2" AS BIGINT)
              END
            ) AS "seats",
            "#3" AS "subscription_id#text",
            "#3" AS "subscription_id"
          FROM (
            SELECT
              *,
              CASE
                WHEN NOT "seats#cell" IS NULL AND "#1" IS NULL
                THEN CASE
                  WHEN "seats#cell" BETWEEN '!' AND '~'
                  AND SUBSTRING("seats#cell", -1) BETWEEN '!' AND '~'
                  THEN "seats#cell"
                  ELSE NULLIF(TRIM("seats#cell", '{spaces}'), '')
                END
              END AS "#2"
            FROM (
              SELECT
                *,
                CASE
                  WHEN CASE WHEN CAST("#0" AS TEXT) = "seats#cell" THEN "#0" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
                  THEN CASE WHEN CAST("#0" AS TEXT) = "seats#cell" THEN "#0" END
                END AS "#1"
              FROM (
                SELECT
                  *,
                  TRY_CAST("seats#cell" AS BIGINT) AS "#0",
                  CASE
                    WHEN "subscription_id#cell" BETWEEN '!' AND '~'
                    AND SUBSTRING("subscription_id#cell", -1) BETWEEN '!' AND '~'
                    THEN "subscription_id#cell"
                    ELSE NULLIF(TRIM("subscription_id#cell", '{spaces}'), '')
                  END AS "#3"
                FROM (
                  SELECT
                    CASE
                      WHEN LIST_EXTRACT(cells, 1) = '-0.0'
                      THEN '0'
                      WHEN ENDS_WITH(LIST_EXTRACT(cells, 1), '.0')
                      THEN LEFT(LIST_EXTRACT(cells, 1), -2)
                      WHEN CONTAINS(LIST_EXTRACT(cells, 1), 'e')
                      THEN COALESCE(
                        REGEXP_REPLACE(
                          CAST(TRY_CAST(LIST_EXTRACT(cells, 1) AS DECIMAL(38, 18)) AS TEXT),
                          '\.0*$|(\.\d*[1-9])0+$',
                          '\1'
                        ),
                        LIST_EXTRACT(cells, 1)
                      )
                      ELSE LIST_EXTRACT(cells, 1)
                    END AS "seats#cell",
                    LIST_EXTRACT(cells, 2) AS "subscription_id#cell",
                    CAST(NULL AS TEXT) AS "#flaw",
                    CAST(NULL AS TEXT) AS "#column",
                    CAST(NULL AS TEXT) AS "#found",
                    0 AS "#delimiters"
                  FROM (
                    SELECT
                      JSON_EXTRACT_STRING(line, ['$."seats"', '$."subscription_id"']) AS cells,
                      MD5(line) AS "#rest"
                    FROM the_text
                  ) AS lines
                ) AS cells
              ) AS step0
            ) AS step1
          ) AS step2
        ) AS typed
      ) AS judged
      WHERE
        NOT "#code" IS NULL
    ) AS bad(subscription_id)
    WHERE
      NOT subscription_id IS NULL
  );
