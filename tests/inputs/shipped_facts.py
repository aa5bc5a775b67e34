"""What the fixtures in `fixtures/exports/` come to, as the documents about each kind of file say.

A table has a column for each fact that its file tells, and a row for each subscription. Of ids only
the number stands here; `?` is unknown, `-` known to be absent. Judged on 2026-11-23T06:00Z.
"""

# ruff: noqa: E501  tables are read along their rows

PARTNER_CENTER_COLUMNS = """
subscription_id|customer_id|market|program|product|product_name|status|seats|seats_removable|cancellable_until|purchased_on|term_start|term_end|commitment_months|billing_cycle|auto_renew|trial|at_term_end
"""

PAGES = f"""{PARTNER_CENTER_COLUMNS.strip()}
1 |1|NO|nce   |CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|active   |25|? |-|2025-03-01|2026-03-01|2027-02-28|12|monthly|yes|no|-
2 |1|NO|nce   |CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|active   |10|10|2026-11-27T09:15:30.123456Z|2026-11-20|2026-11-20|2027-11-19|12|monthly|yes|no|-
25|1|? |?     |?                |nickname                      |?        |? |? |-|2015-11-25|2025-11-24|2026-12-12|? |?      |no |no|-
17|3|NO|legacy|0ffe0002-0000-4000-8000-000000000002|Dynamics 365 Sales Enterprise|suspended|20|?|-|2026-02-03|2026-02-03|2027-02-10|?|monthly|yes|no|-
22|3|NO|azure |DZH318Z0XP01:0001|Azure plan                    |active   |? |? |-|2026-01-05|2026-01-05|-         |? |monthly|no |no|-
6 |4|DE|nce   |CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|active   |30|? |-|2024-01-10|2024-01-10|2027-01-09|36|annual |no |no|-
7 |4|DE|nce   |CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|suspended|18|? |-|2026-02-01|2026-02-01|2027-01-31|12|monthly|no |no|-
26|4|DE|nce   |CFQ7TTC0XA03:000P|Dynamics 365 Sales Enterprise |active   |14|? |-|2025-01-09|2026-01-09|2027-01-08|12|monthly|yes|no|-
8 |5|DE|nce   |CFQ7TTC0XA02:0001|Exchange Online (Plan 1)      |expired  |9 |? |-|2025-11-11|2025-11-11|2026-11-10|12|monthly|no |no|-
9 |5|DE|nce   |CFQ7TTC0XA05:0002|Project Plan 3                |disabled |4 |? |-|2025-10-01|2025-10-01|2026-09-30|12|monthly|no |no|-
10|5|DE|nce   |CFQ7TTC0XA04:0002|Power BI Pro                  |deleted  |3 |? |-|2025-06-01|2025-06-01|2026-05-31|12|monthly|no |no|-
11|6|DE|nce   |CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|pending  |5 |? |2026-11-30T07:20:00Z|2026-11-23|2026-11-23|2027-11-22|12|monthly|yes|no|-
23|6|DE|other |DG7GMGF0XS01:0003|SQL Server Standard - 1 year  |active   |2 |? |2026-11-14T23:59:00Z|2026-10-15|2026-10-15|2027-10-14|12|annual|yes|no|-
18|9|CN|legacy|0ffe0001-0000-4000-8000-000000000001|Office 365 Enterprise E3|suspended|15|?|-|2026-05-06|2026-05-06|2027-05-10|?|annual|yes|no|-
19|9|CN|legacy|0ffe0003-0000-4000-8000-000000000003|Exchange Online Archiving|active|8|?|-|2026-05-06|2026-05-06|2027-05-10|?|monthly|yes|no|-
"""

PAGE = f"""{PARTNER_CENTER_COLUMNS.strip()}
3|2|NO|nce|CFQ7TTC0XA02:0001|Exchange Online (Plan 1)|active|40|8|-|2026-06-10|2026-06-10|2027-06-09|12|monthly|yes|no|-
4|2|NO|nce|CFQ7TTC0XA02:0001|Exchange Online (Plan 1)|active|12|?|2026-11-08T00:14:03Z|2026-11-01|2026-11-01|2026-11-30|1|monthly|yes|no|-
5|2|NO|nce|CFQ7TTC0XA04:0002|Power BI Pro|active|6|0|-|2025-12-16|2025-12-16|2026-12-15|12|monthly|no|no|-
"""

LIST = f"""{PARTNER_CENTER_COLUMNS.strip()}
12|7 |US|nce   |CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|active|60|7|-|2025-04-16|2026-04-15|2027-04-14|12|annual|yes|no|-
13|7 |US|nce   |CFQ7TTC0XA03:000P|Dynamics 365 Sales Enterprise |active|20|?|-|2025-05-01|2025-05-01|2028-04-30|36|triennial|yes|no|-
14|8 |US|nce   |CFQ7TTC0XA01:0005|Microsoft 365 Business Premium (Trial)|active|25|?|2026-12-04T23:59:59Z|2026-11-05|2026-11-05|2026-12-04|1|none|yes|yes|-
15|8 |US|legacy|0ffe0001-0000-4000-8000-000000000001|Office 365 Enterprise E3|active|35|?|-|2026-01-12|2026-01-12|2027-02-10|?|monthly|yes|no|-
16|8 |US|azure |MS-AZR-0145P     |Microsoft Azure               |active|? |?|-|2025-05-10|2025-05-10|-|?|?|no|no|-
20|10|JP|nce   |CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|active|50|?|-|2026-07-01|2026-07-01|2027-06-30|12|monthly|yes|no|-
21|10|JP|nce   |CFQ7TTC0XA02:0001|Exchange Online (Plan 1)      |suspended|12|?|-|2026-08-20|2026-08-20|2027-08-19|12|monthly|no|no|-
24|10|JP|other |DG7GMGF0XS02:0001|Office LTSC Standard 2024     |active|3|?|-|2026-04-01|2026-04-01|-|?|none|no|no|-
27|7 |US|?     |DZH318Z0XM01:0002|Backup by a publisher of the marketplace|active|3|?|-|2026-09-01|2026-09-01|2027-08-31|12|monthly|yes|no|-
"""

ONE = f"""{PARTNER_CENTER_COLUMNS.strip()}
28|6|DE|nce|CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|active|7|?|-|2026-01-01|2026-01-01|2026-12-31|12|monthly|no|no|cancel
"""

ANALYTICS = """
subscription_id|customer_id|customer_name|market|program|product_name|status|deleted_on|seats|purchased_on|term_start|term_end|billing_cycle|auto_renew|trial|at_term_end
1 |1 |FJORDLYS REGNSKAP AS       |NO|?    |MICROSOFT 365 BUSINESS PREMIUM|active   |-         |25|2025-03-01|2026-03-01|2027-02-28|monthly  |yes|no |-
3 |2 |NORDVIK VERFT AS           |NO|?    |EXCHANGE ONLINE (PLAN 1)      |active   |-         |40|2026-06-10|2026-06-10|2027-06-09|monthly  |yes|no |-
7 |4 |MÜLLERHOF MASCHINENBAU GMBH|DE|?    |MICROSOFT 365 BUSINESS PREMIUM|suspended|-         |18|2026-02-01|2026-02-01|2027-01-31|monthly  |no |no |-
10|5 |BRÜCKNER & SÖHNE KG        |DE|?    |POWER BI PRO                  |deleted  |2026-10-01|3 |2025-06-01|2025-06-01|2026-05-31|monthly  |no |no |-
13|7 |COPPER CREEK DENTAL LLC    |US|?    |DYNAMICS 365 SALES ENTERPRISE |active   |-         |20|2025-05-01|2025-05-01|2028-04-30|triennial|yes|no |-
14|8 |HARBOR & PINE, INC.        |US|?    |MICROSOFT 365 BUSINESS PREMIUM (TRIAL)|active|-    |25|2026-11-05|2026-11-05|2026-12-04|none     |yes|yes|-
15|8 |HARBOR & PINE, INC.        |US|?    |OFFICE 365 ENTERPRISE E3      |active   |-         |35|2026-01-12|2026-01-12|2027-02-10|monthly  |yes|no |-
16|8 |HARBOR & PINE, INC.        |US|azure|MICROSOFT AZURE               |active   |-         |? |2025-05-10|2025-05-10|?         |?        |no |no |-
20|10|ASAGIRI GAKUEN             |JP|?    |MICROSOFT 365 BUSINESS PREMIUM|active   |-         |50|2026-07-01|2026-07-01|2027-06-30|monthly  |yes|no |-
"""

INSIGHTS = """
subscription_id|customer_id|customer_name|market|program|product_name|status|seats|term_end|auto_renew|at_term_end
1 |1|FJORDLYS REGNSKAP AS   |NO|?    |Microsoft 365 Business Premium|active|25|2027-02-28|yes|-
3 |2|NORDVIK VERFT AS       |NO|?    |Exchange Online (Plan 1)      |active|40|2027-06-09|yes|-
8 |5|BRÜCKNER & SÖHNE KG    |DE|?    |Exchange Online (Plan 1)      |?     |? |2026-11-10|no |-
12|7|COPPER CREEK DENTAL LLC|US|?    |Microsoft 365 Business Premium|active|60|2027-04-14|yes|-
16|8|HARBOR & PINE, INC.    |US|azure|Microsoft Azure               |active|? |-         |no |-
17|3|BAKKEBØ BAKERI         |NO|?    |Dynamics 365 Sales Enterprise |active|20|2027-02-10|yes|-
"""

RECONCILIATION_COLUMNS = """
subscription_id|customer_id|customer_name|market|product|product_name|program|seats|unit_price|billing_cycle|commitment_months|term_start|term_end|extended
"""

RECONCILIATION = f"""{RECONCILIATION_COLUMNS.strip()}
1 |1|Fjordlys Regnskap AS       |NO|CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|nce  |25|229.50 NOK|monthly|12|2026-03-01|2027-02-28|no
3 |2|Nordvik Verft AS           |NO|CFQ7TTC0XA02:0001|Exchange Online (Plan 1)      |nce  |32|41.40 NOK |monthly|12|2026-06-10|2027-06-09|no
5 |2|Nordvik Verft AS           |NO|CFQ7TTC0XA04:0002|Power BI Pro                  |nce  |6 |92.00 NOK |monthly|12|2025-12-16|2026-12-15|no
6 |4|Müllerhof Maschinenbau GmbH|DE|CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|nce  |30|18.00 EUR |annual |36|2024-01-10|2027-01-09|no
12|7|Copper Creek Dental LLC    |US|CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|nce  |60|19.80 USD |annual |12|2026-04-15|2027-04-14|no
14|8|Harbor & Pine, Inc.        |US|CFQ7TTC0XA01:0005|Microsoft 365 Business Premium (Trial)|nce|25|?|?     |1 |2026-11-05|2026-12-04|no
22|3|Bakkebø Bakeri             |NO|DZH318Z0XP01:0001|Azure plan                    |azure|? |?         |?      |? |2026-01-05|?|no
23|6|Praxis Dr. Weidenbach      |DE|DG7GMGF0XS01:0003|SQL Server Standard - 1 year  |other|? |?         |?      |? |2026-10-15|2027-10-14|no
"""

RECONCILIATION_2026 = f"""{RECONCILIATION_COLUMNS.strip()}
4 |2 |Nordvik Verft AS           |NO|CFQ7TTC0XA02:0001|Exchange Online (Plan 1)      |nce|12|?|?|1 |2026-11-01|2026-11-30|no
20|10|Asagiri Gakuen             |JP|CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|nce|50|?|?|12|2026-07-01|2027-06-30|no
21|10|Asagiri Gakuen             |JP|CFQ7TTC0XA02:0001|Exchange Online (Plan 1)      |nce|12|?|?|12|2026-08-20|2027-08-19|no
26|4 |Müllerhof Maschinenbau GmbH|DE|CFQ7TTC0XA03:000P|Dynamics 365 Sales Enterprise |nce|14|?|?|12|2026-01-09|2027-01-08|no
"""

UNBILLED = f"""{RECONCILIATION_COLUMNS.strip()}
4 |2 |Nordvik Verft AS|NO|CFQ7TTC0XA02:0001|Exchange Online (Plan 1)      |nce|12|?|?|1 |2026-11-01|2026-11-30|no
20|10|Asagiri Gakuen  |JP|CFQ7TTC0XA01:0001|Microsoft 365 Business Premium|nce|50|?|?|12|2026-07-01|2027-06-30|no
"""

LINE_ITEMS = f"""{RECONCILIATION_COLUMNS.strip()}
2 |1|Fjordlys Regnskap AS   |NO|CFQ7TTC0XA01:0001|Microsoft 365 Business Premium          |nce|10|229.50 NOK|monthly|12|2026-11-20|2027-11-19|no
13|7|Copper Creek Dental LLC|US|CFQ7TTC0XA03:000P|Dynamics 365 Sales Enterprise           |nce|20|?         |?      |36|2025-05-01|2028-04-30|no
27|7|Copper Creek Dental LLC|US|DZH318Z0XM01:0002|Backup by a publisher of the marketplace|?  |? |?         |?      |? |2026-09-01|2027-08-31|no
"""

LEGACY = """
subscription_id|customer_id|customer_name|program|product|product_name|seats|unit_price|billing_cycle|term_end
15|8|Harbor & Pine, Inc.  |legacy|0ffe0001-0000-4000-8000-000000000001|OFFICE 365 ENTERPRISE E3     |35|19.70 EUR |monthly|2027-02-10
17|3|Bakkebø Bakeri       |legacy|0ffe0002-0000-4000-8000-000000000002|DYNAMICS 365 SALES ENTERPRISE|20|890.00 EUR|monthly|2027-02-10
18|9|Jade Lake Trading Co.|legacy|0ffe0001-0000-4000-8000-000000000001|OFFICE 365 ENTERPRISE E3     |15|120.00 EUR|annual |2027-05-10
"""

LEGACY_LINES = """
subscription_id|customer_id|customer_name|program|product|product_name|seats|unit_price|billing_cycle|term_end
19|9|Jade Lake Trading Co.|legacy|0ffe0003-0000-4000-8000-000000000003|EXCHANGE ONLINE ARCHIVING|8|18.00 EUR|monthly|2027-05-10
"""

PORTAL = """
subscription_id|product_name|seats|status
3 |Exchange Online (Plan 1)|40|active
4 |Exchange Online (Plan 1)|12|active
5 |Power BI Pro            |6 |active
29|Exchange Online (Plan 1)|40|?
"""

FILES = {
    "subscriptions-pages.json.gz": PAGES,
    "subscriptions-page.json": PAGE,
    "subscriptions-list.json": LIST,
    "subscriptions-one.json": ONE,
    "analytics.json": ANALYTICS,
    "insights.csv": INSIGHTS,
    "nce-reconciliation.csv": RECONCILIATION,
    "nce-reconciliation.xlsx": RECONCILIATION,
    "nce-reconciliation-2026.csv.gz": RECONCILIATION_2026,
    "nce-line-items.json": LINE_ITEMS,
    "nce-unbilled.jsonl.gz": UNBILLED,
    "legacy-reconciliation.csv": LEGACY,
    "legacy-line-items.json": LEGACY_LINES,
    "portal-subscriptions.csv": PORTAL,
}

TOGETHER = """
subscription_id|customer_name|market|segment|currency|program|status|seats|min_seats|max_seats|unit_price
1 |Fjordlys Regnskap AS       |NO|commercial|NOK|nce   |active   |25|1 |300   |229.50 NOK
2 |Fjordlys Regnskap AS       |NO|commercial|NOK|nce   |active   |10|1 |300   |229.50 NOK
3 |Nordvik Verft AS           |NO|commercial|NOK|nce   |active   |40|1 |100000|41.40 NOK
4 |Nordvik Verft AS           |NO|commercial|NOK|nce   |active   |12|1 |100000|49.68 NOK
5 |Nordvik Verft AS           |NO|commercial|NOK|nce   |active   |6 |1 |100000|92.00 NOK
6 |Müllerhof Maschinenbau GmbH|DE|commercial|EUR|nce   |active   |30|1 |300   |18.00 EUR
7 |Müllerhof Maschinenbau GmbH|DE|commercial|EUR|nce   |suspended|18|1 |300   |19.80 EUR
8 |Brückner & Söhne KG        |DE|commercial|EUR|nce   |expired  |9 |1 |100000|3.60 EUR
9 |Brückner & Söhne KG        |DE|commercial|EUR|nce   |disabled |4 |1 |100000|27.00 EUR
10|Brückner & Söhne KG        |DE|commercial|EUR|nce   |deleted  |3 |1 |100000|9.00 EUR
11|Praxis Dr. Weidenbach      |DE|public    |EUR|nce   |pending  |5 |1 |300   |19.80 EUR
12|Copper Creek Dental LLC    |US|commercial|USD|nce   |active   |60|1 |300   |19.80 USD
13|Copper Creek Dental LLC    |US|commercial|USD|nce   |active   |20|1 |100000|85.50 USD
14|Harbor & Pine, Inc.        |US|commercial|USD|nce   |active   |25|25|25    |?
15|Harbor & Pine, Inc.        |US|commercial|USD|legacy|active   |35|? |?     |19.70 EUR
16|Harbor & Pine, Inc.        |US|commercial|USD|azure |active   |? |? |?     |?
17|Bakkebø Bakeri             |NO|commercial|NOK|legacy|suspended|20|? |?     |890.00 EUR
18|Jade Lake Trading Co.      |CN|commercial|CNY|legacy|suspended|15|? |?     |120.00 EUR
19|Jade Lake Trading Co.      |CN|commercial|CNY|legacy|active   |8 |? |?     |18.00 EUR
20|Asagiri Gakuen             |JP|education |JPY|nce   |active   |50|1 |300   |2750.00 JPY
21|Asagiri Gakuen             |JP|education |JPY|nce   |suspended|12|1 |100000|499.00 JPY
22|Bakkebø Bakeri             |NO|commercial|NOK|azure |active   |? |? |?     |?
23|Praxis Dr. Weidenbach      |DE|public    |EUR|other |active   |2 |? |?     |?
24|Asagiri Gakuen             |JP|education |JPY|other |active   |3 |? |?     |?
25|Fjordlys Regnskap AS       |NO|commercial|NOK|?     |?        |? |? |?     |?
26|Müllerhof Maschinenbau GmbH|DE|commercial|EUR|nce   |active   |14|1 |100000|85.50 EUR
27|Copper Creek Dental LLC    |US|commercial|USD|?     |active   |3 |? |?     |?
28|Praxis Dr. Weidenbach      |DE|public    |EUR|nce   |active   |7 |1 |300   |19.80 EUR
"""
"""All files at once, but for Insights and the portal: prices as charged, else of the list."""
