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
  "seats_removable"
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
      WHEN NOT "seats_removable#text" IS NULL AND "seats_removable" IS NULL
      THEN 'bad-number'
    END AS "#code",
    CASE
      WHEN NOT "#flaw" IS NULL
      THEN "#column"
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "seats_removable#text" IS NULL AND "seats_removable" IS NULL
      THEN 'seats_removable'
    END AS "#at"
  FROM (
    SELECT
      *,
      "subscription_id#cell" AS "subscription_id#text",
      "subscription_id#cell" AS "subscription_id",
      "#2" AS "seats_removable#text",
      COALESCE(
        "#1",
        CASE
          WHEN REGEXP_FULL_MATCH("#2", '-?\d{1,10}')
          AND TRY_CAST("#2" AS BIGINT) BETWEEN 0 AND 1000000000
          THEN TRY_CAST("#2" AS BIGINT)
        END
      ) AS "seats_removable"
    FROM (
      SELECT
        *,
        CASE
          WHEN NOT "seats_removable#cell" IS NULL AND "#1" IS NULL
          THEN "seats_removable#cell"
        END AS "#2"
      FROM (
        SELECT
          *,
          CASE
            WHEN CASE WHEN CAST("#0" AS TEXT) = "seats_removable#cell" THEN "#0" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
            THEN CASE WHEN CAST("#0" AS TEXT) = "seats_removable#cell" THEN "#0" END
          END AS "#1"
        FROM (
          SELECT
            *,
            TRY_CAST("seats_removable#cell" AS BIGINT) AS "#0"
          FROM (
            SELECT
              NULLIF("#0", '') AS "subscription_id#cell",
              NULLIF("#5", '') AS "seats_removable#cell",
              NULLIF("#flaw", '') AS "#flaw",
              NULLIF("#column", '') AS "#column",
              NULLIF("#found", '') AS "#found",
              0 AS "#delimiters"
            FROM (
              SELECT
                *,
                CASE
                  WHEN REGEXP_FULL_MATCH("#4", '[+-]?\d+(\.0+)?')
                  THEN SPLIT_PART("#4", '.', 1)
                  ELSE "#2"
                END AS "#5"
              FROM (
                SELECT
                  *,
                  CASE
                    WHEN NOT COALESCE("#3", FALSE)
                    THEN CASE
                      WHEN REGEXP_FULL_MATCH(
                        CASE
                          WHEN REGEXP_FULL_MATCH("#2", '\d[^-]*-')
                          THEN CONCAT('-', RTRIM("#2", '-'))
                          ELSE "#2"
                        END,
                        '[+-]?\d{1,3}(,\d{3})+(\.\d+)?'
                      )
                      THEN REPLACE(
                        CASE
                          WHEN REGEXP_FULL_MATCH("#2", '\d[^-]*-')
                          THEN CONCAT('-', RTRIM("#2", '-'))
                          ELSE "#2"
                        END,
                        ',',
                        ''
                      )
                      WHEN REGEXP_FULL_MATCH(
                        CASE
                          WHEN REGEXP_FULL_MATCH("#2", '\d[^-]*-')
                          THEN CONCAT('-', RTRIM("#2", '-'))
                          ELSE "#2"
                        END,
                        '[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}'
                      )
                      THEN CASE
                        WHEN REGEXP_FULL_MATCH(
                          CASE
                            WHEN REGEXP_FULL_MATCH("#2", '\d[^-]*-')
                            THEN CONCAT('-', RTRIM("#2", '-'))
                            ELSE "#2"
                          END,
                          '[+-]?(\d([.,]\d+)?[eE]-(1[2-9]|[2-9]\d)|\d{1,14}([.,]\d+)?[eE]-(2[6-9]|[3-9]\d))'
                        )
                        THEN '0'
                        ELSE COALESCE(
                          CAST(TRY_CAST(CASE
                            WHEN REGEXP_FULL_MATCH("#2", '\d[^-]*-')
                            THEN CONCAT('-', RTRIM("#2", '-'))
                            ELSE "#2"
                          END AS DECIMAL(27, 10)) AS TEXT),
                          "#2"
                        )
                      END
                      ELSE CASE
                        WHEN REGEXP_FULL_MATCH("#2", '\d[^-]*-')
                        THEN CONCAT('-', RTRIM("#2", '-'))
                        ELSE "#2"
                      END
                    END
                  END AS "#4"
                FROM (
                  SELECT
                    *,
                    REGEXP_FULL_MATCH("#2", '\d{1,10}') AS "#3"
                  FROM (
                    SELECT
                      *,
                      CASE
                        WHEN NOT "#1" IS NULL
                        THEN (
                          SELECT
                            CASE WHEN COUNT("#5") = COUNT(*) THEN CAST(COALESCE(SUM("#5"), 0) AS TEXT) END
                          FROM (
                            SELECT
                              *,
                              CASE
                                WHEN "#4" >= CAST('2026-11-23 12:00:00' AS TIMESTAMP)
                                THEN "#0"
                                WHEN NOT "#4" IS NULL
                                THEN 0
                              END AS "#5"
                            FROM (
                              SELECT
                                *,
                                CASE
                                  WHEN RIGHT("#3", 1) = 'Z'
                                  THEN TRY_CAST(REGEXP_REPLACE("#3", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
                                  ELSE TRY_CAST(REGEXP_REPLACE("#3", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
                                    TRY_CAST(LEFT(REGEXP_EXTRACT("#3", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                                      LEFT(REGEXP_EXTRACT("#3", '[+-]\d\d:?\d\d$'), 1),
                                      RIGHT(REGEXP_EXTRACT("#3", '[+-]\d\d:?\d\d$'), 2)
                                    ) AS BIGINT)
                                  )
                                END AS "#4"
                              FROM (
                                SELECT
                                  *,
                                  CASE
                                    WHEN REGEXP_FULL_MATCH(
                                      "#2",
                                      '9999-\d\d-\d\d([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?'
                                    )
                                    AND NOT TRY_CAST(LEFT("#2", 10) AS DATE) IS NULL
                                    THEN '2999-12-31T23:59:59Z'
                                    WHEN REGEXP_FULL_MATCH("#2", '\d{4}-\d{2}-\d{2}')
                                    THEN CONCAT("#2", 'T00:00Z')
                                    WHEN REGEXP_FULL_MATCH("#2", '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?')
                                    THEN CONCAT("#2", 'Z')
                                    WHEN REGEXP_FULL_MATCH(
                                      "#2",
                                      '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?'
                                    )
                                    THEN "#2"
                                    ELSE "#1"
                                  END AS "#3"
                                FROM (
                                  SELECT
                                    *,
                                    CASE
                                      WHEN CONTAINS("#1", ': ') OR CONTAINS("#1", ' :')
                                      THEN REGEXP_REPLACE("#1", ' *: *', ':', 'g')
                                      ELSE "#1"
                                    END AS "#2"
                                  FROM (
                                    SELECT
                                      *,
                                      TRY_CAST(JSON_EXTRACT_STRING("item", '$."quantity"') AS BIGINT) AS "#0",
                                      JSON_EXTRACT_STRING("item", '$."allowedUntil"') AS "#1"
                                    FROM (
                                      SELECT
                                        UNNEST(JSON_EXTRACT("#1", '$[*]')) AS "item"
                                    ) AS items
                                  ) AS step0
                                ) AS step1
                              ) AS step2
                            ) AS step3
                          ) AS step4
                        )
                      END AS "#2"
                    FROM (
                      SELECT
                        *,
                        NULLIF(
                          CASE
                            WHEN REGEXP_FULL_MATCH("id", '(?s)[!-&(-<>-~](.*[!-~])?')
                            THEN "id"
                            ELSE REGEXP_REPLACE(
                              TRIM("id", '{spaces}'),
                              '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                              '\1\2'
                            )
                          END,
                          ''
                        ) AS "#0",
                        NULLIF(
                          CASE
                            WHEN REGEXP_FULL_MATCH("refunds.details", '(?s)[!-&(-<>-~](.*[!-~])?')
                            THEN "refunds.details"
                            ELSE REGEXP_REPLACE(
                              TRIM("refunds.details", '{spaces}'),
                              '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                              '\1\2'
                            )
                          END,
                          ''
                        ) AS "#1"
                      FROM READ_CSV(
                        '…/0.rewritten',
                        auto_detect = FALSE,
                        header = TRUE,
                        delim = ',',
                        quote = '"',
                        escape = '"',
                        strict_mode = TRUE,
                        "columns" = {'#row': 'VARCHAR', '#flaw': 'VARCHAR', '#column': 'VARCHAR', '#found': 'VARCHAR', 'id': 'VARCHAR', 'refunds.details': 'VARCHAR'}
                      )
                    ) AS step0
                  ) AS step1
                ) AS step2
              ) AS step3
            ) AS step4
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
  "subscription_id",
  "seats_removable"
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
        "subscription_id",
        "seats_removable"
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
        "subscription_id#cell"
      FROM the_judged
      WHERE
        NOT "#code" IS NULL
    ) AS bad(subscription_id)
    WHERE
      NOT subscription_id IS NULL
  );
