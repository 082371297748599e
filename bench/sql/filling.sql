-- Orders in a few statements (bench/filling.py). One order's body is the pattern for all; the two SKUs in it are replaced.
-- The arithmetic is that of bench/seeding.py, and a test compares the rows with those that the store itself writes.

-- name: sqlite_orders
INSERT INTO orders
WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :orders),
chosen AS (SELECT n, n * 7919 % 200 AS first FROM counted)
SELECT :tenant, :dialect, 'o' || n, :version, :sequence, :kind, :status, :placed_at, :updated_at,
       CAST(replace(replace(:body, :first_mark, 'SKU-' || first),
                    :second_mark, 'SKU-' || ((first + 1 + n * 104729 % 198) % 200)) AS BLOB),
       :facts
  FROM chosen;

-- name: sqlite_stock
INSERT INTO stock
WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :orders),
chosen AS (SELECT n, n * 7919 % 200 AS first FROM counted),
held AS (
  SELECT first AS sku, :first_milli AS milli FROM chosen
  UNION ALL SELECT (first + 1 + n * 104729 % 198) % 200, :second_milli FROM chosen
)
SELECT :tenant, :dialect, 'SKU-' || sku, sum(milli) FROM held GROUP BY sku;

-- name: postgres_orders
INSERT INTO orders
SELECT :tenant::text, :dialect::text, 'o' || n, :version::bigint, :sequence::bigint, :kind::text, :status::text,
       :placed_at::bigint, :updated_at::bigint,
       convert_to(replace(replace(:body::text, :first_mark::text, 'SKU-' || first),
                          :second_mark::text, 'SKU-' || ((first + 1 + n * 104729 % 198) % 200)), 'UTF8'),
       :facts::bytea
  FROM generate_series(0, :orders::bigint - 1) AS n, LATERAL (SELECT n * 7919 % 200 AS first) AS chosen;

-- name: postgres_stock
INSERT INTO stock
WITH chosen AS (SELECT n, n * 7919 % 200 AS first FROM generate_series(0, :orders::bigint - 1) AS n),
held AS (
  SELECT first AS sku, :first_milli::bigint AS milli FROM chosen
  UNION ALL SELECT (first + 1 + n * 104729 % 198) % 200, :second_milli::bigint FROM chosen
)
SELECT :tenant::text, :dialect::text, 'SKU-' || sku, sum(milli) FROM held GROUP BY sku;

-- name: postgres_indexes
-- What every row has to be entered into: taken away before, and built again afterwards, it is three times as fast.
SELECT indexname AS name, indexdef AS made_by FROM pg_indexes
 WHERE schemaname = 'public' AND tablename = 'orders' AND indexname <> 'orders_pkey';
