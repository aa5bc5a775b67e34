CREATE OR REPLACE TABLE judged0_0 AS
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
FROM (
  SELECT
    *,
    CASE
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'missing-id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'bad-code'
      WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
      THEN 'bad-code'
      WHEN NOT "product#text" IS NULL AND "product" IS NULL
      THEN 'bad-code'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'bad-choice'
      WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
      THEN 'bad-flag'
      WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
      THEN 'bad-number'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'bad-number'
      WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
      THEN 'bad-money'
      WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
      THEN 'bad-date'
      WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
      THEN 'bad-instant'
    END AS "#code",
    CASE
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
      THEN 'customer_id'
      WHEN NOT "product#text" IS NULL AND "product" IS NULL
      THEN 'product'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'status'
      WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
      THEN 'trial'
      WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
      THEN 'commitment_months'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'seats'
      WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
      THEN 'unit_price'
      WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
      THEN 'term_end'
      WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
      THEN 'cancellable_until'
    END AS "#at"
  FROM (
    SELECT
      *,
      "subscription_id#cell" AS "subscription_id#text",
      "subscription_id#cell" AS "subscription_id",
      "customer_id#cell" AS "customer_id#text",
      "customer_id#cell" AS "customer_id",
      "product#cell" AS "product#text",
      "product#cell" AS "product",
      "status#cell" AS "status#text",
      CASE
        WHEN NOT "status#unread"
        THEN CASE
          WHEN LOWER(REPLACE("status#cell", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
          THEN LOWER(REPLACE("status#cell", 'İ', 'i̇'))
        END
      END AS "status",
      "#1" AS "trial#text",
      COALESCE(
        "#0",
        CASE
          WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('yes', 'true', '1')
          THEN TRUE
          WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('no', 'false', '0')
          THEN FALSE
        END
      ) AS "trial",
      "#4" AS "commitment_months#text",
      COALESCE(
        "#3",
        CASE
          WHEN REGEXP_FULL_MATCH("#4", '-?\d{1,10}')
          AND TRY_CAST("#4" AS BIGINT) BETWEEN 0 AND 1200
          THEN TRY_CAST("#4" AS BIGINT)
        END
      ) AS "commitment_months",
      "#7" AS "seats#text",
      COALESCE(
        "#6",
        CASE
          WHEN REGEXP_FULL_MATCH("#7", '-?\d{1,10}')
          AND TRY_CAST("#7" AS BIGINT) BETWEEN 0 AND 1000000000
          THEN TRY_CAST("#7" AS BIGINT)
        END
      ) AS "seats",
      "#11" AS "unit_price#text",
      COALESCE(
        "#10",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "#11",
            '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
          )
          THEN TRY_CAST(SPLIT_PART("#11", ' ', 1) AS DECIMAL(18, 4))
        END
      ) AS "unit_price",
      CASE WHEN CONTAINS("#11", ' ') THEN RIGHT("#11", 3) END AS "unit_price.currency",
      "#14" AS "term_end#text",
      COALESCE(
        "#13",
        CASE
          WHEN REGEXP_FULL_MATCH("#14", '\d{4}-\d{2}-\d{2}')
          AND (
            "#14" BETWEEN '1900-01-01' AND '2999-12-31'
            OR "#14" BETWEEN '9999-01-01' AND '9999-12-31'
          )
          THEN TRY_CAST("#14" AS DATE)
        END
      ) AS "term_end",
      "cancellable_until#cell" AS "cancellable_until#text",
      CASE
        WHEN REGEXP_FULL_MATCH(
          "cancellable_until#cell",
          '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
        )
        AND CASE
          WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
          THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
          ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
            TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
              LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
              RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
            ) AS BIGINT)
          )
        END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
        THEN CASE
          WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
          THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
          ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
            TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
              LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
              RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
            ) AS BIGINT)
          )
        END
      END AS "cancellable_until"
    FROM (
      SELECT
        *,
        CASE
          WHEN NOT "commitment_months#cell" IS NULL AND "#3" IS NULL
          THEN "commitment_months#cell"
        END AS "#4",
        CASE WHEN NOT "seats#cell" IS NULL AND "#6" IS NULL THEN "seats#cell" END AS "#7",
        CASE
          WHEN NOT "unit_price#cell" IS NULL AND "#10" IS NULL
          THEN "unit_price#cell"
        END AS "#11",
        CASE WHEN NOT "term_end#cell" IS NULL AND "#13" IS NULL THEN "term_end#cell" END AS "#14"
      FROM (
        SELECT
          *,
          CASE WHEN NOT "trial#cell" IS NULL AND "#0" IS NULL THEN "trial#cell" END AS "#1",
          CASE
            WHEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END BETWEEN CAST(0 AS BIGINT) AND CAST(1200 AS BIGINT)
            THEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END
          END AS "#3",
          CASE
            WHEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
            THEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END
          END AS "#6",
          COALESCE(
            CAST(CASE WHEN CAST("#9" AS TEXT) = "unit_price#cell" THEN "#9" END AS DECIMAL(18, 4)),
            CAST(CASE
              WHEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END BETWEEN CAST(-99999999999999 AS BIGINT) AND CAST(99999999999999 AS BIGINT)
              THEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END
            END AS DECIMAL(18, 4))
          ) AS "#10",
          CASE
            WHEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2999-12-31' AS DATE)
            THEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END
          END AS "#13"
        FROM (
          SELECT
            *,
            CASE
              WHEN "trial#cell" IN ('yes', 'true', '1')
              THEN TRUE
              WHEN "trial#cell" IN ('no', 'false', '0')
              THEN FALSE
            END AS "#0",
            TRY_CAST("commitment_months#cell" AS BIGINT) AS "#2",
            TRY_CAST("seats#cell" AS BIGINT) AS "#5",
            TRY_CAST("unit_price#cell" AS BIGINT) AS "#8",
            TRY_CAST("unit_price#cell" AS DECIMAL(16, 2)) AS "#9",
            TRY_CAST("term_end#cell" AS DATE) AS "#12"
          FROM (
            SELECT
              NULLIF("#14", '') AS "subscription_id#cell",
              NULLIF("#15", '') AS "customer_id#cell",
              NULLIF("#17", '') AS "product#cell",
              NULLIF("#20", '') AS "status#cell",
              "#18" AS "status#unread",
              NULLIF("#22", '') AS "trial#cell",
              NULLIF("#26", '') AS "commitment_months#cell",
              NULLIF("#30", '') AS "seats#cell",
              NULLIF("#44", '') AS "unit_price#cell",
              NULLIF("#47", '') AS "term_end#cell",
              NULLIF("#50", '') AS "cancellable_until#cell",
              CAST(NULL AS TEXT) AS "#flaw",
              CAST(NULL AS TEXT) AS "#column",
              CAST(NULL AS TEXT) AS "#found",
              0 AS "#delimiters",
              (
                COALESCE(LOWER("#4") = 'on', FALSE)
              ) AS "#preferred",
              CASE
                WHEN REGEXP_FULL_MATCH(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  '9999-\d\d-\d\d([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?'
                )
                AND NOT TRY_CAST(LEFT(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  10
                ) AS DATE) IS NULL
                THEN '2999-12-31T23:59:59Z'
                WHEN REGEXP_FULL_MATCH(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  '\d{4}-\d{2}-\d{2}'
                )
                THEN CONCAT(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  'T00:00Z'
                )
                WHEN REGEXP_FULL_MATCH(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?'
                )
                THEN CONCAT(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  'Z'
                )
                WHEN REGEXP_FULL_MATCH(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?'
                )
                THEN CASE
                  WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                  THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                  ELSE "#13"
                END
                WHEN REGEXP_FULL_MATCH(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  '(\d{1,2})[.](\d{1,2})[.](\d{4})( (\d|([01]\d|2[0-3])):[0-5]\d(:[0-5]\d)?| (0?[1-9]|1[0-2]):[0-5]\d(:[0-5]\d)? ?[AaPp][Mm])?'
                )
                THEN COALESCE(
                  CASE
                    WHEN YEAR(
                      TRY_STRPTIME(
                        UPPER(
                          CASE
                            WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                            THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                            ELSE "#13"
                          END
                        ),
                        [
                          '%d.%m.%Y',
                          '%d.%m.%Y %H:%M:%S',
                          '%d.%m.%Y %H:%M',
                          '%d.%m.%Y %I:%M:%S %p',
                          '%d.%m.%Y %I:%M %p',
                          '%d.%m.%Y %I:%M:%S%p',
                          '%d.%m.%Y %I:%M%p'
                        ]
                      )
                    ) = 9999
                    THEN '2999-12-31T23:59:59Z'
                    ELSE STRFTIME(
                      TRY_STRPTIME(
                        UPPER(
                          CASE
                            WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                            THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                            ELSE "#13"
                          END
                        ),
                        [
                          '%d.%m.%Y',
                          '%d.%m.%Y %H:%M:%S',
                          '%d.%m.%Y %H:%M',
                          '%d.%m.%Y %I:%M:%S %p',
                          '%d.%m.%Y %I:%M %p',
                          '%d.%m.%Y %I:%M:%S%p',
                          '%d.%m.%Y %I:%M%p'
                        ]
                      ),
                      '%Y-%m-%dT%H:%M:%SZ'
                    )
                  END,
                  "#13"
                )
                WHEN REGEXP_FULL_MATCH(
                  CASE
                    WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                    THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                    ELSE "#13"
                  END,
                  '(\d{1,2})[/](\d{1,2})[/](\d{4})( (\d|([01]\d|2[0-3])):[0-5]\d(:[0-5]\d)?| (0?[1-9]|1[0-2]):[0-5]\d(:[0-5]\d)? ?[AaPp][Mm])?'
                )
                THEN COALESCE(
                  CASE
                    WHEN YEAR(
                      TRY_STRPTIME(
                        UPPER(
                          CASE
                            WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                            THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                            ELSE "#13"
                          END
                        ),
                        [
                          '%m/%d/%Y',
                          '%m/%d/%Y %H:%M:%S',
                          '%m/%d/%Y %H:%M',
                          '%m/%d/%Y %I:%M:%S %p',
                          '%m/%d/%Y %I:%M %p',
                          '%m/%d/%Y %I:%M:%S%p',
                          '%m/%d/%Y %I:%M%p'
                        ]
                      )
                    ) = 9999
                    THEN '2999-12-31T23:59:59Z'
                    ELSE STRFTIME(
                      TRY_STRPTIME(
                        UPPER(
                          CASE
                            WHEN CONTAINS("#13", ': ') OR CONTAINS("#13", ' :')
                            THEN REGEXP_REPLACE("#13", ' *: *', ':', 'g')
                            ELSE "#13"
                          END
                        ),
                        [
                          '%m/%d/%Y',
                          '%m/%d/%Y %H:%M:%S',
                          '%m/%d/%Y %H:%M',
                          '%m/%d/%Y %I:%M:%S %p',
                          '%m/%d/%Y %I:%M %p',
                          '%m/%d/%Y %I:%M:%S%p',
                          '%m/%d/%Y %I:%M%p'
                        ]
                      ),
                      '%Y-%m-%dT%H:%M:%SZ'
                    )
                  END,
                  "#13"
                )
                ELSE "#13"
              END AS "#latest"
            FROM (
              SELECT
                *,
                CASE WHEN "#9" <> '' AND "#43" <> '' THEN CONCAT("#43", ' ', "#9") ELSE "#43" END AS "#44"
              FROM (
                SELECT
                  *,
                  CASE
                    WHEN "#39"
                    THEN "#8"
                    WHEN NOT "#38" IS NULL
                    THEN CASE
                      WHEN REGEXP_FULL_MATCH("#40", '[+-]?\d+(\.\d+)?') AND NOT "#42" IS NULL
                      THEN CONCAT(
                        CASE WHEN STARTS_WITH("#40", '-') THEN '-' ELSE '' END,
                        CAST("#42" // 10000 AS TEXT),
                        '.',
                        LPAD(CAST("#42" % 10000 AS TEXT), 4, '0')
                      )
                      ELSE "#40"
                    END
                  END AS "#43"
                FROM (
                  SELECT
                    *,
                    (
                      2 * "#41" + "#38" * 1000000
                    ) // (
                      2 * (
                        "#38" * 1000000
                      )
                    ) AS "#42"
                  FROM (
                    SELECT
                      *,
                      ABS(CAST(TRY_CAST("#40" AS DECIMAL(27, 10)) * 10000000000 AS INT128)) AS "#41"
                    FROM (
                      SELECT
                        *,
                        CASE
                          WHEN NOT COALESCE("#39", FALSE)
                          THEN CASE
                            WHEN REGEXP_FULL_MATCH(
                              CASE
                                WHEN REGEXP_FULL_MATCH("#8", '\d[^-]*-')
                                THEN CONCAT('-', RTRIM("#8", '-'))
                                ELSE "#8"
                              END,
                              '[+-]?(\d{1,3}(\.\d{3})+|\d{1,3}( \d{3})+|\d{1,3}(''\d{3})+|\d{1,3}(\x{2019}\d{3})+|\d{1,3}(\x{A0}\d{3})+|\d{1,3}(\x{202F}\d{3})+|\d+)(,\d+)?'
                            )
                            THEN REPLACE(
                              REGEXP_REPLACE(
                                CASE
                                  WHEN REGEXP_FULL_MATCH("#8", '\d[^-]*-')
                                  THEN CONCAT('-', RTRIM("#8", '-'))
                                  ELSE "#8"
                                END,
                                '[\. ''\x{2019}\x{A0}\x{202F}]',
                                '',
                                'g'
                              ),
                              ',',
                              '.'
                            )
                            WHEN REGEXP_FULL_MATCH(
                              CASE
                                WHEN REGEXP_FULL_MATCH("#8", '\d[^-]*-')
                                THEN CONCAT('-', RTRIM("#8", '-'))
                                ELSE "#8"
                              END,
                              '[+-]?\d+(,\d+)?[eE][+-]?\d{1,2}'
                            )
                            THEN CASE
                              WHEN REGEXP_FULL_MATCH(
                                CASE
                                  WHEN REGEXP_FULL_MATCH("#8", '\d[^-]*-')
                                  THEN CONCAT('-', RTRIM("#8", '-'))
                                  ELSE "#8"
                                END,
                                '[+-]?(\d([.,]\d+)?[eE]-(1[2-9]|[2-9]\d)|\d{1,14}([.,]\d+)?[eE]-(2[6-9]|[3-9]\d))'
                              )
                              THEN '0'
                              ELSE COALESCE(
                                CAST(TRY_CAST(REPLACE(
                                  CASE
                                    WHEN REGEXP_FULL_MATCH("#8", '\d[^-]*-')
                                    THEN CONCAT('-', RTRIM("#8", '-'))
                                    ELSE "#8"
                                  END,
                                  ',',
                                  '.'
                                ) AS DECIMAL(27, 10)) AS TEXT),
                                "#8"
                              )
                            END
                            WHEN REGEXP_FULL_MATCH(
                              CASE
                                WHEN REGEXP_FULL_MATCH("#8", '\d[^-]*-')
                                THEN CONCAT('-', RTRIM("#8", '-'))
                                ELSE "#8"
                              END,
                              '[+-]?\d+\.\d+.*'
                            )
                            THEN CONCAT("#8", ' (a point, where decimals have a comma)')
                            ELSE CASE
                              WHEN REGEXP_FULL_MATCH("#8", '\d[^-]*-')
                              THEN CONCAT('-', RTRIM("#8", '-'))
                              ELSE "#8"
                            END
                          END
                        END AS "#40"
                      FROM (
                        SELECT
                          *,
                          "#38" = 1 AND REGEXP_FULL_MATCH("#8", '[+-]?\d{1,14}') AS "#39"
                        FROM (
                          SELECT
                            *,
                            CASE WHEN "#37" BETWEEN 1 AND 120 THEN "#37" END AS "#38"
                          FROM (
                            SELECT
                              *,
                              CASE WHEN REGEXP_FULL_MATCH("#36", '\d{1,3}') THEN TRY_CAST("#36" AS BIGINT) END AS "#37"
                            FROM (
                              SELECT
                                *,
                                CASE
                                  WHEN REGEXP_FULL_MATCH("#35", 'P\d{1,3}[YM]')
                                  THEN CAST(TRY_CAST(REGEXP_EXTRACT("#35", '\d+') AS BIGINT) * CASE WHEN RIGHT("#35", 1) = 'Y' THEN 12 ELSE 1 END AS TEXT)
                                  ELSE "#35"
                                END AS "#36"
                              FROM (
                                SELECT
                                  *,
                                  CASE
                                    WHEN REGEXP_FULL_MATCH("#34", '[+-]?\d+(\.0+)?')
                                    THEN SPLIT_PART("#34", '.', 1)
                                    ELSE "#32"
                                  END AS "#35"
                                FROM (
                                  SELECT
                                    *,
                                    CASE
                                      WHEN REGEXP_FULL_MATCH("#25", 'P\d{1,3}[YM]')
                                      THEN CAST(TRY_CAST(REGEXP_EXTRACT("#25", '\d+') AS BIGINT) * CASE WHEN RIGHT("#25", 1) = 'Y' THEN 12 ELSE 1 END AS TEXT)
                                      ELSE "#25"
                                    END AS "#26",
                                    CASE
                                      WHEN REGEXP_FULL_MATCH("#29", '[+-]?\d+(\.0+)?')
                                      THEN SPLIT_PART("#29", '.', 1)
                                      ELSE "#27"
                                    END AS "#30",
                                    CASE
                                      WHEN NOT COALESCE("#33", FALSE)
                                      THEN CASE
                                        WHEN REGEXP_FULL_MATCH(
                                          CASE
                                            WHEN REGEXP_FULL_MATCH("#32", '\d[^-]*-')
                                            THEN CONCAT('-', RTRIM("#32", '-'))
                                            ELSE "#32"
                                          END,
                                          '[+-]?(\d{1,3}(\.\d{3})+|\d{1,3}( \d{3})+|\d{1,3}(''\d{3})+|\d{1,3}(\x{2019}\d{3})+|\d{1,3}(\x{A0}\d{3})+|\d{1,3}(\x{202F}\d{3})+|\d+)(,\d+)?'
                                        )
                                        THEN REPLACE(
                                          REGEXP_REPLACE(
                                            CASE
                                              WHEN REGEXP_FULL_MATCH("#32", '\d[^-]*-')
                                              THEN CONCAT('-', RTRIM("#32", '-'))
                                              ELSE "#32"
                                            END,
                                            '[\. ''\x{2019}\x{A0}\x{202F}]',
                                            '',
                                            'g'
                                          ),
                                          ',',
                                          '.'
                                        )
                                        WHEN REGEXP_FULL_MATCH(
                                          CASE
                                            WHEN REGEXP_FULL_MATCH("#32", '\d[^-]*-')
                                            THEN CONCAT('-', RTRIM("#32", '-'))
                                            ELSE "#32"
                                          END,
                                          '[+-]?\d+(,\d+)?[eE][+-]?\d{1,2}'
                                        )
                                        THEN CASE
                                          WHEN REGEXP_FULL_MATCH(
                                            CASE
                                              WHEN REGEXP_FULL_MATCH("#32", '\d[^-]*-')
                                              THEN CONCAT('-', RTRIM("#32", '-'))
                                              ELSE "#32"
                                            END,
                                            '[+-]?(\d([.,]\d+)?[eE]-(1[2-9]|[2-9]\d)|\d{1,14}([.,]\d+)?[eE]-(2[6-9]|[3-9]\d))'
                                          )
                                          THEN '0'
                                          ELSE COALESCE(
                                            CAST(TRY_CAST(REPLACE(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("#32", '\d[^-]*-')
                                                THEN CONCAT('-', RTRIM("#32", '-'))
                                                ELSE "#32"
                                              END,
                                              ',',
                                              '.'
                                            ) AS DECIMAL(27, 10)) AS TEXT),
                                            "#32"
                                          )
                                        END
                                        WHEN REGEXP_FULL_MATCH(
                                          CASE
                                            WHEN REGEXP_FULL_MATCH("#32", '\d[^-]*-')
                                            THEN CONCAT('-', RTRIM("#32", '-'))
                                            ELSE "#32"
                                          END,
                                          '[+-]?\d+\.\d+.*'
                                        )
                                        THEN CONCAT("#32", ' (a point, where decimals have a comma)')
                                        ELSE CASE
                                          WHEN REGEXP_FULL_MATCH("#32", '\d[^-]*-')
                                          THEN CONCAT('-', RTRIM("#32", '-'))
                                          ELSE "#32"
                                        END
                                      END
                                    END AS "#34"
                                  FROM (
                                    SELECT
                                      *,
                                      CASE
                                        WHEN REGEXP_FULL_MATCH("#24", '[+-]?\d+(\.0+)?')
                                        THEN SPLIT_PART("#24", '.', 1)
                                        ELSE "#5"
                                      END AS "#25",
                                      CASE
                                        WHEN NOT COALESCE("#28", FALSE)
                                        THEN CASE
                                          WHEN REGEXP_FULL_MATCH(
                                            CASE
                                              WHEN REGEXP_FULL_MATCH("#27", '\d[^-]*-')
                                              THEN CONCAT('-', RTRIM("#27", '-'))
                                              ELSE "#27"
                                            END,
                                            '[+-]?(\d{1,3}(\.\d{3})+|\d{1,3}( \d{3})+|\d{1,3}(''\d{3})+|\d{1,3}(\x{2019}\d{3})+|\d{1,3}(\x{A0}\d{3})+|\d{1,3}(\x{202F}\d{3})+|\d+)(,\d+)?'
                                          )
                                          THEN REPLACE(
                                            REGEXP_REPLACE(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("#27", '\d[^-]*-')
                                                THEN CONCAT('-', RTRIM("#27", '-'))
                                                ELSE "#27"
                                              END,
                                              '[\. ''\x{2019}\x{A0}\x{202F}]',
                                              '',
                                              'g'
                                            ),
                                            ',',
                                            '.'
                                          )
                                          WHEN REGEXP_FULL_MATCH(
                                            CASE
                                              WHEN REGEXP_FULL_MATCH("#27", '\d[^-]*-')
                                              THEN CONCAT('-', RTRIM("#27", '-'))
                                              ELSE "#27"
                                            END,
                                            '[+-]?\d+(,\d+)?[eE][+-]?\d{1,2}'
                                          )
                                          THEN CASE
                                            WHEN REGEXP_FULL_MATCH(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("#27", '\d[^-]*-')
                                                THEN CONCAT('-', RTRIM("#27", '-'))
                                                ELSE "#27"
                                              END,
                                              '[+-]?(\d([.,]\d+)?[eE]-(1[2-9]|[2-9]\d)|\d{1,14}([.,]\d+)?[eE]-(2[6-9]|[3-9]\d))'
                                            )
                                            THEN '0'
                                            ELSE COALESCE(
                                              CAST(TRY_CAST(REPLACE(
                                                CASE
                                                  WHEN REGEXP_FULL_MATCH("#27", '\d[^-]*-')
                                                  THEN CONCAT('-', RTRIM("#27", '-'))
                                                  ELSE "#27"
                                                END,
                                                ',',
                                                '.'
                                              ) AS DECIMAL(27, 10)) AS TEXT),
                                              "#27"
                                            )
                                          END
                                          WHEN REGEXP_FULL_MATCH(
                                            CASE
                                              WHEN REGEXP_FULL_MATCH("#27", '\d[^-]*-')
                                              THEN CONCAT('-', RTRIM("#27", '-'))
                                              ELSE "#27"
                                            END,
                                            '[+-]?\d+\.\d+.*'
                                          )
                                          THEN CONCAT("#27", ' (a point, where decimals have a comma)')
                                          ELSE CASE
                                            WHEN REGEXP_FULL_MATCH("#27", '\d[^-]*-')
                                            THEN CONCAT('-', RTRIM("#27", '-'))
                                            ELSE "#27"
                                          END
                                        END
                                      END AS "#29",
                                      REGEXP_FULL_MATCH("#32", '\d{1,10}') AS "#33",
                                      CASE
                                        WHEN "#45"
                                        THEN LEFT("#11", 10)
                                        WHEN REGEXP_FULL_MATCH(
                                          "#46",
                                          '\d{4}-\d{2}-\d{2}([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]00:?00)?)?|9999-\d\d-\d\d([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?'
                                        )
                                        THEN LEFT("#46", 10)
                                        WHEN REGEXP_FULL_MATCH(
                                          "#46",
                                          '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?'
                                        )
                                        THEN COALESCE(
                                          STRFTIME(
                                            CASE
                                              WHEN RIGHT("#46", 1) = 'Z'
                                              THEN TRY_CAST(REGEXP_REPLACE("#46", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
                                              ELSE TRY_CAST(REGEXP_REPLACE("#46", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
                                                TRY_CAST(LEFT(REGEXP_EXTRACT("#46", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                                                  LEFT(REGEXP_EXTRACT("#46", '[+-]\d\d:?\d\d$'), 1),
                                                  RIGHT(REGEXP_EXTRACT("#46", '[+-]\d\d:?\d\d$'), 2)
                                                ) AS BIGINT)
                                              )
                                            END,
                                            '%Y-%m-%d'
                                          ),
                                          "#11"
                                        )
                                        WHEN REGEXP_FULL_MATCH(
                                          "#46",
                                          '(\d{1,2})[.](\d{1,2})[.](\d{4})( (\d|([01]\d|2[0-3])):[0-5]\d(:[0-5]\d)?| (0?[1-9]|1[0-2]):[0-5]\d(:[0-5]\d)? ?[AaPp][Mm])?'
                                        )
                                        THEN CONCAT(
                                          LPAD(SPLIT_PART(SPLIT_PART("#46", '.', 3), ' ', 1), 4, '0'),
                                          '-',
                                          LPAD(SPLIT_PART("#46", '.', 2), 2, '0'),
                                          '-',
                                          LPAD(SPLIT_PART("#46", '.', 1), 2, '0')
                                        )
                                        WHEN REGEXP_FULL_MATCH(
                                          "#46",
                                          '(\d{1,2})[/](\d{1,2})[/](\d{4})( (\d|([01]\d|2[0-3])):[0-5]\d(:[0-5]\d)?| (0?[1-9]|1[0-2]):[0-5]\d(:[0-5]\d)? ?[AaPp][Mm])?'
                                        )
                                        THEN CONCAT(
                                          LPAD(SPLIT_PART(SPLIT_PART("#46", '/', 3), ' ', 1), 4, '0'),
                                          '-',
                                          LPAD(SPLIT_PART("#46", '/', 1), 2, '0'),
                                          '-',
                                          LPAD(SPLIT_PART("#46", '/', 2), 2, '0')
                                        )
                                        ELSE "#11"
                                      END AS "#47",
                                      CASE
                                        WHEN REGEXP_FULL_MATCH(
                                          "#49",
                                          '9999-\d\d-\d\d([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?'
                                        )
                                        AND NOT TRY_CAST(LEFT("#49", 10) AS DATE) IS NULL
                                        THEN '2999-12-31T23:59:59Z'
                                        WHEN REGEXP_FULL_MATCH("#49", '\d{4}-\d{2}-\d{2}')
                                        THEN CONCAT("#49", 'T00:00Z')
                                        WHEN REGEXP_FULL_MATCH("#49", '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?')
                                        THEN CONCAT("#49", 'Z')
                                        WHEN REGEXP_FULL_MATCH(
                                          "#49",
                                          '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?'
                                        )
                                        THEN "#49"
                                        WHEN REGEXP_FULL_MATCH(
                                          "#49",
                                          '(\d{1,2})[.](\d{1,2})[.](\d{4})( (\d|([01]\d|2[0-3])):[0-5]\d(:[0-5]\d)?| (0?[1-9]|1[0-2]):[0-5]\d(:[0-5]\d)? ?[AaPp][Mm])?'
                                        )
                                        THEN COALESCE(
                                          CASE
                                            WHEN YEAR(
                                              TRY_STRPTIME(
                                                UPPER("#49"),
                                                [
                                                  '%d.%m.%Y',
                                                  '%d.%m.%Y %H:%M:%S',
                                                  '%d.%m.%Y %H:%M',
                                                  '%d.%m.%Y %I:%M:%S %p',
                                                  '%d.%m.%Y %I:%M %p',
                                                  '%d.%m.%Y %I:%M:%S%p',
                                                  '%d.%m.%Y %I:%M%p'
                                                ]
                                              )
                                            ) = 9999
                                            THEN '2999-12-31T23:59:59Z'
                                            ELSE STRFTIME(
                                              TRY_STRPTIME(
                                                UPPER("#49"),
                                                [
                                                  '%d.%m.%Y',
                                                  '%d.%m.%Y %H:%M:%S',
                                                  '%d.%m.%Y %H:%M',
                                                  '%d.%m.%Y %I:%M:%S %p',
                                                  '%d.%m.%Y %I:%M %p',
                                                  '%d.%m.%Y %I:%M:%S%p',
                                                  '%d.%m.%Y %I:%M%p'
                                                ]
                                              ),
                                              '%Y-%m-%dT%H:%M:%SZ'
                                            )
                                          END,
                                          "#48"
                                        )
                                        WHEN REGEXP_FULL_MATCH(
                                          "#49",
                                          '(\d{1,2})[/](\d{1,2})[/](\d{4})( (\d|([01]\d|2[0-3])):[0-5]\d(:[0-5]\d)?| (0?[1-9]|1[0-2]):[0-5]\d(:[0-5]\d)? ?[AaPp][Mm])?'
                                        )
                                        THEN COALESCE(
                                          CASE
                                            WHEN YEAR(
                                              TRY_STRPTIME(
                                                UPPER("#49"),
                                                [
                                                  '%m/%d/%Y',
                                                  '%m/%d/%Y %H:%M:%S',
                                                  '%m/%d/%Y %H:%M',
                                                  '%m/%d/%Y %I:%M:%S %p',
                                                  '%m/%d/%Y %I:%M %p',
                                                  '%m/%d/%Y %I:%M:%S%p',
                                                  '%m/%d/%Y %I:%M%p'
                                                ]
                                              )
                                            ) = 9999
                                            THEN '2999-12-31T23:59:59Z'
                                            ELSE STRFTIME(
                                              TRY_STRPTIME(
                                                UPPER("#49"),
                                                [
                                                  '%m/%d/%Y',
                                                  '%m/%d/%Y %H:%M:%S',
                                                  '%m/%d/%Y %H:%M',
                                                  '%m/%d/%Y %I:%M:%S %p',
                                                  '%m/%d/%Y %I:%M %p',
                                                  '%m/%d/%Y %I:%M:%S%p',
                                                  '%m/%d/%Y %I:%M%p'
                                                ]
                                              ),
                                              '%Y-%m-%dT%H:%M:%SZ'
                                            )
                                          END,
                                          "#48"
                                        )
                                        ELSE "#48"
                                      END AS "#50"
                                    FROM (
                                      SELECT
                                        *,
                                        CASE WHEN "#2" <> '' AND "#16" <> '' THEN CONCAT("#2", ':', "#16") END AS "#17",
                                        CASE WHEN "#19" = 'on' THEN 'active' WHEN "#19" = 'off' THEN 'suspended' ELSE "#4" END AS "#20",
                                        COALESCE("#21", 'no') AS "#22",
                                        CASE
                                          WHEN NOT COALESCE("#23", FALSE)
                                          THEN CASE
                                            WHEN REGEXP_FULL_MATCH(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("#5", '\d[^-]*-')
                                                THEN CONCAT('-', RTRIM("#5", '-'))
                                                ELSE "#5"
                                              END,
                                              '[+-]?(\d{1,3}(\.\d{3})+|\d{1,3}( \d{3})+|\d{1,3}(''\d{3})+|\d{1,3}(\x{2019}\d{3})+|\d{1,3}(\x{A0}\d{3})+|\d{1,3}(\x{202F}\d{3})+|\d+)(,\d+)?'
                                            )
                                            THEN REPLACE(
                                              REGEXP_REPLACE(
                                                CASE
                                                  WHEN REGEXP_FULL_MATCH("#5", '\d[^-]*-')
                                                  THEN CONCAT('-', RTRIM("#5", '-'))
                                                  ELSE "#5"
                                                END,
                                                '[\. ''\x{2019}\x{A0}\x{202F}]',
                                                '',
                                                'g'
                                              ),
                                              ',',
                                              '.'
                                            )
                                            WHEN REGEXP_FULL_MATCH(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("#5", '\d[^-]*-')
                                                THEN CONCAT('-', RTRIM("#5", '-'))
                                                ELSE "#5"
                                              END,
                                              '[+-]?\d+(,\d+)?[eE][+-]?\d{1,2}'
                                            )
                                            THEN CASE
                                              WHEN REGEXP_FULL_MATCH(
                                                CASE
                                                  WHEN REGEXP_FULL_MATCH("#5", '\d[^-]*-')
                                                  THEN CONCAT('-', RTRIM("#5", '-'))
                                                  ELSE "#5"
                                                END,
                                                '[+-]?(\d([.,]\d+)?[eE]-(1[2-9]|[2-9]\d)|\d{1,14}([.,]\d+)?[eE]-(2[6-9]|[3-9]\d))'
                                              )
                                              THEN '0'
                                              ELSE COALESCE(
                                                CAST(TRY_CAST(REPLACE(
                                                  CASE
                                                    WHEN REGEXP_FULL_MATCH("#5", '\d[^-]*-')
                                                    THEN CONCAT('-', RTRIM("#5", '-'))
                                                    ELSE "#5"
                                                  END,
                                                  ',',
                                                  '.'
                                                ) AS DECIMAL(27, 10)) AS TEXT),
                                                "#5"
                                              )
                                            END
                                            WHEN REGEXP_FULL_MATCH(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("#5", '\d[^-]*-')
                                                THEN CONCAT('-', RTRIM("#5", '-'))
                                                ELSE "#5"
                                              END,
                                              '[+-]?\d+\.\d+.*'
                                            )
                                            THEN CONCAT("#5", ' (a point, where decimals have a comma)')
                                            ELSE CASE
                                              WHEN REGEXP_FULL_MATCH("#5", '\d[^-]*-')
                                              THEN CONCAT('-', RTRIM("#5", '-'))
                                              ELSE "#5"
                                            END
                                          END
                                        END AS "#24",
                                        REGEXP_FULL_MATCH("#27", '\d{1,10}') AS "#28",
                                        CASE WHEN "#31" = 'monthly' THEN '1' WHEN "#31" = 'annual' THEN '12' END AS "#32",
                                        CASE
                                          WHEN NOT COALESCE("#45", FALSE)
                                          THEN CASE
                                            WHEN CONTAINS("#11", ': ') OR CONTAINS("#11", ' :')
                                            THEN REGEXP_REPLACE("#11", ' *: *', ':', 'g')
                                            ELSE "#11"
                                          END
                                        END AS "#46",
                                        CASE
                                          WHEN CONTAINS("#48", ': ') OR CONTAINS("#48", ' :')
                                          THEN REGEXP_REPLACE("#48", ' *: *', ':', 'g')
                                          ELSE "#48"
                                        END AS "#49"
                                      FROM (
                                        SELECT
                                          *,
                                          LOWER("#0") AS "#14",
                                          NULLIF(
                                            TRIM(
                                              SPLIT_PART(
                                                CASE
                                                  WHEN CONTAINS(CASE WHEN NOT LOWER("#1") IN ('none') THEN "#1" END, '/')
                                                  THEN SUBSTRING(
                                                    CASE WHEN NOT LOWER("#1") IN ('none') THEN "#1" END,
                                                    STRPOS(CASE WHEN NOT LOWER("#1") IN ('none') THEN "#1" END, '/') + 1
                                                  )
                                                END,
                                                '?',
                                                1
                                              ),
                                              '{spaces}'
                                            ),
                                            ''
                                          ) AS "#15",
                                          CASE WHEN LENGTH("#3") < 4 THEN LPAD("#3", 4, '0') ELSE "#3" END AS "#16",
                                          COALESCE(NOT "#4" IS NULL AND NOT LOWER("#4") IN ('on', 'off'), FALSE) AS "#18",
                                          LOWER("#4") AS "#19",
                                          CASE
                                            WHEN (
                                              COALESCE(STARTS_WITH(LOWER("#2"), 't'), FALSE) OR LOWER("#2") IS NULL
                                            )
                                            THEN 'yes'
                                          END AS "#21",
                                          REGEXP_FULL_MATCH("#5", '\d{1,10}') AS "#23",
                                          COALESCE("#6", "#7") AS "#27",
                                          LOWER("#10") AS "#31",
                                          REGEXP_FULL_MATCH(
                                            "#11",
                                            '\d{4}-\d{2}-\d{2}([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]00:?00)?)?|9999-\d\d-\d\d([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)?)?'
                                          ) AS "#45",
                                          CASE WHEN (
                                            COALESCE(CONTAINS(LOWER("#3"), 'x'), FALSE)
                                          ) THEN "#12" END AS "#48"
                                        FROM (
                                          SELECT
                                            *,
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("0", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "0"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("0", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#0",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("1", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "1"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("1", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#1",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("2", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "2"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("2", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#2",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("3", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "3"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("3", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#3",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("4", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "4"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("4", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#4",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("5", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "5"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("5", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#5",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("6", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "6"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("6", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#6",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("7", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "7"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("7", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#7",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("8", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "8"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("8", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#8",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("9", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "9"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("9", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#9",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("10", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "10"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("10", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#10",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("11", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "11"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("11", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#11",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("12", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "12"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("12", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#12",
                                            NULLIF(
                                              CASE
                                                WHEN REGEXP_FULL_MATCH("13", '(?s)[!-&(-<>-~](.*[!-~])?')
                                                THEN "13"
                                                ELSE REGEXP_REPLACE(
                                                  TRIM("13", '{spaces}'),
                                                  '(?s)^''([-+=@0-9].*)$|^="[{spaces}]*([^"]*?)[{spaces}]*"$',
                                                  '\1\2'
                                                )
                                              END,
                                              ''
                                            ) AS "#13"
                                          FROM READ_CSV(
                                            '…/0.plain',
                                            auto_detect = FALSE,
                                            header = TRUE,
                                            delim = ';',
                                            quote = '"',
                                            escape = '"',
                                            strict_mode = TRUE,
                                            "columns" = {'0': 'VARCHAR', '1': 'VARCHAR', '2': 'VARCHAR', '3': 'VARCHAR', '4': 'VARCHAR', '5': 'VARCHAR', '6': 'VARCHAR', '7': 'VARCHAR', '8': 'VARCHAR', '9': 'VARCHAR', '10': 'VARCHAR', '11': 'VARCHAR', '12': 'VARCHAR', '13': 'VARCHAR'}
                                          )
                                        ) AS step0
                                      ) AS step1
                                    ) AS step2
                                  ) AS step3
                                ) AS step4
                              ) AS step5
                            ) AS step6
                          ) AS step7
                        ) AS step8
                      ) AS step9
                    ) AS step10
                  ) AS step11
                ) AS step12
              ) AS step13
            ) AS step14
          ) AS cells
        ) AS step0
      ) AS step1
    ) AS step2
  ) AS typed
) AS judged;

SELECT
  COALESCE(COUNT_IF(is_day_first), 0),
  COALESCE(COUNT_IF(is_month_first), 0),
  COALESCE(COUNT_IF(is_either AND one <> two), 0),
  COALESCE(COUNT_IF(is_either AND one = two), 0),
  ARG_MIN(cell, "#row") FILTER(WHERE
    is_day_first),
  ARG_MIN("#row", "#row") FILTER(WHERE
    is_day_first),
  ARG_MIN(cell, "#row") FILTER(WHERE
    is_month_first),
  ARG_MIN("#row", "#row") FILTER(WHERE
    is_month_first)
FROM (
  SELECT
    *,
    one BETWEEN 13 AND 31 AND two BETWEEN 1 AND 12 AS is_day_first,
    two BETWEEN 13 AND 31 AND one BETWEEN 1 AND 12 AS is_month_first,
    one BETWEEN 1 AND 12 AND two BETWEEN 1 AND 12 AS is_either
  FROM (
    SELECT
      cell,
      "#row",
      TRY_CAST(REGEXP_EXTRACT(cell, '^(\d{1,2})[.]', 1) AS BIGINT) AS one,
      TRY_CAST(REGEXP_EXTRACT(cell, '^\d{1,2}[.](\d{1,2})[.]', 1) AS BIGINT) AS two
    FROM (
      SELECT
        "#11" AS cell,
        ROW_NUMBER() OVER () AS "#row"
      FROM the_step14
    ) AS cells
    WHERE
      REGEXP_FULL_MATCH(cell, '\d{1,2}([.])\d{1,2}[.]\d{4}( .*)?')
  ) AS split
) AS meant;

SELECT
  COALESCE(COUNT_IF(is_day_first), 0),
  COALESCE(COUNT_IF(is_month_first), 0),
  COALESCE(COUNT_IF(is_either AND one <> two), 0),
  COALESCE(COUNT_IF(is_either AND one = two), 0),
  ARG_MIN(cell, "#row") FILTER(WHERE
    is_day_first),
  ARG_MIN("#row", "#row") FILTER(WHERE
    is_day_first),
  ARG_MIN(cell, "#row") FILTER(WHERE
    is_month_first),
  ARG_MIN("#row", "#row") FILTER(WHERE
    is_month_first)
FROM (
  SELECT
    *,
    one BETWEEN 13 AND 31 AND two BETWEEN 1 AND 12 AS is_day_first,
    two BETWEEN 13 AND 31 AND one BETWEEN 1 AND 12 AS is_month_first,
    one BETWEEN 1 AND 12 AND two BETWEEN 1 AND 12 AS is_either
  FROM (
    SELECT
      cell,
      "#row",
      TRY_CAST(REGEXP_EXTRACT(cell, '^(\d{1,2})[/]', 1) AS BIGINT) AS one,
      TRY_CAST(REGEXP_EXTRACT(cell, '^\d{1,2}[/](\d{1,2})[/]', 1) AS BIGINT) AS two
    FROM (
      SELECT
        "#11" AS cell,
        ROW_NUMBER() OVER () AS "#row"
      FROM the_step14
    ) AS cells
    WHERE
      REGEXP_FULL_MATCH(cell, '\d{1,2}([/])\d{1,2}[/]\d{4}( .*)?')
  ) AS split
) AS meant;

SELECT
  COALESCE(COUNT_IF(is_day_first), 0),
  COALESCE(COUNT_IF(is_month_first), 0),
  COALESCE(COUNT_IF(is_either AND one <> two), 0),
  COALESCE(COUNT_IF(is_either AND one = two), 0),
  ARG_MIN(cell, "#row") FILTER(WHERE
    is_day_first),
  ARG_MIN("#row", "#row") FILTER(WHERE
    is_day_first),
  ARG_MIN(cell, "#row") FILTER(WHERE
    is_month_first),
  ARG_MIN("#row", "#row") FILTER(WHERE
    is_month_first)
FROM (
  SELECT
    *,
    one BETWEEN 13 AND 31 AND two BETWEEN 1 AND 12 AS is_day_first,
    two BETWEEN 13 AND 31 AND one BETWEEN 1 AND 12 AS is_month_first,
    one BETWEEN 1 AND 12 AND two BETWEEN 1 AND 12 AS is_either
  FROM (
    SELECT
      cell,
      "#row",
      TRY_CAST(REGEXP_EXTRACT(cell, '^(\d{1,2})[.]', 1) AS BIGINT) AS one,
      TRY_CAST(REGEXP_EXTRACT(cell, '^\d{1,2}[.](\d{1,2})[.]', 1) AS BIGINT) AS two
    FROM (
      SELECT
        "#48" AS cell,
        ROW_NUMBER() OVER () AS "#row"
      FROM the_step14
    ) AS cells
    WHERE
      REGEXP_FULL_MATCH(cell, '\d{1,2}([.])\d{1,2}[.]\d{4}( .*)?')
  ) AS split
) AS meant;

SELECT
  COALESCE(COUNT_IF(is_day_first), 0),
  COALESCE(COUNT_IF(is_month_first), 0),
  COALESCE(COUNT_IF(is_either AND one <> two), 0),
  COALESCE(COUNT_IF(is_either AND one = two), 0),
  ARG_MIN(cell, "#row") FILTER(WHERE
    is_day_first),
  ARG_MIN("#row", "#row") FILTER(WHERE
    is_day_first),
  ARG_MIN(cell, "#row") FILTER(WHERE
    is_month_first),
  ARG_MIN("#row", "#row") FILTER(WHERE
    is_month_first)
FROM (
  SELECT
    *,
    one BETWEEN 13 AND 31 AND two BETWEEN 1 AND 12 AS is_day_first,
    two BETWEEN 13 AND 31 AND one BETWEEN 1 AND 12 AS is_month_first,
    one BETWEEN 1 AND 12 AND two BETWEEN 1 AND 12 AS is_either
  FROM (
    SELECT
      cell,
      "#row",
      TRY_CAST(REGEXP_EXTRACT(cell, '^(\d{1,2})[/]', 1) AS BIGINT) AS one,
      TRY_CAST(REGEXP_EXTRACT(cell, '^\d{1,2}[/](\d{1,2})[/]', 1) AS BIGINT) AS two
    FROM (
      SELECT
        "#48" AS cell,
        ROW_NUMBER() OVER () AS "#row"
      FROM the_step14
    ) AS cells
    WHERE
      REGEXP_FULL_MATCH(cell, '\d{1,2}([/])\d{1,2}[/]\d{4}( .*)?')
  ) AS split
) AS meant;

CREATE OR REPLACE TABLE export0 AS
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

INSERT INTO export0 (
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
FROM judged0_0
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
  FROM export0
) AS numbered
WHERE
  "#place" = 1;

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
    "subscription_id#cell"
  FROM (
    SELECT
      *,
      CASE
        WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'missing-id'
        WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'bad-code'
        WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
        THEN 'bad-code'
        WHEN NOT "product#text" IS NULL AND "product" IS NULL
        THEN 'bad-code'
        WHEN NOT "status#text" IS NULL AND "status" IS NULL
        THEN 'bad-choice'
        WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
        THEN 'bad-flag'
        WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
        THEN 'bad-number'
        WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
        THEN 'bad-number'
        WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
        THEN 'bad-money'
        WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
        THEN 'bad-date'
        WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
        THEN 'bad-instant'
      END AS "#code",
      CASE
        WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'subscription_id'
        WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'subscription_id'
        WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
        THEN 'customer_id'
        WHEN NOT "product#text" IS NULL AND "product" IS NULL
        THEN 'product'
        WHEN NOT "status#text" IS NULL AND "status" IS NULL
        THEN 'status'
        WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
        THEN 'trial'
        WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
        THEN 'commitment_months'
        WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
        THEN 'seats'
        WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
        THEN 'unit_price'
        WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
        THEN 'term_end'
        WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
        THEN 'cancellable_until'
      END AS "#at"
    FROM (
      SELECT
        *,
        "subscription_id#cell" AS "subscription_id#text",
        "subscription_id#cell" AS "subscription_id",
        "customer_id#cell" AS "customer_id#text",
        "customer_id#cell" AS "customer_id",
        "product#cell" AS "product#text",
        "product#cell" AS "product",
        "status#cell" AS "status#text",
        CASE
          WHEN NOT "status#unread"
          THEN CASE
            WHEN LOWER(REPLACE("status#cell", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
            THEN LOWER(REPLACE("status#cell", 'İ', 'i̇'))
          END
        END AS "status",
        "#1" AS "trial#text",
        COALESCE(
          "#0",
          CASE
            WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('yes', 'true', '1')
            THEN TRUE
            WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('no', 'false', '0')
            THEN FALSE
          END
        ) AS "trial",
        "#4" AS "commitment_months#text",
        COALESCE(
          "#3",
          CASE
            WHEN REGEXP_FULL_MATCH("#4", '-?\d{1,10}')
            AND TRY_CAST("#4" AS BIGINT) BETWEEN 0 AND 1200
            THEN TRY_CAST("#4" AS BIGINT)
          END
        ) AS "commitment_months",
        "#7" AS "seats#text",
        COALESCE(
          "#6",
          CASE
            WHEN REGEXP_FULL_MATCH("#7", '-?\d{1,10}')
            AND TRY_CAST("#7" AS BIGINT) BETWEEN 0 AND 1000000000
            THEN TRY_CAST("#7" AS BIGINT)
          END
        ) AS "seats",
        "#11" AS "unit_price#text",
        COALESCE(
          "#10",
          CASE
            WHEN REGEXP_FULL_MATCH(
              "#11",
              '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
            )
            THEN TRY_CAST(SPLIT_PART("#11", ' ', 1) AS DECIMAL(18, 4))
          END
        ) AS "unit_price",
        CASE WHEN CONTAINS("#11", ' ') THEN RIGHT("#11", 3) END AS "unit_price.currency",
        "#14" AS "term_end#text",
        COALESCE(
          "#13",
          CASE
            WHEN REGEXP_FULL_MATCH("#14", '\d{4}-\d{2}-\d{2}')
            AND (
              "#14" BETWEEN '1900-01-01' AND '2999-12-31'
              OR "#14" BETWEEN '9999-01-01' AND '9999-12-31'
            )
            THEN TRY_CAST("#14" AS DATE)
          END
        ) AS "term_end",
        "cancellable_until#cell" AS "cancellable_until#text",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "cancellable_until#cell",
            '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
          )
          AND CASE
            WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
            THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
            ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
              TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
                RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
              ) AS BIGINT)
            )
          END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
          THEN CASE
            WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
            THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
            ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
              TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
                RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
              ) AS BIGINT)
            )
          END
        END AS "cancellable_until"
      FROM (
        SELECT
          *,
          CASE
            WHEN NOT "commitment_months#cell" IS NULL AND "#3" IS NULL
            THEN "commitment_months#cell"
          END AS "#4",
          CASE WHEN NOT "seats#cell" IS NULL AND "#6" IS NULL THEN "seats#cell" END AS "#7",
          CASE
            WHEN NOT "unit_price#cell" IS NULL AND "#10" IS NULL
            THEN "unit_price#cell"
          END AS "#11",
          CASE WHEN NOT "term_end#cell" IS NULL AND "#13" IS NULL THEN "term_end#cell" END AS "#14"
        FROM (
          SELECT
            *,
            CASE WHEN NOT "trial#cell" IS NULL AND "#0" IS NULL THEN "trial#cell" END AS "#1",
            CASE
              WHEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END BETWEEN CAST(0 AS BIGINT) AND CAST(1200 AS BIGINT)
              THEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END
            END AS "#3",
            CASE
              WHEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
              THEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END
            END AS "#6",
            COALESCE(
              CAST(CASE WHEN CAST("#9" AS TEXT) = "unit_price#cell" THEN "#9" END AS DECIMAL(18, 4)),
              CAST(CASE
                WHEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END BETWEEN CAST(-99999999999999 AS BIGINT) AND CAST(99999999999999 AS BIGINT)
                THEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END
              END AS DECIMAL(18, 4))
            ) AS "#10",
            CASE
              WHEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2999-12-31' AS DATE)
              THEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END
            END AS "#13"
          FROM (
            SELECT
              *,
              CASE
                WHEN "trial#cell" IN ('yes', 'true', '1')
                THEN TRUE
                WHEN "trial#cell" IN ('no', 'false', '0')
                THEN FALSE
              END AS "#0",
              TRY_CAST("commitment_months#cell" AS BIGINT) AS "#2",
              TRY_CAST("seats#cell" AS BIGINT) AS "#5",
              TRY_CAST("unit_price#cell" AS BIGINT) AS "#8",
              TRY_CAST("unit_price#cell" AS DECIMAL(16, 2)) AS "#9",
              TRY_CAST("term_end#cell" AS DATE) AS "#12"
            FROM (
              SELECT
                NULLIF("#14", '') AS "subscription_id#cell",
                NULLIF("#15", '') AS "customer_id#cell",
                NULLIF("#17", '') AS "product#cell",
                NULLIF("#20", '') AS "status#cell",
                "#18" AS "status#unread",
                NULLIF("#22", '') AS "trial#cell",
                NULLIF("#26", '') AS "commitment_months#cell",
                NULLIF("#30", '') AS "seats#cell",
                NULLIF("#44", '') AS "unit_price#cell",
                NULLIF("#47", '') AS "term_end#cell",
                NULLIF("#50", '') AS "cancellable_until#cell",
                CAST(NULL AS TEXT) AS "#flaw",
                CAST(NULL AS TEXT) AS "#column",
                CAST(NULL AS TEXT) AS "#found",
                0 AS "#delimiters"
              FROM the_step14
            ) AS cells
          ) AS step0
        ) AS step1
      ) AS step2
    ) AS typed
  ) AS judged
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

CREATE OR REPLACE TABLE merged AS
SELECT
  "export0"."#key" AS "#key",
  "export0"."#source" AS "#source0",
  "export0"."subscription_id" AS "subscription_id",
  "export0"."customer_id" AS "customer_id",
  "export0"."product" AS "product",
  "export0"."status" AS "status",
  "export0"."trial" AS "trial",
  "export0"."commitment_months" AS "commitment_months",
  "export0"."seats" AS "seats",
  "export0"."unit_price" AS "unit_price",
  "export0"."unit_price.currency" AS "unit_price.currency",
  "export0"."term_end" AS "term_end",
  "export0"."cancellable_until" AS "cancellable_until"
FROM export0
WHERE
  "export0"."#source" >= 0;

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
    "subscription_id#cell",
    "customer_id#cell"
  FROM (
    SELECT
      *,
      CASE
        WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'missing-id'
        WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'bad-code'
        WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
        THEN 'bad-code'
        WHEN NOT "product#text" IS NULL AND "product" IS NULL
        THEN 'bad-code'
        WHEN NOT "status#text" IS NULL AND "status" IS NULL
        THEN 'bad-choice'
        WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
        THEN 'bad-flag'
        WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
        THEN 'bad-number'
        WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
        THEN 'bad-number'
        WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
        THEN 'bad-money'
        WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
        THEN 'bad-date'
        WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
        THEN 'bad-instant'
      END AS "#code",
      CASE
        WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'subscription_id'
        WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'subscription_id'
        WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
        THEN 'customer_id'
        WHEN NOT "product#text" IS NULL AND "product" IS NULL
        THEN 'product'
        WHEN NOT "status#text" IS NULL AND "status" IS NULL
        THEN 'status'
        WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
        THEN 'trial'
        WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
        THEN 'commitment_months'
        WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
        THEN 'seats'
        WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
        THEN 'unit_price'
        WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
        THEN 'term_end'
        WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
        THEN 'cancellable_until'
      END AS "#at"
    FROM (
      SELECT
        *,
        "subscription_id#cell" AS "subscription_id#text",
        "subscription_id#cell" AS "subscription_id",
        "customer_id#cell" AS "customer_id#text",
        "customer_id#cell" AS "customer_id",
        "product#cell" AS "product#text",
        "product#cell" AS "product",
        "status#cell" AS "status#text",
        CASE
          WHEN NOT "status#unread"
          THEN CASE
            WHEN LOWER(REPLACE("status#cell", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
            THEN LOWER(REPLACE("status#cell", 'İ', 'i̇'))
          END
        END AS "status",
        "#1" AS "trial#text",
        COALESCE(
          "#0",
          CASE
            WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('yes', 'true', '1')
            THEN TRUE
            WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('no', 'false', '0')
            THEN FALSE
          END
        ) AS "trial",
        "#4" AS "commitment_months#text",
        COALESCE(
          "#3",
          CASE
            WHEN REGEXP_FULL_MATCH("#4", '-?\d{1,10}')
            AND TRY_CAST("#4" AS BIGINT) BETWEEN 0 AND 1200
            THEN TRY_CAST("#4" AS BIGINT)
          END
        ) AS "commitment_months",
        "#7" AS "seats#text",
        COALESCE(
          "#6",
          CASE
            WHEN REGEXP_FULL_MATCH("#7", '-?\d{1,10}')
            AND TRY_CAST("#7" AS BIGINT) BETWEEN 0 AND 1000000000
            THEN TRY_CAST("#7" AS BIGINT)
          END
        ) AS "seats",
        "#11" AS "unit_price#text",
        COALESCE(
          "#10",
          CASE
            WHEN REGEXP_FULL_MATCH(
              "#11",
              '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
            )
            THEN TRY_CAST(SPLIT_PART("#11", ' ', 1) AS DECIMAL(18, 4))
          END
        ) AS "unit_price",
        CASE WHEN CONTAINS("#11", ' ') THEN RIGHT("#11", 3) END AS "unit_price.currency",
        "#14" AS "term_end#text",
        COALESCE(
          "#13",
          CASE
            WHEN REGEXP_FULL_MATCH("#14", '\d{4}-\d{2}-\d{2}')
            AND (
              "#14" BETWEEN '1900-01-01' AND '2999-12-31'
              OR "#14" BETWEEN '9999-01-01' AND '9999-12-31'
            )
            THEN TRY_CAST("#14" AS DATE)
          END
        ) AS "term_end",
        "cancellable_until#cell" AS "cancellable_until#text",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "cancellable_until#cell",
            '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
          )
          AND CASE
            WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
            THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
            ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
              TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
                RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
              ) AS BIGINT)
            )
          END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
          THEN CASE
            WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
            THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
            ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
              TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
                RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
              ) AS BIGINT)
            )
          END
        END AS "cancellable_until"
      FROM (
        SELECT
          *,
          CASE
            WHEN NOT "commitment_months#cell" IS NULL AND "#3" IS NULL
            THEN "commitment_months#cell"
          END AS "#4",
          CASE WHEN NOT "seats#cell" IS NULL AND "#6" IS NULL THEN "seats#cell" END AS "#7",
          CASE
            WHEN NOT "unit_price#cell" IS NULL AND "#10" IS NULL
            THEN "unit_price#cell"
          END AS "#11",
          CASE WHEN NOT "term_end#cell" IS NULL AND "#13" IS NULL THEN "term_end#cell" END AS "#14"
        FROM (
          SELECT
            *,
            CASE WHEN NOT "trial#cell" IS NULL AND "#0" IS NULL THEN "trial#cell" END AS "#1",
            CASE
              WHEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END BETWEEN CAST(0 AS BIGINT) AND CAST(1200 AS BIGINT)
              THEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END
            END AS "#3",
            CASE
              WHEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
              THEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END
            END AS "#6",
            COALESCE(
              CAST(CASE WHEN CAST("#9" AS TEXT) = "unit_price#cell" THEN "#9" END AS DECIMAL(18, 4)),
              CAST(CASE
                WHEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END BETWEEN CAST(-99999999999999 AS BIGINT) AND CAST(99999999999999 AS BIGINT)
                THEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END
              END AS DECIMAL(18, 4))
            ) AS "#10",
            CASE
              WHEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2999-12-31' AS DATE)
              THEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END
            END AS "#13"
          FROM (
            SELECT
              *,
              CASE
                WHEN "trial#cell" IN ('yes', 'true', '1')
                THEN TRUE
                WHEN "trial#cell" IN ('no', 'false', '0')
                THEN FALSE
              END AS "#0",
              TRY_CAST("commitment_months#cell" AS BIGINT) AS "#2",
              TRY_CAST("seats#cell" AS BIGINT) AS "#5",
              TRY_CAST("unit_price#cell" AS BIGINT) AS "#8",
              TRY_CAST("unit_price#cell" AS DECIMAL(16, 2)) AS "#9",
              TRY_CAST("term_end#cell" AS DATE) AS "#12"
            FROM (
              SELECT
                NULLIF("#14", '') AS "subscription_id#cell",
                NULLIF("#15", '') AS "customer_id#cell",
                NULLIF("#17", '') AS "product#cell",
                NULLIF("#20", '') AS "status#cell",
                "#18" AS "status#unread",
                NULLIF("#22", '') AS "trial#cell",
                NULLIF("#26", '') AS "commitment_months#cell",
                NULLIF("#30", '') AS "seats#cell",
                NULLIF("#44", '') AS "unit_price#cell",
                NULLIF("#47", '') AS "term_end#cell",
                NULLIF("#50", '') AS "cancellable_until#cell",
                CAST(NULL AS TEXT) AS "#flaw",
                CAST(NULL AS TEXT) AS "#column",
                CAST(NULL AS TEXT) AS "#found",
                0 AS "#delimiters"
              FROM the_step14
            ) AS cells
          ) AS step0
        ) AS step1
      ) AS step2
    ) AS typed
  ) AS judged
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

SELECT
  "merged"."subscription_id",
  "merged"."customer_id",
  "merged"."product",
  "merged"."status",
  "merged"."trial",
  "merged"."commitment_months",
  "merged"."seats",
  "merged"."unit_price",
  "merged"."unit_price.currency",
  "merged"."term_end",
  "merged"."cancellable_until",
  "merged"."#source0"
FROM merged;

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
        WHEN "#at" = 'status'
        THEN "status#text"
        WHEN "#at" = 'trial'
        THEN "trial#text"
        WHEN "#at" = 'commitment_months'
        THEN "commitment_months#text"
        WHEN "#at" = 'seats'
        THEN "seats#text"
        WHEN "#at" = 'unit_price'
        THEN "unit_price#text"
        WHEN "#at" = 'term_end'
        THEN "term_end#text"
        WHEN "#at" = 'cancellable_until'
        THEN "cancellable_until#text"
      END,
      ''
    ),
    200
  )
FROM (
  SELECT
    *,
    CASE
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'missing-id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'bad-code'
      WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
      THEN 'bad-code'
      WHEN NOT "product#text" IS NULL AND "product" IS NULL
      THEN 'bad-code'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'bad-choice'
      WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
      THEN 'bad-flag'
      WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
      THEN 'bad-number'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'bad-number'
      WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
      THEN 'bad-money'
      WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
      THEN 'bad-date'
      WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
      THEN 'bad-instant'
    END AS "#code",
    CASE
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
      THEN 'customer_id'
      WHEN NOT "product#text" IS NULL AND "product" IS NULL
      THEN 'product'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'status'
      WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
      THEN 'trial'
      WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
      THEN 'commitment_months'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'seats'
      WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
      THEN 'unit_price'
      WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
      THEN 'term_end'
      WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
      THEN 'cancellable_until'
    END AS "#at"
  FROM (
    SELECT
      *,
      "subscription_id#cell" AS "subscription_id#text",
      "subscription_id#cell" AS "subscription_id",
      "customer_id#cell" AS "customer_id#text",
      "customer_id#cell" AS "customer_id",
      "product#cell" AS "product#text",
      "product#cell" AS "product",
      "status#cell" AS "status#text",
      CASE
        WHEN NOT "status#unread"
        THEN CASE
          WHEN LOWER(REPLACE("status#cell", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
          THEN LOWER(REPLACE("status#cell", 'İ', 'i̇'))
        END
      END AS "status",
      "#1" AS "trial#text",
      COALESCE(
        "#0",
        CASE
          WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('yes', 'true', '1')
          THEN TRUE
          WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('no', 'false', '0')
          THEN FALSE
        END
      ) AS "trial",
      "#4" AS "commitment_months#text",
      COALESCE(
        "#3",
        CASE
          WHEN REGEXP_FULL_MATCH("#4", '-?\d{1,10}')
          AND TRY_CAST("#4" AS BIGINT) BETWEEN 0 AND 1200
          THEN TRY_CAST("#4" AS BIGINT)
        END
      ) AS "commitment_months",
      "#7" AS "seats#text",
      COALESCE(
        "#6",
        CASE
          WHEN REGEXP_FULL_MATCH("#7", '-?\d{1,10}')
          AND TRY_CAST("#7" AS BIGINT) BETWEEN 0 AND 1000000000
          THEN TRY_CAST("#7" AS BIGINT)
        END
      ) AS "seats",
      "#11" AS "unit_price#text",
      COALESCE(
        "#10",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "#11",
            '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
          )
          THEN TRY_CAST(SPLIT_PART("#11", ' ', 1) AS DECIMAL(18, 4))
        END
      ) AS "unit_price",
      CASE WHEN CONTAINS("#11", ' ') THEN RIGHT("#11", 3) END AS "unit_price.currency",
      "#14" AS "term_end#text",
      COALESCE(
        "#13",
        CASE
          WHEN REGEXP_FULL_MATCH("#14", '\d{4}-\d{2}-\d{2}')
          AND (
            "#14" BETWEEN '1900-01-01' AND '2999-12-31'
            OR "#14" BETWEEN '9999-01-01' AND '9999-12-31'
          )
          THEN TRY_CAST("#14" AS DATE)
        END
      ) AS "term_end",
      "cancellable_until#cell" AS "cancellable_until#text",
      CASE
        WHEN REGEXP_FULL_MATCH(
          "cancellable_until#cell",
          '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
        )
        AND CASE
          WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
          THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
          ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
            TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
              LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
              RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
            ) AS BIGINT)
          )
        END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
        THEN CASE
          WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
          THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
          ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
            TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
              LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
              RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
            ) AS BIGINT)
          )
        END
      END AS "cancellable_until"
    FROM (
      SELECT
        *,
        CASE
          WHEN NOT "commitment_months#cell" IS NULL AND "#3" IS NULL
          THEN "commitment_months#cell"
        END AS "#4",
        CASE WHEN NOT "seats#cell" IS NULL AND "#6" IS NULL THEN "seats#cell" END AS "#7",
        CASE
          WHEN NOT "unit_price#cell" IS NULL AND "#10" IS NULL
          THEN "unit_price#cell"
        END AS "#11",
        CASE WHEN NOT "term_end#cell" IS NULL AND "#13" IS NULL THEN "term_end#cell" END AS "#14"
      FROM (
        SELECT
          *,
          CASE WHEN NOT "trial#cell" IS NULL AND "#0" IS NULL THEN "trial#cell" END AS "#1",
          CASE
            WHEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END BETWEEN CAST(0 AS BIGINT) AND CAST(1200 AS BIGINT)
            THEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END
          END AS "#3",
          CASE
            WHEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
            THEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END
          END AS "#6",
          COALESCE(
            CAST(CASE WHEN CAST("#9" AS TEXT) = "unit_price#cell" THEN "#9" END AS DECIMAL(18, 4)),
            CAST(CASE
              WHEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END BETWEEN CAST(-99999999999999 AS BIGINT) AND CAST(99999999999999 AS BIGINT)
              THEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END
            END AS DECIMAL(18, 4))
          ) AS "#10",
          CASE
            WHEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2999-12-31' AS DATE)
            THEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END
          END AS "#13"
        FROM (
          SELECT
            *,
            CASE
              WHEN "trial#cell" IN ('yes', 'true', '1')
              THEN TRUE
              WHEN "trial#cell" IN ('no', 'false', '0')
              THEN FALSE
            END AS "#0",
            TRY_CAST("commitment_months#cell" AS BIGINT) AS "#2",
            TRY_CAST("seats#cell" AS BIGINT) AS "#5",
            TRY_CAST("unit_price#cell" AS BIGINT) AS "#8",
            TRY_CAST("unit_price#cell" AS DECIMAL(16, 2)) AS "#9",
            TRY_CAST("term_end#cell" AS DATE) AS "#12"
          FROM (
            SELECT
              NULLIF("#14", '') AS "subscription_id#cell",
              NULLIF("#15", '') AS "customer_id#cell",
              NULLIF("#17", '') AS "product#cell",
              NULLIF("#20", '') AS "status#cell",
              "#18" AS "status#unread",
              NULLIF("#22", '') AS "trial#cell",
              NULLIF("#26", '') AS "commitment_months#cell",
              NULLIF("#30", '') AS "seats#cell",
              NULLIF("#44", '') AS "unit_price#cell",
              NULLIF("#47", '') AS "term_end#cell",
              NULLIF("#50", '') AS "cancellable_until#cell",
              CAST(NULL AS TEXT) AS "#flaw",
              CAST(NULL AS TEXT) AS "#column",
              CAST(NULL AS TEXT) AS "#found",
              0 AS "#delimiters",
              ROW_NUMBER() OVER () AS "#row"
            FROM the_step14
          ) AS cells
        ) AS step0
      ) AS step1
    ) AS step2
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
        "customer_id",
        "product",
        "status",
        "trial",
        "commitment_months",
        "seats",
        "unit_price",
        "unit_price.currency",
        "term_end",
        "cancellable_until"
      FROM (
        SELECT
          *,
          CASE
            WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'missing-id'
            WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'bad-code'
            WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
            THEN 'bad-code'
            WHEN NOT "product#text" IS NULL AND "product" IS NULL
            THEN 'bad-code'
            WHEN NOT "status#text" IS NULL AND "status" IS NULL
            THEN 'bad-choice'
            WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
            THEN 'bad-flag'
            WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
            THEN 'bad-number'
            WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
            THEN 'bad-number'
            WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
            THEN 'bad-money'
            WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
            THEN 'bad-date'
            WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
            THEN 'bad-instant'
          END AS "#code",
          CASE
            WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'subscription_id'
            WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'subscription_id'
            WHEN NOT "customer_id#text" IS NULL AND "customer_id" IS NULL
            THEN 'customer_id'
            WHEN NOT "product#text" IS NULL AND "product" IS NULL
            THEN 'product'
            WHEN NOT "status#text" IS NULL AND "status" IS NULL
            THEN 'status'
            WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
            THEN 'trial'
            WHEN NOT "commitment_months#text" IS NULL AND "commitment_months" IS NULL
            THEN 'commitment_months'
            WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
            THEN 'seats'
            WHEN NOT "unit_price#text" IS NULL AND "unit_price" IS NULL
            THEN 'unit_price'
            WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
            THEN 'term_end'
            WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
            THEN 'cancellable_until'
          END AS "#at"
        FROM (
          SELECT
            *,
            "subscription_id#cell" AS "subscription_id#text",
            "subscription_id#cell" AS "subscription_id",
            "customer_id#cell" AS "customer_id#text",
            "customer_id#cell" AS "customer_id",
            "product#cell" AS "product#text",
            "product#cell" AS "product",
            "status#cell" AS "status#text",
            CASE
              WHEN NOT "status#unread"
              THEN CASE
                WHEN LOWER(REPLACE("status#cell", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
                THEN LOWER(REPLACE("status#cell", 'İ', 'i̇'))
              END
            END AS "status",
            "#1" AS "trial#text",
            COALESCE(
              "#0",
              CASE
                WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('yes', 'true', '1')
                THEN TRUE
                WHEN LOWER(REPLACE("#1", 'İ', 'i̇')) IN ('no', 'false', '0')
                THEN FALSE
              END
            ) AS "trial",
            "#4" AS "commitment_months#text",
            COALESCE(
              "#3",
              CASE
                WHEN REGEXP_FULL_MATCH("#4", '-?\d{1,10}')
                AND TRY_CAST("#4" AS BIGINT) BETWEEN 0 AND 1200
                THEN TRY_CAST("#4" AS BIGINT)
              END
            ) AS "commitment_months",
            "#7" AS "seats#text",
            COALESCE(
              "#6",
              CASE
                WHEN REGEXP_FULL_MATCH("#7", '-?\d{1,10}')
                AND TRY_CAST("#7" AS BIGINT) BETWEEN 0 AND 1000000000
                THEN TRY_CAST("#7" AS BIGINT)
              END
            ) AS "seats",
            "#11" AS "unit_price#text",
            COALESCE(
              "#10",
              CASE
                WHEN REGEXP_FULL_MATCH(
                  "#11",
                  '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
                )
                THEN TRY_CAST(SPLIT_PART("#11", ' ', 1) AS DECIMAL(18, 4))
              END
            ) AS "unit_price",
            CASE WHEN CONTAINS("#11", ' ') THEN RIGHT("#11", 3) END AS "unit_price.currency",
            "#14" AS "term_end#text",
            COALESCE(
              "#13",
              CASE
                WHEN REGEXP_FULL_MATCH("#14", '\d{4}-\d{2}-\d{2}')
                AND (
                  "#14" BETWEEN '1900-01-01' AND '2999-12-31'
                  OR "#14" BETWEEN '9999-01-01' AND '9999-12-31'
                )
                THEN TRY_CAST("#14" AS DATE)
              END
            ) AS "term_end",
            "cancellable_until#cell" AS "cancellable_until#text",
            CASE
              WHEN REGEXP_FULL_MATCH(
                "cancellable_until#cell",
                '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
              )
              AND CASE
                WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
                THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
                ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
                  TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                    LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
                    RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
                  ) AS BIGINT)
                )
              END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
              THEN CASE
                WHEN RIGHT("cancellable_until#cell", 1) = 'Z'
                THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
                ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#cell", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
                  TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                    LEFT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 1),
                    RIGHT(REGEXP_EXTRACT("cancellable_until#cell", '[+-]\d\d:?\d\d$'), 2)
                  ) AS BIGINT)
                )
              END
            END AS "cancellable_until"
          FROM (
            SELECT
              *,
              CASE
                WHEN NOT "commitment_months#cell" IS NULL AND "#3" IS NULL
                THEN "commitment_months#cell"
              END AS "#4",
              CASE WHEN NOT "seats#cell" IS NULL AND "#6" IS NULL THEN "seats#cell" END AS "#7",
              CASE
                WHEN NOT "unit_price#cell" IS NULL AND "#10" IS NULL
                THEN "unit_price#cell"
              END AS "#11",
              CASE WHEN NOT "term_end#cell" IS NULL AND "#13" IS NULL THEN "term_end#cell" END AS "#14"
            FROM (
              SELECT
                *,
                CASE WHEN NOT "trial#cell" IS NULL AND "#0" IS NULL THEN "trial#cell" END AS "#1",
                CASE
                  WHEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END BETWEEN CAST(0 AS BIGINT) AND CAST(1200 AS BIGINT)
                  THEN CASE WHEN CAST("#2" AS TEXT) = "commitment_months#cell" THEN "#2" END
                END AS "#3",
                CASE
                  WHEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
                  THEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END
                END AS "#6",
                COALESCE(
                  CAST(CASE WHEN CAST("#9" AS TEXT) = "unit_price#cell" THEN "#9" END AS DECIMAL(18, 4)),
                  CAST(CASE
                    WHEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END BETWEEN CAST(-99999999999999 AS BIGINT) AND CAST(99999999999999 AS BIGINT)
                    THEN CASE WHEN CAST("#8" AS TEXT) = "unit_price#cell" THEN "#8" END
                  END AS DECIMAL(18, 4))
                ) AS "#10",
                CASE
                  WHEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2999-12-31' AS DATE)
                  THEN CASE WHEN CAST("#12" AS TEXT) = "term_end#cell" THEN "#12" END
                END AS "#13"
              FROM (
                SELECT
                  *,
                  CASE
                    WHEN "trial#cell" IN ('yes', 'true', '1')
                    THEN TRUE
                    WHEN "trial#cell" IN ('no', 'false', '0')
                    THEN FALSE
                  END AS "#0",
                  TRY_CAST("commitment_months#cell" AS BIGINT) AS "#2",
                  TRY_CAST("seats#cell" AS BIGINT) AS "#5",
                  TRY_CAST("unit_price#cell" AS BIGINT) AS "#8",
                  TRY_CAST("unit_price#cell" AS DECIMAL(16, 2)) AS "#9",
                  TRY_CAST("term_end#cell" AS DATE) AS "#12"
                FROM (
                  SELECT
                    NULLIF("#14", '') AS "subscription_id#cell",
                    NULLIF("#15", '') AS "customer_id#cell",
                    NULLIF("#17", '') AS "product#cell",
                    NULLIF("#20", '') AS "status#cell",
                    "#18" AS "status#unread",
                    NULLIF("#22", '') AS "trial#cell",
                    NULLIF("#26", '') AS "commitment_months#cell",
                    NULLIF("#30", '') AS "seats#cell",
                    NULLIF("#44", '') AS "unit_price#cell",
                    NULLIF("#47", '') AS "term_end#cell",
                    NULLIF("#50", '') AS "cancellable_until#cell",
                    CAST(NULL AS TEXT) AS "#flaw",
                    CAST(NULL AS TEXT) AS "#column",
                    CAST(NULL AS TEXT) AS "#found",
                    0 AS "#delimiters"
                  FROM the_step14
                ) AS cells
              ) AS step0
            ) AS step1
          ) AS step2
        ) AS typed
      ) AS judged
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
        "subscription_id#cell"
      FROM the_judged
      WHERE
        NOT "#code" IS NULL
    ) AS bad(subscription_id)
    WHERE
      NOT subscription_id IS NULL
  );
