-- Every statement of the SQLite adapter, except the pages of lists (countermand.store.listing builds those).

-- name: order_by_key
SELECT tenant, dialect, order_id, version, sequence, kind, status, placed_at, updated_at, body, facts
  FROM orders WHERE tenant = ? AND dialect = ? AND order_id = ?;

-- name: version_of_order
SELECT version FROM orders WHERE tenant = ? AND dialect = ? AND order_id = ?;

-- name: version_of_record
SELECT version FROM records WHERE tenant = ? AND dialect = ? AND kind = ? AND record_id = ?;

-- name: alias
SELECT order_id FROM aliases WHERE tenant = ? AND dialect = ? AND name = ? AND value = ?;

-- name: record_by_key
SELECT tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body
  FROM records WHERE tenant = ? AND dialect = ? AND kind = ? AND record_id = ?;

-- name: records_of_order
SELECT tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body
  FROM records WHERE tenant = ? AND dialect = ? AND order_id = ? AND kind = ?;

-- name: records_of_kind
-- Said twice, once in the words of the partial index: only kinds that every node reads as a whole are in it.
SELECT tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body
  FROM records WHERE kind = ? AND kind IN ('policy') ORDER BY tenant, record_id;

-- name: claim
SELECT tenant, scope, key, fingerprint, status, headers, body, created_at
  FROM claims WHERE tenant = ? AND scope = ? AND key = ?;

-- name: insert_order
INSERT INTO orders (tenant, dialect, order_id, version, sequence, kind, status, placed_at, updated_at, body, facts)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: update_order
-- The version in the WHERE is the last line of defence: the caller counts the rows and refuses to commit a miss.
UPDATE orders SET version = ?, sequence = ?, status = ?, updated_at = ?, body = ?
 WHERE tenant = ? AND dialect = ? AND order_id = ? AND version = ?;

-- name: update_order_facts
-- Likewise, for the rarer change that touches the vendor's own facts or the kind.
UPDATE orders SET version = ?, sequence = ?, kind = ?, status = ?, placed_at = ?, updated_at = ?, body = ?, facts = ?
 WHERE tenant = ? AND dialect = ? AND order_id = ? AND version = ?;

-- name: put_record
INSERT INTO records (tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (tenant, dialect, kind, record_id) DO UPDATE
   SET version = excluded.version, updated_at = excluded.updated_at, facets = excluded.facets, body = excluded.body;

-- name: delete_record
DELETE FROM records WHERE tenant = ? AND dialect = ? AND kind = ? AND record_id = ?;

-- name: insert_facet
INSERT INTO facets (tenant, dialect, holder, name, value, at, id) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: delete_facet
DELETE FROM facets WHERE tenant = ? AND dialect = ? AND holder = ? AND name = ? AND value = ? AND at = ? AND id = ?;

-- name: add_tally
INSERT INTO tallies (tenant, dialect, holder, level, stretch, value, count) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (tenant, dialect, holder, level, stretch, value) DO UPDATE SET count = count + excluded.count;

-- name: put_alias
INSERT INTO aliases (tenant, dialect, name, value, order_id) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (tenant, dialect, name, value) DO UPDATE SET order_id = excluded.order_id;

-- name: delete_alias
DELETE FROM aliases WHERE tenant = ? AND dialect = ? AND name = ? AND value = ? AND order_id = ?;

-- name: insert_event
INSERT INTO events (tenant, dialect, order_id, sequence, type, at, body) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: insert_cancellation
INSERT INTO cancellations (tenant, cancellation_id, dialect, order_id, created_at, state, body)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: update_cancellation
UPDATE cancellations SET state = ?, body = ? WHERE tenant = ? AND cancellation_id = ?;

-- name: cancellation
SELECT body FROM cancellations WHERE tenant = ? AND cancellation_id = ? AND dialect = ? AND order_id = ?;

-- name: cancellations_of_order
SELECT body FROM cancellations WHERE tenant = ? AND dialect = ? AND order_id = ? ORDER BY cancellation_id;

-- name: obligations_of_order
-- Notices are owed to somebody else's listener, not for the cancellation: they are told apart by their kind.
SELECT body FROM obligations
 WHERE tenant = ? AND dialect = ? AND order_id = ? AND kind <> 'notice' ORDER BY obligation_id;

-- name: obligations_after
SELECT body FROM obligations
 WHERE tenant = ? AND dialect = ? AND order_id = ? AND obligation_id > ? AND kind <> 'notice'
 ORDER BY obligation_id LIMIT ?;

-- name: obligations_before
-- The same list, read towards its beginning.
SELECT body FROM obligations
 WHERE tenant = ? AND dialect = ? AND order_id = ? AND obligation_id < ? AND kind <> 'notice'
 ORDER BY obligation_id DESC LIMIT ?;

-- name: update_obligation
UPDATE obligations SET kind = ?, state = ?, body = ? WHERE tenant = ? AND obligation_id = ?;

-- name: insert_obligation
INSERT INTO obligations (tenant, obligation_id, dialect, order_id, kind, state, created_at, conflict, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_claim
INSERT INTO claims (tenant, scope, key, fingerprint, status, headers, body, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: add_stock
INSERT INTO stock (tenant, dialect, sku, reserved_milli) VALUES (?, ?, ?, ?)
ON CONFLICT (tenant, dialect, sku) DO UPDATE SET reserved_milli = reserved_milli + excluded.reserved_milli;

-- name: survey_cancellations
-- The columns are those that were asked for, NULL for the others. A sum of amounts need not fit into 64 bits, so it is in two parts.
SELECT /*columns*/, json_extract(document, '$.currency') AS currency, count(*), sum(json_extract(document, '$.whole')),
       sum(json_extract(document, '$.amount_minor') / 1000000000) || ' ' ||
       sum(json_extract(document, '$.amount_minor') % 1000000000),
       sum(coalesce(json_extract(document, '$.fee_minor'), 0) / 1000000000) || ' ' ||
       sum(coalesce(json_extract(document, '$.fee_minor'), 0) % 1000000000)
  FROM (SELECT dialect, order_id, created_at, CAST(body AS TEXT) AS document FROM cancellations
         WHERE tenant = :tenant AND cancellation_id >= :first_id AND cancellation_id < :last_id
           AND created_at >= :from AND created_at < :until
           AND state IN ('accepted', 'completed') AND (:dialect IS NULL OR dialect = :dialect)) AS made
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8;

-- name: survey_age
-- One of those columns.
SELECT /*class*/ FROM orders o WHERE o.tenant = :tenant AND o.dialect = made.dialect AND o.order_id = made.order_id;

-- name: survey_lateness
-- The n-th smallest of an age, with n rounded up: half of all are not later, nine tenths are not later.
SELECT stage, many, avg(age), max(CASE WHEN place = (many + 1) / 2 THEN age END),
       max(CASE WHEN place = (9 * many + 9) / 10 THEN age END), max(age)
  FROM (SELECT stage, age, row_number() OVER (PARTITION BY stage ORDER BY age) AS place,
               count(*) OVER (PARTITION BY stage) AS many
          FROM (SELECT coalesce(json_extract(CAST(body AS TEXT), '$.stage'), 'open') AS stage,
                       max(0, created_at - (SELECT o.placed_at FROM orders o
                                             WHERE o.tenant = :tenant AND o.dialect = c.dialect
                                               AND o.order_id = c.order_id)) AS age
                  FROM cancellations c
                 WHERE tenant = :tenant AND cancellation_id >= :first_id AND cancellation_id < :last_id
                   AND created_at >= :from AND created_at < :until
                   AND state IN ('accepted', 'completed') AND (:dialect IS NULL OR dialect = :dialect))
         WHERE age IS NOT NULL)
 GROUP BY stage, many ORDER BY stage;

-- name: survey_costs
-- Money that cancels give back, by the kind of what is owed for it. What is not owed any more because of a restore is left out.
SELECT reason, kind, currency, state, count(*), sum(amount / 1000000000) || ' ' || sum(amount % 1000000000)
  FROM (SELECT kind, state, json_extract(document, '$.currency') AS currency,
               coalesce(json_extract(document, '$.amount_minor'), 0) AS amount,
               (SELECT json_extract(CAST(c.body AS TEXT), '$.reason') FROM cancellations c
                 WHERE c.tenant = :tenant AND c.cancellation_id = json_extract(document, '$.cancellation_id')) AS reason
          FROM (SELECT kind, state, CAST(body AS TEXT) AS document FROM obligations
                 WHERE tenant = :tenant AND obligation_id >= :first_id AND obligation_id < :last_id
                   AND created_at >= :from AND created_at < :until AND state <> 'withdrawn'
                   AND kind IN ('void', 'refund', 'points', 'gift_card', 'store_credit')
                   AND (:dialect IS NULL OR dialect = :dialect)))
 WHERE reason IS NOT NULL
 GROUP BY reason, kind, currency, state ORDER BY reason, kind, currency, state;

-- name: survey_refusals
-- An hour counts when any of it is in the period.
SELECT dialect, code, sum(count) FROM refusals
 WHERE tenant = :tenant AND hour >= :from / 3600000000 * 3600000000 AND hour < :until
   AND (:dialect IS NULL OR dialect = :dialect)
 GROUP BY dialect, code ORDER BY dialect, code;

-- name: survey_obligations
SELECT kind, count(*), count(closed), avg(closed - made), max(closed - made)
  FROM (SELECT kind, created_at / 1e6 AS made,
               (julianday(json_extract(CAST(body AS TEXT), '$.closed_at')) - 2440587.5) * 86400.0 AS closed
          FROM obligations
         WHERE tenant = :tenant AND obligation_id >= :first_id AND obligation_id < :last_id
           AND created_at >= :from AND created_at < :until AND kind <> 'notice'
           AND (:dialect IS NULL OR dialect = :dialect))
 GROUP BY kind ORDER BY kind;

-- name: survey_placed
-- Orders of one kind of one dialect, from the index by time alone.
SELECT /*bucket*/ AS bucket, count(*) FROM orders
 WHERE tenant = :tenant AND dialect = :dialect AND kind = :kind AND placed_at >= :from AND placed_at < :until
 GROUP BY 1;

-- name: survey_cancelled
-- Those in one status, from the index by status alone.
SELECT /*bucket*/ AS bucket, count(*) FROM orders
 WHERE tenant = :tenant AND dialect = :dialect AND kind = :kind AND status = :status
   AND placed_at >= :from AND placed_at < :until
 GROUP BY 1;

-- name: survey_partly
-- Orders of the period with a cancel in effect. No cancel of theirs is older than the period.
SELECT dialect, kind, status, /*bucket*/ AS bucket, count(*)
  FROM (SELECT DISTINCT dialect AS at_dialect, order_id AS id FROM cancellations
         WHERE tenant = :tenant AND cancellation_id >= :first_id AND state IN ('accepted', 'completed'))
 CROSS JOIN orders
 WHERE tenant = :tenant AND dialect = at_dialect AND order_id = id AND placed_at >= :from AND placed_at < :until
 GROUP BY 1, 2, 3, 4;

-- name: next_open
-- The first group of what is owed after another group, with the oldest of it.
SELECT kind, dialect, state, conflict, created_at FROM obligations
 WHERE state IN ('open', 'parked') AND (kind, dialect, state, conflict) > (?, ?, ?, ?)
 ORDER BY kind, dialect, state, conflict, created_at LIMIT 1;

-- name: count_open
SELECT count(*) FROM (SELECT 1 FROM obligations
                       WHERE state IN ('open', 'parked') AND kind = ? AND dialect = ? AND state = ? AND conflict = ? LIMIT ?);

-- name: add_refusals
INSERT INTO refusals (tenant, dialect, hour, code, count) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (tenant, dialect, hour, code) DO UPDATE SET count = count + excluded.count;

-- name: timer
SELECT body FROM timers WHERE tenant = ? AND dialect = ? AND timer_id = ?;

-- name: put_timer
-- Set anew, a timer is free at once.
INSERT INTO timers (tenant, dialect, timer_id, due_at, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (tenant, dialect, timer_id) DO UPDATE
   SET due_at = excluded.due_at, leased_until = 0, body = excluded.body;

-- name: delete_timer
DELETE FROM timers WHERE tenant = ? AND dialect = ? AND timer_id = ?;

-- name: timers_due
SELECT tenant, dialect, timer_id, body FROM timers
 WHERE dialect = ? AND due_at <= ? AND leased_until <= ? ORDER BY due_at, tenant, timer_id LIMIT ?;

-- name: lease_timer
UPDATE timers SET leased_until = ? WHERE tenant = ? AND dialect = ? AND timer_id = ?;

-- name: next_due
SELECT min(due_at) FROM timers WHERE dialect = ?;

-- name: old_claims
-- A scope begins with the name of its dialect and a space.
SELECT tenant, scope, key, created_at FROM claims
 WHERE created_at < ? AND substr(scope, 1, instr(scope, ' ') - 1) IN (SELECT value FROM json_each(?))
 ORDER BY created_at LIMIT ?;

-- name: delete_claim
DELETE FROM claims WHERE tenant = ? AND scope = ? AND key = ? AND created_at = ?;

-- name: events_after
SELECT body FROM events WHERE tenant = ? AND dialect = ? AND order_id = ? AND sequence > ? ORDER BY sequence LIMIT ?;

-- name: key_by_hash
SELECT key_id, secret_hash, tenant, dialect, name, scopes, claims, attributes, requests_max, window_s, created_at,
       expires_at, revoked_at
  FROM keys WHERE secret_hash = ?;

-- name: all_keys
SELECT key_id, secret_hash, tenant, dialect, name, scopes, claims, attributes, requests_max, window_s, created_at,
       expires_at, revoked_at
  FROM keys ORDER BY tenant, dialect, created_at, key_id;

-- name: put_key
INSERT INTO keys (key_id, secret_hash, tenant, dialect, name, scopes, claims, attributes, requests_max, window_s, created_at,
                  expires_at, revoked_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (secret_hash) DO UPDATE SET revoked_at = excluded.revoked_at, expires_at = excluded.expires_at;

-- name: login_by_name
SELECT username, password_hash, key FROM logins WHERE dialect = ? AND username = ?;

-- name: put_login
INSERT INTO logins (dialect, username, tenant, password_hash, key) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (dialect, username) DO UPDATE
   SET tenant = excluded.tenant, password_hash = excluded.password_hash, key = excluded.key;

-- name: house_value
SELECT value FROM house WHERE name = ?;

-- name: put_house_value
INSERT INTO house (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: holds_anything
SELECT EXISTS (SELECT 1 FROM keys) OR EXISTS (SELECT 1 FROM orders);

-- name: sandbox_tenants
SELECT DISTINCT tenant FROM keys WHERE dialect = ?;

-- name: sandbox_events
SELECT order_id, body FROM events WHERE tenant = ? AND dialect = ? ORDER BY at, order_id, sequence;

-- name: sandbox_obligations
SELECT body FROM obligations WHERE tenant = ? AND dialect = ? ORDER BY obligation_id;

-- name: sandbox_orders
SELECT order_id, body FROM orders WHERE tenant = ? AND dialect = ? ORDER BY order_id;

-- name: orders_after
-- Housekeeping walks through all orders in key order. The last column says whether anything is still owed for one.
SELECT tenant, dialect, order_id, version, sequence, kind, status, placed_at, updated_at, body, facts,
       EXISTS (SELECT 1 FROM obligations b
                WHERE b.tenant = o.tenant AND b.dialect = o.dialect AND b.order_id = o.order_id
                  AND b.state IN ('open', 'parked'))
  FROM orders o WHERE (tenant, dialect, order_id) > (?, ?, ?) ORDER BY tenant, dialect, order_id LIMIT ?;

-- name: belongings
SELECT tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body
  FROM records WHERE tenant = ? AND dialect = ? AND order_id = ? ORDER BY kind, record_id;

-- name: erase_order
DELETE FROM orders WHERE tenant = ? AND dialect = ? AND order_id = ? AND version = ?;

-- name: erase_events
DELETE FROM events WHERE tenant = ? AND dialect = ? AND order_id = ?;

-- name: erase_cancellations
DELETE FROM cancellations WHERE tenant = ? AND dialect = ? AND order_id = ?;

-- name: erase_obligations
DELETE FROM obligations WHERE tenant = ? AND dialect = ? AND order_id = ?;
