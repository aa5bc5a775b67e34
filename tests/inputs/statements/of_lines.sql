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
      WHEN "subscription_id#text" IS NULL
      THEN 'missing-id'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'bad-number'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'bad-code'
    END AS "#code",
    CASE
      WHEN "subscription_id#text" IS NULL
      THEN 'subscription_id'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'seats'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
    END AS "#at"
  FROM (
    SELECT
      *,
      CASE
        WHEN REGEXP_FULL_MATCH("seats#text", '-?\d{1,10}')
        AND TRY_CAST("seats#text" AS BIGINT) BETWEEN 0 AND 1000000000
        THEN TRY_CAST("seats#text" AS BIGINT)
      END AS "seats",
      "subscription_id#text" AS "subscription_id"
    FROM (
      SELECT
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH(
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
              END,
              '(?s)[!-~](.*[!-~])?'
            )
            THEN CASE
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
            END
            ELSE TRIM(
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
              END,
              '{spaces}'
            )
          END,
          ''
        ) AS "seats#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH(LIST_EXTRACT(cells, 2), '(?s)[!-~](.*[!-~])?')
            THEN LIST_EXTRACT(cells, 2)
            ELSE TRIM(LIST_EXTRACT(cells, 2), '{spaces}')
          END,
          ''
        ) AS "subscription_id#text",
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
        "subscription_id#text"
      FROM (
        SELECT
          *,
          CASE
            WHEN "subscription_id#text" IS NULL
            THEN 'missing-id'
            WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
            THEN 'bad-number'
            WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'bad-code'
          END AS "#code",
          CASE
            WHEN "subscription_id#text" IS NULL
            THEN 'subscription_id'
            WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
            THEN 'seats'
            WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'subscription_id'
          END AS "#at"
        FROM (
          SELECT
            *,
            CASE
              WHEN REGEXP_FULL_MATCH("seats#text", '-?\d{1,10}')
              AND TRY_CAST("seats#text" AS BIGINT) BETWEEN 0 AND 1000000000
              THEN TRY_CAST("seats#text" AS BIGINT)
            END AS "seats",
            "subscription_id#text" AS "subscription_id"
          FROM (
            SELECT
              NULLIF(
                CASE
                  WHEN REGEXP_FULL_MATCH(
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
                    END,
                    '(?s)[!-~](.*[!-~])?'
                  )
                  THEN CASE
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
                  END
                  ELSE TRIM(
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
                    END,
                    '{spaces}'
                  )
                END,
                ''
              ) AS "seats#text",
              NULLIF(
                CASE
                  WHEN REGEXP_FULL_MATCH(LIST_EXTRACT(cells, 2), '(?s)[!-~](.*[!-~])?')
                  THEN LIST_EXTRACT(cells, 2)
                  ELSE TRIM(LIST_EXTRACT(cells, 2), '{spaces}')
                END,
                ''
              ) AS "subscription_id#text",
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
        ) AS typed
      ) AS judged
      WHERE
        NOT "#code" IS NULL
    ) AS bad(subscription_id)
    WHERE
      NOT subscription_id IS NULL
  );
