-- A cancel as one call, which is one round trip: no HTTP, no authentication, no validation, no idempotency.
CREATE OR REPLACE FUNCTION cancel_one(oid bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE st text;
BEGIN
  SELECT status INTO st FROM orders WHERE id = oid FOR UPDATE;
  IF st IS NULL OR st = 'cancelled' THEN RETURN 'no'; END IF;
  UPDATE orders SET status = 'cancelled', version = version + 1, cancelled_at = now(), cancel_reason = 'customer request'
   WHERE id = oid;
  UPDATE order_line SET cancelled_qty = qty WHERE order_id = oid;
  WITH l AS (SELECT sku, sum(qty) AS q FROM order_line WHERE order_id = oid GROUP BY sku),
       k AS MATERIALIZED (SELECT s.sku FROM stock s WHERE s.sku IN (SELECT sku FROM l) ORDER BY s.sku FOR UPDATE)
  UPDATE stock s SET allocated = s.allocated - l.q FROM l, k WHERE s.sku = l.sku AND k.sku = l.sku;
  INSERT INTO order_history (order_id, kind, actor, data) VALUES (oid, 'cancelled', 'bench', '{"reason":"customer request"}');
  INSERT INTO outbox (topic, key, payload)
  VALUES ('order.cancelled', oid::text, jsonb_build_object('order', oid, 'reason', 'customer request'));
  RETURN 'ok';
END $$;
