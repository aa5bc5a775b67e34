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
  "status",
  "trial",
  "seats",
  "own_list",
  "debt",
  "debt.currency",
  "term_end",
  "cancellable_until",
  "market"
FROM (
  SELECT
    *,
    CASE
      WHEN "subscription_id#text" IS NULL
      THEN 'missing-id'
      WHEN CONTAINS("subscription_id#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'bad-code'
      WHEN CONTAINS("status#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'bad-choice'
      WHEN CONTAINS("trial#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
      THEN 'bad-flag'
      WHEN CONTAINS("seats#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'bad-number'
      WHEN CONTAINS("own_list#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "own_list#text" IS NULL AND "own_list" IS NULL
      THEN 'bad-number'
      WHEN CONTAINS("debt#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
      THEN 'bad-money'
      WHEN CONTAINS("term_end#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
      THEN 'bad-date'
      WHEN CONTAINS("cancellable_until#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
      THEN 'bad-instant'
      WHEN CONTAINS("market#text", '�')
      THEN 'bad-encoding'
      WHEN NOT "market#text" IS NULL AND "market" IS NULL
      THEN 'bad-code'
    END AS "#code",
    CASE
      WHEN "subscription_id#text" IS NULL
      THEN 'subscription_id'
      WHEN CONTAINS("subscription_id#text", '�')
      THEN 'subscription_id'
      WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
      THEN 'subscription_id'
      WHEN CONTAINS("status#text", '�')
      THEN 'status'
      WHEN NOT "status#text" IS NULL AND "status" IS NULL
      THEN 'status'
      WHEN CONTAINS("trial#text", '�')
      THEN 'trial'
      WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
      THEN 'trial'
      WHEN CONTAINS("seats#text", '�')
      THEN 'seats'
      WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
      THEN 'seats'
      WHEN CONTAINS("own_list#text", '�')
      THEN 'own_list'
      WHEN NOT "own_list#text" IS NULL AND "own_list" IS NULL
      THEN 'own_list'
      WHEN CONTAINS("debt#text", '�')
      THEN 'debt'
      WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
      THEN 'debt'
      WHEN CONTAINS("term_end#text", '�')
      THEN 'term_end'
      WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
      THEN 'term_end'
      WHEN CONTAINS("cancellable_until#text", '�')
      THEN 'cancellable_until'
      WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
      THEN 'cancellable_until'
      WHEN CONTAINS("market#text", '�')
      THEN 'market'
      WHEN NOT "market#text" IS NULL AND "market" IS NULL
      THEN 'market'
    END AS "#at"
  FROM (
    SELECT
      *,
      "subscription_id#text" AS "subscription_id",
      CASE
        WHEN LOWER(REPLACE("status#text", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
        THEN LOWER(REPLACE("status#text", 'İ', 'i̇'))
      END AS "status",
      CASE
        WHEN LOWER(REPLACE("trial#text", 'İ', 'i̇')) IN ('yes', 'true', '1')
        THEN TRUE
        WHEN LOWER(REPLACE("trial#text", 'İ', 'i̇')) IN ('no', 'false', '0')
        THEN FALSE
      END AS "trial",
      CASE
        WHEN REGEXP_FULL_MATCH("seats#text", '-?\d{1,10}')
        AND TRY_CAST("seats#text" AS BIGINT) BETWEEN 0 AND 1000000000
        THEN TRY_CAST("seats#text" AS BIGINT)
      END AS "seats",
      CASE
        WHEN REGEXP_FULL_MATCH(
          "own_list#text",
          '-?\d{1,10}([{spaces}]+-?\d{1,10})*'
        )
        AND LIST_MIN(
          TRY_CAST(REGEXP_SPLIT_TO_ARRAY("own_list#text", '[{spaces}]+') AS BIGINT[])
        ) >= -40000
        AND LIST_MAX(
          TRY_CAST(REGEXP_SPLIT_TO_ARRAY("own_list#text", '[{spaces}]+') AS BIGINT[])
        ) <= 40000
        THEN TRY_CAST(REGEXP_SPLIT_TO_ARRAY("own_list#text", '[{spaces}]+') AS BIGINT[])
      END AS "own_list",
      CASE
        WHEN REGEXP_FULL_MATCH(
          "debt#text",
          '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
        )
        THEN TRY_CAST(SPLIT_PART("debt#text", ' ', 1) AS DECIMAL(18, 4))
      END AS "debt",
      CASE WHEN CONTAINS("debt#text", ' ') THEN RIGHT("debt#text", 3) END AS "debt.currency",
      CASE
        WHEN REGEXP_FULL_MATCH("term_end#text", '\d{4}-\d{2}-\d{2}')
        AND (
          "term_end#text" BETWEEN '1900-01-01' AND '2999-12-31'
          OR "term_end#text" BETWEEN '9999-01-01' AND '9999-12-31'
        )
        THEN TRY_CAST("term_end#text" AS DATE)
      END AS "term_end",
      CASE
        WHEN REGEXP_FULL_MATCH(
          "cancellable_until#text",
          '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
        )
        AND CASE
          WHEN RIGHT("cancellable_until#text", 1) = 'Z'
          THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#text", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
          ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#text", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
            TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
              LEFT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 1),
              RIGHT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 2)
            ) AS BIGINT)
          )
        END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
        THEN CASE
          WHEN RIGHT("cancellable_until#text", 1) = 'Z'
          THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#text", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
          ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#text", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
            TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
              LEFT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 1),
              RIGHT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 2)
            ) AS BIGINT)
          )
        END
      END AS "cancellable_until",
      CASE
        WHEN STRLEN("market#text") = LENGTH("market#text")
        AND REGEXP_FULL_MATCH(UPPER("market#text"), '[A-Z]{2}')
        THEN UPPER("market#text")
      END AS "market"
    FROM (
      SELECT
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("0", '(?s)[!-~](.*[!-~])?')
            THEN "0"
            ELSE TRIM("0", '{spaces}')
          END,
          ''
        ) AS "subscription_id#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("1", '(?s)[!-~](.*[!-~])?')
            THEN "1"
            ELSE TRIM("1", '{spaces}')
          END,
          ''
        ) AS "status#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("2", '(?s)[!-~](.*[!-~])?')
            THEN "2"
            ELSE TRIM("2", '{spaces}')
          END,
          ''
        ) AS "trial#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("3", '(?s)[!-~](.*[!-~])?')
            THEN "3"
            ELSE TRIM("3", '{spaces}')
          END,
          ''
        ) AS "seats#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("4", '(?s)[!-~](.*[!-~])?')
            THEN "4"
            ELSE TRIM("4", '{spaces}')
          END,
          ''
        ) AS "own_list#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("5", '(?s)[!-~](.*[!-~])?')
            THEN "5"
            ELSE TRIM("5", '{spaces}')
          END,
          ''
        ) AS "debt#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("6", '(?s)[!-~](.*[!-~])?')
            THEN "6"
            ELSE TRIM("6", '{spaces}')
          END,
          ''
        ) AS "term_end#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("7", '(?s)[!-~](.*[!-~])?')
            THEN "7"
            ELSE TRIM("7", '{spaces}')
          END,
          ''
        ) AS "cancellable_until#text",
        NULLIF(
          CASE
            WHEN REGEXP_FULL_MATCH("8", '(?s)[!-~](.*[!-~])?')
            THEN "8"
            ELSE TRIM("8", '{spaces}')
          END,
          ''
        ) AS "market#text",
        CAST(NULL AS TEXT) AS "#flaw",
        CAST(NULL AS TEXT) AS "#column",
        CAST(NULL AS TEXT) AS "#found",
        STRLEN(CONCAT("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")) - STRLEN(REPLACE(CONCAT("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), ',', '')) AS "#delimiters"
      FROM READ_CSV(
        '…/0.plain',
        auto_detect = FALSE,
        header = TRUE,
        delim = ',',
        quote = '"',
        escape = '"',
        strict_mode = TRUE,
        "columns" = {'0': 'VARCHAR', '1': 'VARCHAR', '2': 'VARCHAR', '3': 'VARCHAR', '4': 'VARCHAR', '5': 'VARCHAR', '6': 'VARCHAR', '7': 'VARCHAR', '8': 'VARCHAR', '9': 'VARCHAR'}
      )
    ) AS cells
  ) AS typed
) AS judged;

SELECT
  *
  EXCLUDE (file_row_number),
  "file_row_number" AS "#number"
FROM READ_PARQUET('…/judged0_0-0.parquet', file_row_number = TRUE);

INSERT INTO suspects
SELECT
  CASE
    WHEN STRLEN("subscription_id#text") IN (36, 38)
    AND REGEXP_FULL_MATCH(
      "subscription_id#text",
      '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
    )
    THEN LOWER("subscription_id#text")
    ELSE "subscription_id#text"
  END AS "subscription_id"
FROM the_cells
WHERE
  HASH(
    CASE
      WHEN STRLEN("subscription_id#text") IN (36, 38)
      AND REGEXP_FULL_MATCH(
        "subscription_id#text",
        '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
      )
      THEN LOWER("subscription_id#text")
      ELSE "subscription_id#text"
    END
  ) IN (
    SELECT
      "#id"
    FROM twice
  );

SELECT
  COUNT(*)
FROM (
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
          WHEN "#at" = 'status'
          THEN "status#text"
          WHEN "#at" = 'trial'
          THEN "trial#text"
          WHEN "#at" = 'seats'
          THEN "seats#text"
          WHEN "#at" = 'own_list'
          THEN "own_list#text"
          WHEN "#at" = 'debt'
          THEN "debt#text"
          WHEN "#at" = 'term_end'
          THEN "term_end#text"
          WHEN "#at" = 'cancellable_until'
          THEN "cancellable_until#text"
          WHEN "#at" = 'market'
          THEN "market#text"
        END,
        ''
      ),
      200
    )
  FROM (
    SELECT
      *,
      CASE
        WHEN "subscription_id#text" IS NULL
        THEN 'missing-id'
        WHEN CASE
          WHEN STRLEN("subscription_id#text") IN (36, 38)
          AND REGEXP_FULL_MATCH(
            "subscription_id#text",
            '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
          )
          THEN LOWER("subscription_id#text")
          ELSE "subscription_id#text"
        END IN (
          SELECT
            "subscription_id"
          FROM duplicates0
        )
        THEN 'duplicate-id'
        WHEN CONTAINS("subscription_id#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'bad-code'
        WHEN CONTAINS("status#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "status#text" IS NULL AND "status" IS NULL
        THEN 'bad-choice'
        WHEN CONTAINS("trial#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
        THEN 'bad-flag'
        WHEN CONTAINS("seats#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
        THEN 'bad-number'
        WHEN CONTAINS("own_list#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "own_list#text" IS NULL AND "own_list" IS NULL
        THEN 'bad-number'
        WHEN CONTAINS("debt#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
        THEN 'bad-money'
        WHEN CONTAINS("term_end#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
        THEN 'bad-date'
        WHEN CONTAINS("cancellable_until#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
        THEN 'bad-instant'
        WHEN CONTAINS("market#text", '�')
        THEN 'bad-encoding'
        WHEN NOT "market#text" IS NULL AND "market" IS NULL
        THEN 'bad-code'
      END AS "#code",
      CASE
        WHEN "subscription_id#text" IS NULL
        THEN 'subscription_id'
        WHEN CASE
          WHEN STRLEN("subscription_id#text") IN (36, 38)
          AND REGEXP_FULL_MATCH(
            "subscription_id#text",
            '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
          )
          THEN LOWER("subscription_id#text")
          ELSE "subscription_id#text"
        END IN (
          SELECT
            "subscription_id"
          FROM duplicates0
        )
        THEN 'subscription_id'
        WHEN CONTAINS("subscription_id#text", '�')
        THEN 'subscription_id'
        WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
        THEN 'subscription_id'
        WHEN CONTAINS("status#text", '�')
        THEN 'status'
        WHEN NOT "status#text" IS NULL AND "status" IS NULL
        THEN 'status'
        WHEN CONTAINS("trial#text", '�')
        THEN 'trial'
        WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
        THEN 'trial'
        WHEN CONTAINS("seats#text", '�')
        THEN 'seats'
        WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
        THEN 'seats'
        WHEN CONTAINS("own_list#text", '�')
        THEN 'own_list'
        WHEN NOT "own_list#text" IS NULL AND "own_list" IS NULL
        THEN 'own_list'
        WHEN CONTAINS("debt#text", '�')
        THEN 'debt'
        WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
        THEN 'debt'
        WHEN CONTAINS("term_end#text", '�')
        THEN 'term_end'
        WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
        THEN 'term_end'
        WHEN CONTAINS("cancellable_until#text", '�')
        THEN 'cancellable_until'
        WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
        THEN 'cancellable_until'
        WHEN CONTAINS("market#text", '�')
        THEN 'market'
        WHEN NOT "market#text" IS NULL AND "market" IS NULL
        THEN 'market'
      END AS "#at"
    FROM (
      SELECT
        *,
        "subscription_id#text" AS "subscription_id",
        CASE
          WHEN LOWER(REPLACE("status#text", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
          THEN LOWER(REPLACE("status#text", 'İ', 'i̇'))
        END AS "status",
        CASE
          WHEN LOWER(REPLACE("trial#text", 'İ', 'i̇')) IN ('yes', 'true', '1')
          THEN TRUE
          WHEN LOWER(REPLACE("trial#text", 'İ', 'i̇')) IN ('no', 'false', '0')
          THEN FALSE
        END AS "trial",
        CASE
          WHEN REGEXP_FULL_MATCH("seats#text", '-?\d{1,10}')
          AND TRY_CAST("seats#text" AS BIGINT) BETWEEN 0 AND 1000000000
          THEN TRY_CAST("seats#text" AS BIGINT)
        END AS "seats",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "own_list#text",
            '-?\d{1,10}([{spaces}]+-?\d{1,10})*'
          )
          AND LIST_MIN(
            TRY_CAST(REGEXP_SPLIT_TO_ARRAY("own_list#text", '[{spaces}]+') AS BIGINT[])
          ) >= -40000
          AND LIST_MAX(
            TRY_CAST(REGEXP_SPLIT_TO_ARRAY("own_list#text", '[{spaces}]+') AS BIGINT[])
          ) <= 40000
          THEN TRY_CAST(REGEXP_SPLIT_TO_ARRAY("own_list#text", '[{spaces}]+') AS BIGINT[])
        END AS "own_list",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "debt#text",
            '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
          )
          THEN TRY_CAST(SPLIT_PART("debt#text", ' ', 1) AS DECIMAL(18, 4))
        END AS "debt",
        CASE WHEN CONTAINS("debt#text", ' ') THEN RIGHT("debt#text", 3) END AS "debt.currency",
        CASE
          WHEN REGEXP_FULL_MATCH("term_end#text", '\d{4}-\d{2}-\d{2}')
          AND (
            "term_end#text" BETWEEN '1900-01-01' AND '2999-12-31'
            OR "term_end#text" BETWEEN '9999-01-01' AND '9999-12-31'
          )
          THEN TRY_CAST("term_end#text" AS DATE)
        END AS "term_end",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "cancellable_until#text",
            '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
          )
          AND CASE
            WHEN RIGHT("cancellable_until#text", 1) = 'Z'
            THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#text", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
            ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#text", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
              TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                LEFT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 1),
                RIGHT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 2)
              ) AS BIGINT)
            )
          END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
          THEN CASE
            WHEN RIGHT("cancellable_until#text", 1) = 'Z'
            THEN TRY_CAST(REGEXP_REPLACE("cancellable_until#text", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
            ELSE TRY_CAST(REGEXP_REPLACE("cancellable_until#text", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
              TRY_CAST(LEFT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                LEFT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 1),
                RIGHT(REGEXP_EXTRACT("cancellable_until#text", '[+-]\d\d:?\d\d$'), 2)
              ) AS BIGINT)
            )
          END
        END AS "cancellable_until",
        CASE
          WHEN STRLEN("market#text") = LENGTH("market#text")
          AND REGEXP_FULL_MATCH(UPPER("market#text"), '[A-Z]{2}')
          THEN UPPER("market#text")
        END AS "market"
      FROM (
        SELECT
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("0", '(?s)[!-~](.*[!-~])?')
              THEN "0"
              ELSE TRIM("0", '{spaces}')
            END,
            ''
          ) AS "subscription_id#text",
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("1", '(?s)[!-~](.*[!-~])?')
              THEN "1"
              ELSE TRIM("1", '{spaces}')
            END,
            ''
          ) AS "status#text",
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("2", '(?s)[!-~](.*[!-~])?')
              THEN "2"
              ELSE TRIM("2", '{spaces}')
            END,
            ''
          ) AS "trial#text",
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("3", '(?s)[!-~](.*[!-~])?')
              THEN "3"
              ELSE TRIM("3", '{spaces}')
            END,
            ''
          ) AS "seats#text",
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("4", '(?s)[!-~](.*[!-~])?')
              THEN "4"
              ELSE TRIM("4", '{spaces}')
            END,
            ''
          ) AS "own_list#text",
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("5", '(?s)[!-~](.*[!-~])?')
              THEN "5"
              ELSE TRIM("5", '{spaces}')
            END,
            ''
          ) AS "debt#text",
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("6", '(?s)[!-~](.*[!-~])?')
              THEN "6"
              ELSE TRIM("6", '{spaces}')
            END,
            ''
          ) AS "term_end#text",
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("7", '(?s)[!-~](.*[!-~])?')
              THEN "7"
              ELSE TRIM("7", '{spaces}')
            END,
            ''
          ) AS "cancellable_until#text",
          NULLIF(
            CASE
              WHEN REGEXP_FULL_MATCH("8", '(?s)[!-~](.*[!-~])?')
              THEN "8"
              ELSE TRIM("8", '{spaces}')
            END,
            ''
          ) AS "market#text",
          CAST(NULL AS TEXT) AS "#flaw",
          CAST(NULL AS TEXT) AS "#column",
          CAST(NULL AS TEXT) AS "#found",
          STRLEN(CONCAT("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")) - STRLEN(REPLACE(CONCAT("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), ',', '')) AS "#delimiters",
          ROW_NUMBER() OVER () AS "#row"
        FROM READ_CSV(
          '…/0.plain',
          auto_detect = FALSE,
          header = TRUE,
          delim = ',',
          quote = '"',
          escape = '"',
          strict_mode = TRUE,
          "columns" = {'0': 'VARCHAR', '1': 'VARCHAR', '2': 'VARCHAR', '3': 'VARCHAR', '4': 'VARCHAR', '5': 'VARCHAR', '6': 'VARCHAR', '7': 'VARCHAR', '8': 'VARCHAR', '9': 'VARCHAR'}
        )
      ) AS cells
    ) AS typed
  ) AS judged
  WHERE
    NOT "#code" IS NULL
) AS bad;

SELECT
  "subscription_id",
  "status",
  "trial",
  "seats",
  "own_list",
  "debt",
  "debt.currency",
  "term_end",
  "cancellable_until",
  "market"
FROM judged0_0 AS kept
WHERE
  NOT "#is_bad"
  AND NOT COALESCE(
    CASE
      WHEN STRLEN("subscription_id") IN (36, 38)
      AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
      THEN LOWER("subscription_id")
      ELSE "subscription_id"
    END IN (
      SELECT
        "subscription_id"
      FROM duplicates0
    ),
    FALSE
  );

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
        WHEN "#at" = 'status'
        THEN "status#text"
        WHEN "#at" = 'trial'
        THEN "trial#text"
        WHEN "#at" = 'seats'
        THEN "seats#text"
        WHEN "#at" = 'own_list'
        THEN "own_list#text"
        WHEN "#at" = 'debt'
        THEN "debt#text"
        WHEN "#at" = 'term_end'
        THEN "term_end#text"
        WHEN "#at" = 'cancellable_until'
        THEN "cancellable_until#text"
        WHEN "#at" = 'market'
        THEN "market#text"
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
    "subscription_id",
    "status",
    "trial",
    "seats",
    "own_list",
    "debt",
    "debt.currency",
    "term_end",
    "cancellable_until",
    "market"
  FROM judged0_0 AS kept
  WHERE
    NOT "#is_bad"
    AND NOT COALESCE(
      CASE
        WHEN STRLEN("subscription_id") IN (36, 38)
        AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
        THEN LOWER("subscription_id")
        ELSE "subscription_id"
      END IN (
        SELECT
          "subscription_id"
        FROM duplicates0
      ),
      FALSE
    )
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
      "subscription_id#text",
      "market#text"
    FROM (
      SELECT
        *,
        CASE
          WHEN "subscription_id#text" IS NULL
          THEN 'missing-id'
          WHEN CASE
            WHEN STRLEN("subscription_id#text") IN (36, 38)
            AND REGEXP_FULL_MATCH(
              "subscription_id#text",
              '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
            )
            THEN LOWER("subscription_id#text")
            ELSE "subscription_id#text"
          END IN (
            SELECT
              "subscription_id"
            FROM duplicates0
          )
          THEN 'duplicate-id'
          WHEN CONTAINS("subscription_id#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
          THEN 'bad-code'
          WHEN CONTAINS("status#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "status#text" IS NULL AND "status" IS NULL
          THEN 'bad-choice'
          WHEN CONTAINS("trial#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
          THEN 'bad-flag'
          WHEN CONTAINS("seats#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
          THEN 'bad-number'
          WHEN CONTAINS("own_list#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "own_list#text" IS NULL AND "own_list" IS NULL
          THEN 'bad-number'
          WHEN CONTAINS("debt#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
          THEN 'bad-money'
          WHEN CONTAINS("term_end#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
          THEN 'bad-date'
          WHEN CONTAINS("cancellable_until#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
          THEN 'bad-instant'
          WHEN CONTAINS("market#text", '�')
          THEN 'bad-encoding'
          WHEN NOT "market#text" IS NULL AND "market" IS NULL
          THEN 'bad-code'
        END AS "#code",
        CASE
          WHEN "subscription_id#text" IS NULL
          THEN 'subscription_id'
          WHEN CASE
            WHEN STRLEN("subscription_id#text") IN (36, 38)
            AND REGEXP_FULL_MATCH(
              "subscription_id#text",
              '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
            )
            THEN LOWER("subscription_id#text")
            ELSE "subscription_id#text"
          END IN (
            SELECT
              "subscription_id"
            FROM duplicates0
          )
          THEN 'subscription_id'
          WHEN CONTAINS("subscription_id#text", '�')
          THEN 'subscription_id'
          WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
          THEN 'subscription_id'
          WHEN CONTAINS("status#text", '�')
          THEN 'status'
          WHEN NOT "status#text" IS NULL AND "status" IS NULL
          THEN 'status'
          WHEN CONTAINS("trial#text", '�')
          THEN 'trial'
          WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
          THEN 'trial'
          WHEN CONTAINS("seats#text", '�')
          THEN 'seats'
          WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
          THEN 'seats'
          WHEN CONTAINS("own_list#text", '�')
          THEN 'own_list'
          WHEN NOT "own_list#text" IS NULL AND "own_list" IS NULL
          THEN 'own_list'
          WHEN CONTAINS("debt#text", '�')
          THEN 'debt'
          WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
          THEN 'debt'
          WHEN CONTAINS("term_end#text", '�')
          THEN 'term_end'
          WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
          THEN 'term_end'
          WHEN CONTAINS("cancellable_until#text", '�')
          THEN 'cancellable_until'
          WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
          THEN 'cancellable_until'
          WHEN CONTAINS("market#text", '�')
          THEN 'market'
          WHEN NOT "market#text" IS NULL AND "market" IS NULL
          THEN 'market'
        END AS "#at"
      FROM the_typed
    ) AS judged
    WHERE
      NOT "#code" IS NULL
  ) AS bad(subscription_id, market)
  WHERE
    REGEXP_FULL_MATCH(UPPER(market), '[A-Z]{2}')
) AS rows
WHERE
  NOT market IS NULL
GROUP BY
  market;

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
        "status",
        "trial",
        "seats",
        "own_list",
        "debt",
        "debt.currency",
        "term_end",
        "cancellable_until",
        "market"
      FROM judged0_0 AS kept
      WHERE
        NOT "#is_bad"
        AND NOT COALESCE(
          CASE
            WHEN STRLEN("subscription_id") IN (36, 38)
            AND REGEXP_FULL_MATCH("subscription_id", '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?')
            THEN LOWER("subscription_id")
            ELSE "subscription_id"
          END IN (
            SELECT
              "subscription_id"
            FROM duplicates0
          ),
          FALSE
        )
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
            WHEN CASE
              WHEN STRLEN("subscription_id#text") IN (36, 38)
              AND REGEXP_FULL_MATCH(
                "subscription_id#text",
                '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
              )
              THEN LOWER("subscription_id#text")
              ELSE "subscription_id#text"
            END IN (
              SELECT
                "subscription_id"
              FROM duplicates0
            )
            THEN 'duplicate-id'
            WHEN CONTAINS("subscription_id#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'bad-code'
            WHEN CONTAINS("status#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "status#text" IS NULL AND "status" IS NULL
            THEN 'bad-choice'
            WHEN CONTAINS("trial#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
            THEN 'bad-flag'
            WHEN CONTAINS("seats#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
            THEN 'bad-number'
            WHEN CONTAINS("own_list#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "own_list#text" IS NULL AND "own_list" IS NULL
            THEN 'bad-number'
            WHEN CONTAINS("debt#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
            THEN 'bad-money'
            WHEN CONTAINS("term_end#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
            THEN 'bad-date'
            WHEN CONTAINS("cancellable_until#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
            THEN 'bad-instant'
            WHEN CONTAINS("market#text", '�')
            THEN 'bad-encoding'
            WHEN NOT "market#text" IS NULL AND "market" IS NULL
            THEN 'bad-code'
          END AS "#code",
          CASE
            WHEN "subscription_id#text" IS NULL
            THEN 'subscription_id'
            WHEN CASE
              WHEN STRLEN("subscription_id#text") IN (36, 38)
              AND REGEXP_FULL_MATCH(
                "subscription_id#text",
                '[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?'
              )
              THEN LOWER("subscription_id#text")
              ELSE "subscription_id#text"
            END IN (
              SELECT
                "subscription_id"
              FROM duplicates0
            )
            THEN 'subscription_id'
            WHEN CONTAINS("subscription_id#text", '�')
            THEN 'subscription_id'
            WHEN NOT "subscription_id#text" IS NULL AND "subscription_id" IS NULL
            THEN 'subscription_id'
            WHEN CONTAINS("status#text", '�')
            THEN 'status'
            WHEN NOT "status#text" IS NULL AND "status" IS NULL
            THEN 'status'
            WHEN CONTAINS("trial#text", '�')
            THEN 'trial'
            WHEN NOT "trial#text" IS NULL AND "trial" IS NULL
            THEN 'trial'
            WHEN CONTAINS("seats#text", '�')
            THEN 'seats'
            WHEN NOT "seats#text" IS NULL AND "seats" IS NULL
            THEN 'seats'
            WHEN CONTAINS("own_list#text", '�')
            THEN 'own_list'
            WHEN NOT "own_list#text" IS NULL AND "own_list" IS NULL
            THEN 'own_list'
            WHEN CONTAINS("debt#text", '�')
            THEN 'debt'
            WHEN NOT "debt#text" IS NULL AND "debt" IS NULL
            THEN 'debt'
            WHEN CONTAINS("term_end#text", '�')
            THEN 'term_end'
            WHEN NOT "term_end#text" IS NULL AND "term_end" IS NULL
            THEN 'term_end'
            WHEN CONTAINS("cancellable_until#text", '�')
            THEN 'cancellable_until'
            WHEN NOT "cancellable_until#text" IS NULL AND "cancellable_until" IS NULL
            THEN 'cancellable_until'
            WHEN CONTAINS("market#text", '�')
            THEN 'market'
            WHEN NOT "market#text" IS NULL AND "market" IS NULL
            THEN 'market'
          END AS "#at"
        FROM the_typed
      ) AS judged
      WHERE
        NOT "#code" IS NULL
    ) AS bad(subscription_id)
    WHERE
      NOT subscription_id IS NULL
  );
