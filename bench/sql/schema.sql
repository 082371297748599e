-- The least that a cancel can touch: an order, its lines, the stock of 200 SKUs, a history and an outbox. :n orders of two lines.
\set ON_ERROR_STOP on
DROP TABLE IF EXISTS orders, order_line, stock, order_history, outbox CASCADE;
CREATE TABLE orders (
  id bigint PRIMARY KEY, status text NOT NULL, version int NOT NULL DEFAULT 1, customer text, total_cents bigint,
  placed_at timestamptz DEFAULT now(), cancelled_at timestamptz, cancel_reason text);
CREATE TABLE order_line (
  id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, sku int NOT NULL, qty int NOT NULL,
  cancelled_qty int NOT NULL DEFAULT 0);
CREATE INDEX ON order_line (order_id);
CREATE TABLE stock (sku int PRIMARY KEY, on_hand bigint NOT NULL, allocated bigint NOT NULL CHECK (allocated >= 0));
CREATE TABLE order_history (
  id bigserial PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, at timestamptz NOT NULL DEFAULT now(),
  kind text NOT NULL, actor text, data jsonb);
CREATE INDEX ON order_history (order_id);
CREATE TABLE outbox (
  id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), topic text NOT NULL, key text NOT NULL,
  payload jsonb NOT NULL);
INSERT INTO stock SELECT g, 100000000, 0 FROM generate_series(0, 199) g;
INSERT INTO orders (id, status, customer, total_cents) SELECT g, 'paid', 'c' || g, 1000 FROM generate_series(1, :n) g;
INSERT INTO order_line (id, order_id, sku, qty) SELECT g * 2, g, (g::bigint * 7919) % 200, 2 FROM generate_series(1, :n) g;
INSERT INTO order_line (id, order_id, sku, qty)
  SELECT g * 2 + 1, g, ((g::bigint * 7919) % 200 + 1 + (g::bigint * 104729) % 198) % 200, 1 FROM generate_series(1, :n) g;
INSERT INTO order_history (order_id, kind, data) SELECT g, 'placed', '{}' FROM generate_series(1, :n) g;
UPDATE stock s SET allocated = q FROM (SELECT sku, sum(qty) q FROM order_line GROUP BY 1) l WHERE l.sku = s.sku;
VACUUM ANALYZE;
