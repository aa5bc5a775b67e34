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
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
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
      WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
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
      "#0" AS "subscription_id#text",
      "#0" AS "subscription_id",
      "#2" AS "status#text",
      COALESCE(
        "#1",
        CASE
          WHEN LOWER(REPLACE("#2", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
          THEN LOWER(REPLACE("#2", 'İ', 'i̇'))
        END
      ) AS "status",
      "#4" AS "trial#text",
      COALESCE(
        "#3",
        CASE
          WHEN LOWER(REPLACE("#4", 'İ', 'i̇')) IN ('yes', 'true', '1')
          THEN TRUE
          WHEN LOWER(REPLACE("#4", 'İ', 'i̇')) IN ('no', 'false', '0')
          THEN FALSE
        END
      ) AS "trial",
      "#7" AS "seats#text",
      COALESCE(
        "#6",
        CASE
          WHEN REGEXP_FULL_MATCH("#7", '-?\d{1,10}')
          AND TRY_CAST("#7" AS BIGINT) BETWEEN 0 AND 1000000000
          THEN TRY_CAST("#7" AS BIGINT)
        END
      ) AS "seats",
      "#8" AS "own_list#text",
      CASE
        WHEN REGEXP_FULL_MATCH("#8", '-?\d{1,10}([{spaces}]+-?\d{1,10})*')
        AND LIST_MIN(
          TRY_CAST(REGEXP_SPLIT_TO_ARRAY("#8", '[{spaces}]+') AS BIGINT[])
        ) >= -40000
        AND LIST_MAX(
          TRY_CAST(REGEXP_SPLIT_TO_ARRAY("#8", '[{spaces}]+') AS BIGINT[])
        ) <= 40000
        THEN TRY_CAST(REGEXP_SPLIT_TO_ARRAY("#8", '[{spaces}]+') AS BIGINT[])
      END AS "own_list",
      "#12" AS "debt#text",
      COALESCE(
        "#11",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "#12",
            '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
          )
          THEN TRY_CAST(SPLIT_PART("#12", ' ', 1) AS DECIMAL(18, 4))
        END
      ) AS "debt",
      CASE WHEN CONTAINS("#12", ' ') THEN RIGHT("#12", 3) END AS "debt.currency",
      "#15" AS "term_end#text",
      COALESCE(
        "#14",
        CASE
          WHEN REGEXP_FULL_MATCH("#15", '\d{4}-\d{2}-\d{2}')
          AND (
            "#15" BETWEEN '1900-01-01' AND '2999-12-31'
            OR "#15" BETWEEN '9999-01-01' AND '9999-12-31'
          )
          THEN TRY_CAST("#15" AS DATE)
        END
      ) AS "term_end",
      "#16" AS "cancellable_until#text",
      CASE
        WHEN REGEXP_FULL_MATCH(
          "#16",
          '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
        )
        AND CASE
          WHEN RIGHT("#16", 1) = 'Z'
          THEN TRY_CAST(REGEXP_REPLACE("#16", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
          ELSE TRY_CAST(REGEXP_REPLACE("#16", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
            TRY_CAST(LEFT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
              LEFT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 1),
              RIGHT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 2)
            ) AS BIGINT)
          )
        END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
        THEN CASE
          WHEN RIGHT("#16", 1) = 'Z'
          THEN TRY_CAST(REGEXP_REPLACE("#16", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
          ELSE TRY_CAST(REGEXP_REPLACE("#16", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
            TRY_CAST(LEFT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
              LEFT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 1),
              RIGHT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 2)
            ) AS BIGINT)
          )
        END
      END AS "cancellable_until",
      "#18" AS "market#text",
      COALESCE(
        "#17",
        CASE
          WHEN STRLEN("#18") = LENGTH("#18") AND REGEXP_FULL_MATCH(UPPER("#18"), '[A-Z]{2}')
          THEN UPPER("#18")
        END
      ) AS "market"
    FROM (
      SELECT
        *,
        CASE
          WHEN NOT "seats#cell" IS NULL AND "#6" IS NULL
          THEN CASE
            WHEN "seats#cell" BETWEEN '!' AND '~'
            AND SUBSTRING("seats#cell", -1) BETWEEN '!' AND '~'
            THEN "seats#cell"
            ELSE NULLIF(TRIM("seats#cell", '{spaces}'), '')
          END
        END AS "#7",
        CASE
          WHEN NOT "debt#cell" IS NULL AND "#11" IS NULL
          THEN CASE
            WHEN "debt#cell" BETWEEN '!' AND '~'
            AND SUBSTRING("debt#cell", -1) BETWEEN '!' AND '~'
            THEN "debt#cell"
            ELSE NULLIF(TRIM("debt#cell", '{spaces}'), '')
          END
        END AS "#12",
        CASE
          WHEN NOT "term_end#cell" IS NULL AND "#14" IS NULL
          THEN CASE
            WHEN "term_end#cell" BETWEEN '!' AND '~'
            AND SUBSTRING("term_end#cell", -1) BETWEEN '!' AND '~'
            THEN "term_end#cell"
            ELSE NULLIF(TRIM("term_end#cell", '{spaces}'), '')
          END
        END AS "#15"
      FROM (
        SELECT
          *,
          CASE
            WHEN NOT "status#cell" IS NULL AND "#1" IS NULL
            THEN CASE
              WHEN "status#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("status#cell", -1) BETWEEN '!' AND '~'
              THEN "status#cell"
              ELSE NULLIF(TRIM("status#cell", '{spaces}'), '')
            END
          END AS "#2",
          CASE
            WHEN NOT "trial#cell" IS NULL AND "#3" IS NULL
            THEN CASE
              WHEN "trial#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("trial#cell", -1) BETWEEN '!' AND '~'
              THEN "trial#cell"
              ELSE NULLIF(TRIM("trial#cell", '{spaces}'), '')
            END
          END AS "#4",
          CASE
            WHEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
            THEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END
          END AS "#6",
          COALESCE(
            CAST(CASE WHEN CAST("#10" AS TEXT) = "debt#cell" THEN "#10" END AS DECIMAL(18, 4)),
            CAST(CASE
              WHEN CASE WHEN CAST("#9" AS TEXT) = "debt#cell" THEN "#9" END BETWEEN CAST(-99999999999999 AS BIGINT) AND CAST(99999999999999 AS BIGINT)
              THEN CASE WHEN CAST("#9" AS TEXT) = "debt#cell" THEN "#9" END
            END AS DECIMAL(18, 4))
          ) AS "#11",
          CASE
            WHEN CASE WHEN CAST("#13" AS TEXT) = "term_end#cell" THEN "#13" END BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2999-12-31' AS DATE)
            THEN CASE WHEN CAST("#13" AS TEXT) = "term_end#cell" THEN "#13" END
          END AS "#14",
          CASE
            WHEN NOT "market#cell" IS NULL AND "#17" IS NULL
            THEN CASE
              WHEN "market#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("market#cell", -1) BETWEEN '!' AND '~'
              THEN "market#cell"
              ELSE NULLIF(TRIM("market#cell", '{spaces}'), '')
            END
          END AS "#18"
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
              WHEN "status#cell" IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
              THEN "status#cell"
            END AS "#1",
            CASE
              WHEN "trial#cell" IN ('yes', 'true', '1')
              THEN TRUE
              WHEN "trial#cell" IN ('no', 'false', '0')
              THEN FALSE
            END AS "#3",
            TRY_CAST("seats#cell" AS BIGINT) AS "#5",
            CASE
              WHEN "own_list#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("own_list#cell", -1) BETWEEN '!' AND '~'
              THEN "own_list#cell"
              ELSE NULLIF(TRIM("own_list#cell", '{spaces}'), '')
            END AS "#8",
            TRY_CAST("debt#cell" AS BIGINT) AS "#9",
            TRY_CAST("debt#cell" AS DECIMAL(16, 2)) AS "#10",
            TRY_CAST("term_end#cell" AS DATE) AS "#13",
            CASE
              WHEN "cancellable_until#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("cancellable_until#cell", -1) BETWEEN '!' AND '~'
              THEN "cancellable_until#cell"
              ELSE NULLIF(TRIM("cancellable_until#cell", '{spaces}'), '')
            END AS "#16",
            CASE WHEN REGEXP_FULL_MATCH("market#cell", '[A-Z]{2}') THEN "market#cell" END AS "#17"
          FROM (
            SELECT
              "0" AS "subscription_id#cell",
              "1" AS "status#cell",
              "2" AS "trial#cell",
              "3" AS "seats#cell",
              "4" AS "own_list#cell",
              "5" AS "debt#cell",
              "6" AS "term_end#cell",
              "7" AS "cancellable_until#cell",
              "8" AS "market#cell",
              CAST(NULL AS TEXT) AS "#flaw",
              CAST(NULL AS TEXT) AS "#column",
              CAST(NULL AS TEXT) AS "#found",
              0 AS "#delimiters"
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
FROM the_typed
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
        WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
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
        WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
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
        "#0" AS "subscription_id#text",
        "#0" AS "subscription_id",
        "#2" AS "status#text",
        COALESCE(
          "#1",
          CASE
            WHEN LOWER(REPLACE("#2", 'İ', 'i̇')) IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
            THEN LOWER(REPLACE("#2", 'İ', 'i̇'))
          END
        ) AS "status",
        "#4" AS "trial#text",
        COALESCE(
          "#3",
          CASE
            WHEN LOWER(REPLACE("#4", 'İ', 'i̇')) IN ('yes', 'true', '1')
            THEN TRUE
            WHEN LOWER(REPLACE("#4", 'İ', 'i̇')) IN ('no', 'false', '0')
            THEN FALSE
          END
        ) AS "trial",
        "#7" AS "seats#text",
        COALESCE(
          "#6",
          CASE
            WHEN REGEXP_FULL_MATCH("#7", '-?\d{1,10}')
            AND TRY_CAST("#7" AS BIGINT) BETWEEN 0 AND 1000000000
            THEN TRY_CAST("#7" AS BIGINT)
          END
        ) AS "seats",
        "#8" AS "own_list#text",
        CASE
          WHEN REGEXP_FULL_MATCH("#8", '-?\d{1,10}([{spaces}]+-?\d{1,10})*')
          AND LIST_MIN(
            TRY_CAST(REGEXP_SPLIT_TO_ARRAY("#8", '[{spaces}]+') AS BIGINT[])
          ) >= -40000
          AND LIST_MAX(
            TRY_CAST(REGEXP_SPLIT_TO_ARRAY("#8", '[{spaces}]+') AS BIGINT[])
          ) <= 40000
          THEN TRY_CAST(REGEXP_SPLIT_TO_ARRAY("#8", '[{spaces}]+') AS BIGINT[])
        END AS "own_list",
        "#12" AS "debt#text",
        COALESCE(
          "#11",
          CASE
            WHEN REGEXP_FULL_MATCH(
              "#12",
              '[+-]?\d{1,14}(\.\d{1,4}0*)?( [{spaces}]*[A-Z]{3})?'
            )
            THEN TRY_CAST(SPLIT_PART("#12", ' ', 1) AS DECIMAL(18, 4))
          END
        ) AS "debt",
        CASE WHEN CONTAINS("#12", ' ') THEN RIGHT("#12", 3) END AS "debt.currency",
        "#15" AS "term_end#text",
        COALESCE(
          "#14",
          CASE
            WHEN REGEXP_FULL_MATCH("#15", '\d{4}-\d{2}-\d{2}')
            AND (
              "#15" BETWEEN '1900-01-01' AND '2999-12-31'
              OR "#15" BETWEEN '9999-01-01' AND '9999-12-31'
            )
            THEN TRY_CAST("#15" AS DATE)
          END
        ) AS "term_end",
        "#16" AS "cancellable_until#text",
        CASE
          WHEN REGEXP_FULL_MATCH(
            "#16",
            '\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)'
          )
          AND CASE
            WHEN RIGHT("#16", 1) = 'Z'
            THEN TRY_CAST(REGEXP_REPLACE("#16", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
            ELSE TRY_CAST(REGEXP_REPLACE("#16", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
              TRY_CAST(LEFT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                LEFT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 1),
                RIGHT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 2)
              ) AS BIGINT)
            )
          END BETWEEN CAST('1900-01-01 00:00:00' AS TIMESTAMP) AND CAST('2999-12-31 23:59:59.999999' AS TIMESTAMP)
          THEN CASE
            WHEN RIGHT("#16", 1) = 'Z'
            THEN TRY_CAST(REGEXP_REPLACE("#16", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP)
            ELSE TRY_CAST(REGEXP_REPLACE("#16", '(Z|[+-]\d\d:?\d\d$)$', '') AS TIMESTAMP) - TO_MINUTES(
              TRY_CAST(LEFT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 3) AS BIGINT) * 60 + TRY_CAST(CONCAT(
                LEFT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 1),
                RIGHT(REGEXP_EXTRACT("#16", '[+-]\d\d:?\d\d$'), 2)
              ) AS BIGINT)
            )
          END
        END AS "cancellable_until",
        "#18" AS "market#text",
        COALESCE(
          "#17",
          CASE
            WHEN STRLEN("#18") = LENGTH("#18") AND REGEXP_FULL_MATCH(UPPER("#18"), '[A-Z]{2}')
            THEN UPPER("#18")
          END
        ) AS "market"
      FROM (
        SELECT
          *,
          CASE
            WHEN NOT "seats#cell" IS NULL AND "#6" IS NULL
            THEN CASE
              WHEN "seats#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("seats#cell", -1) BETWEEN '!' AND '~'
              THEN "seats#cell"
              ELSE NULLIF(TRIM("seats#cell", '{spaces}'), '')
            END
          END AS "#7",
          CASE
            WHEN NOT "debt#cell" IS NULL AND "#11" IS NULL
            THEN CASE
              WHEN "debt#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("debt#cell", -1) BETWEEN '!' AND '~'
              THEN "debt#cell"
              ELSE NULLIF(TRIM("debt#cell", '{spaces}'), '')
            END
          END AS "#12",
          CASE
            WHEN NOT "term_end#cell" IS NULL AND "#14" IS NULL
            THEN CASE
              WHEN "term_end#cell" BETWEEN '!' AND '~'
              AND SUBSTRING("term_end#cell", -1) BETWEEN '!' AND '~'
              THEN "term_end#cell"
              ELSE NULLIF(TRIM("term_end#cell", '{spaces}'), '')
            END
          END AS "#15"
        FROM (
          SELECT
            *,
            CASE
              WHEN NOT "status#cell" IS NULL AND "#1" IS NULL
              THEN CASE
                WHEN "status#cell" BETWEEN '!' AND '~'
                AND SUBSTRING("status#cell", -1) BETWEEN '!' AND '~'
                THEN "status#cell"
                ELSE NULLIF(TRIM("status#cell", '{spaces}'), '')
              END
            END AS "#2",
            CASE
              WHEN NOT "trial#cell" IS NULL AND "#3" IS NULL
              THEN CASE
                WHEN "trial#cell" BETWEEN '!' AND '~'
                AND SUBSTRING("trial#cell", -1) BETWEEN '!' AND '~'
                THEN "trial#cell"
                ELSE NULLIF(TRIM("trial#cell", '{spaces}'), '')
              END
            END AS "#4",
            CASE
              WHEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END BETWEEN CAST(0 AS BIGINT) AND CAST(1000000000 AS BIGINT)
              THEN CASE WHEN CAST("#5" AS TEXT) = "seats#cell" THEN "#5" END
            END AS "#6",
            COALESCE(
              CAST(CASE WHEN CAST("#10" AS TEXT) = "debt#cell" THEN "#10" END AS DECIMAL(18, 4)),
              CAST(CASE
                WHEN CASE WHEN CAST("#9" AS TEXT) = "debt#cell" THEN "#9" END BETWEEN CAST(-99999999999999 AS BIGINT) AND CAST(99999999999999 AS BIGINT)
                THEN CASE WHEN CAST("#9" AS TEXT) = "debt#cell" THEN "#9" END
              END AS DECIMAL(18, 4))
            ) AS "#11",
            CASE
              WHEN CASE WHEN CAST("#13" AS TEXT) = "term_end#cell" THEN "#13" END BETWEEN CAST('1900-01-01' AS DATE) AND CAST('2999-12-31' AS DATE)
              THEN CASE WHEN CAST("#13" AS TEXT) = "term_end#cell" THEN "#13" END
            END AS "#14",
            CASE
              WHEN NOT "market#cell" IS NULL AND "#17" IS NULL
              THEN CASE
                WHEN "market#cell" BETWEEN '!' AND '~'
                AND SUBSTRING("market#cell", -1) BETWEEN '!' AND '~'
                THEN "market#cell"
                ELSE NULLIF(TRIM("market#cell", '{spaces}'), '')
              END
            END AS "#18"
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
                WHEN "status#cell" IN ('active', 'suspended', 'expired', 'disabled', 'cancelled', 'deleted', 'pending')
                THEN "status#cell"
              END AS "#1",
              CASE
                WHEN "trial#cell" IN ('yes', 'true', '1')
                THEN TRUE
                WHEN "trial#cell" IN ('no', 'false', '0')
                THEN FALSE
              END AS "#3",
              TRY_CAST("seats#cell" AS BIGINT) AS "#5",
              CASE
                WHEN "own_list#cell" BETWEEN '!' AND '~'
                AND SUBSTRING("own_list#cell", -1) BETWEEN '!' AND '~'
                THEN "own_list#cell"
                ELSE NULLIF(TRIM("own_list#cell", '{spaces}'), '')
              END AS "#8",
              TRY_CAST("debt#cell" AS BIGINT) AS "#9",
              TRY_CAST("debt#cell" AS DECIMAL(16, 2)) AS "#10",
              TRY_CAST("term_end#cell" AS DATE) AS "#13",
              CASE
                WHEN "cancellable_until#cell" BETWEEN '!' AND '~'
                AND SUBSTRING("cancellable_until#cell", -1) BETWEEN '!' AND '~'
                THEN "cancellable_until#cell"
                ELSE NULLIF(TRIM("cancellable_until#cell", '{spaces}'), '')
              END AS "#16",
              CASE WHEN REGEXP_FULL_MATCH("market#cell", '[A-Z]{2}') THEN "market#cell" END AS "#17"
            FROM (
              SELECT
                "0" AS "subscription_id#cell",
                "1" AS "status#cell",
                "2" AS "trial#cell",
                "3" AS "seats#cell",
                "4" AS "own_list#cell",
                "5" AS "debt#cell",
                "6" AS "term_end#cell",
                "7" AS "cancellable_until#cell",
                "8" AS "market#cell",
                CAST(NULL AS TEXT) AS "#flaw",
                CAST(NULL AS TEXT) AS "#column",
                CAST(NULL AS TEXT) AS "#found",
                0 AS "#delimiters",
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
          ) AS step0
        ) AS step1
      ) AS step2
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
      COALESCE(
        "subscription_id#text",
        CASE WHEN NOT "subscription_id" IS NULL THEN "subscription_id#cell" END
      ),
      COALESCE("market#text", CASE WHEN NOT "market" IS NULL THEN "market#cell" END)
    FROM (
      SELECT
        *,
        CASE
          WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
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
          WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
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
            WHEN "subscription_id#text" IS NULL AND "subscription_id" IS NULL
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
