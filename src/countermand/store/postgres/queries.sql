-- Every statement of the PostgreSQL adapter, except the pages of lists (countermand.store.listing builds those).
--
-- Parameters are named (`:tenant`); countermand.store.postgres.composing numbers them and puts the parts of a batch
-- together. Rows travel as arrays through `unnest`, sorted by key. Each is looked up by its whole key in a LATERAL subquery
-- with a LIMIT: that can be carried out in one way only, one index search for each key in the order of the array. As plain
-- joins, the same statements were seen to read all rows of a tenant for each key, because they had been planned, once for
-- the session, while the table was empty. Updates reach the row that was found by its address (ctid): a row that somebody
-- else has changed since is at another address, and is not counted.
--
-- Every table of a tenant is reached by `tenant = :tenant`, so that a sharded database asks one shard.

-- ----------------------------------------------------------------------------------------------------------- loading
-- One row shape for everything that a batch loads:
--   what: 0 an order, 1 an idempotency claim, 2 a name with the order that it names
--   nth:  for a name, its place among the names that were asked for

-- name: wanted_keys
SELECT dialect, order_id FROM unnest(:dialects::text[], :order_ids::text[]) AS k (dialect, order_id)

-- name: wanted_keys_and_named
SELECT dialect, order_id FROM unnest(:dialects::text[], :order_ids::text[]) AS k (dialect, order_id)
 UNION
SELECT dialect, order_id FROM named

-- name: orders
-- As they are now, unlocked: the write checks each version.
SELECT 0 AS what, 0::bigint AS nth, o.dialect, o.order_id, o.version, o.sequence, o.kind, o.status, o.placed_at,
       o.updated_at, o.body, o.facts, NULL::bytea AS more
  FROM wanted k
 CROSS JOIN LATERAL (
       SELECT * FROM orders o
        WHERE o.tenant = :tenant AND o.dialect = k.dialect AND o.order_id = k.order_id LIMIT 1) AS o

-- name: orders_locked
-- The same, each locked until the end of the transaction, in key order.
SELECT 0 AS what, 0::bigint AS nth, o.dialect, o.order_id, o.version, o.sequence, o.kind, o.status, o.placed_at,
       o.updated_at, o.body, o.facts, NULL::bytea AS more
  FROM (SELECT * FROM wanted ORDER BY dialect, order_id) AS k
 CROSS JOIN LATERAL (
       SELECT * FROM orders o
        WHERE o.tenant = :tenant AND o.dialect = k.dialect AND o.order_id = k.order_id LIMIT 1
          FOR NO KEY UPDATE) AS o

-- name: found
SELECT * FROM held

-- name: names
SELECT 2, nth, dialect, order_id, 0, 0, NULL, NULL, 0, 0, NULL, NULL, NULL FROM named

-- name: claims
SELECT 1, 0, c.scope, c.key, c.status, 0, NULL, NULL, c.created_at, 0, c.body, c.fingerprint, c.headers
  FROM unnest(:claim_scopes::text[], :claim_keys::text[]) AS k (scope, key)
 CROSS JOIN LATERAL (
       SELECT * FROM claims c WHERE c.tenant = :tenant AND c.scope = k.scope AND c.key = k.key LIMIT 1) AS c

-- name: aliases
SELECT n.nth, n.dialect, a.order_id
  FROM unnest(:name_dialects::text[], :name_names::text[], :name_values::text[]) WITH ORDINALITY
         AS n (dialect, name, value, nth)
 CROSS JOIN LATERAL (
       SELECT a.order_id FROM aliases a
        WHERE a.tenant = :tenant AND a.dialect = n.dialect AND a.name = n.name AND a.value = n.value LIMIT 1) AS a

-- name: parents
-- The orders that records belong to. A record never changes its parent.
SELECT n.nth, n.dialect, r.order_id
  FROM unnest(:child_dialects::text[], :child_kinds::text[], :child_ids::text[], :child_nths::bigint[])
         AS n (dialect, kind, record_id, nth)
 CROSS JOIN LATERAL (
       SELECT r.order_id FROM records r
        WHERE r.tenant = :tenant AND r.dialect = n.dialect AND r.kind = n.kind AND r.record_id = n.record_id LIMIT 1) AS r
 WHERE r.order_id IS NOT NULL

-- name: records
-- The records that were asked for, and those of some kinds that belong to an order. For the latter, asked after the orders
-- are locked, so that whoever adds one to an order has either finished or waits.
SELECT r.dialect, r.kind, r.record_id, r.order_id, r.version, r.created_at, r.updated_at, r.facets, r.body
  FROM (SELECT k.dialect, k.kind, k.record_id
          FROM unnest(:record_dialects::text[], :record_kinds::text[], :record_ids::text[]) AS k (dialect, kind, record_id)
        UNION
        SELECT p.dialect, p.kind, c.record_id
          FROM unnest(:parent_dialects::text[], :parent_ids::text[], :parent_kinds::text[]) AS p (dialect, order_id, kind)
         CROSS JOIN LATERAL (
               SELECT c.record_id FROM records c
                WHERE c.tenant = :tenant AND c.dialect = p.dialect AND c.order_id = p.order_id AND c.kind = p.kind
               OFFSET 0) AS c
         ORDER BY 1, 2, 3) AS k
 CROSS JOIN LATERAL (
       SELECT * FROM records r
        WHERE r.tenant = :tenant AND r.dialect = k.dialect AND r.kind = k.kind AND r.record_id = k.record_id LIMIT 1) AS r

-- name: records_locking
-- The end of the statement before, when its rows are to be locked.
LIMIT 1 FOR NO KEY UPDATE) AS r

-- name: histories
-- Cancellations and what is owed for them; notices are owed to somebody else's listener and stay out. After the locks, too.
SELECT 0 AS what, k.dialect, k.order_id, c.body, c.cancellation_id AS id
  FROM unnest(:dialects::text[], :order_ids::text[]) AS k (dialect, order_id)
 CROSS JOIN LATERAL (
       SELECT c.body, c.cancellation_id FROM cancellations c
        WHERE c.tenant = :tenant AND c.dialect = k.dialect AND c.order_id = k.order_id OFFSET 0) AS c
UNION ALL
SELECT 1, k.dialect, k.order_id, o.body, o.obligation_id
  FROM unnest(:dialects::text[], :order_ids::text[]) AS k (dialect, order_id)
 CROSS JOIN LATERAL (
       SELECT o.body, o.obligation_id FROM obligations o
        WHERE o.tenant = :tenant AND o.dialect = k.dialect AND o.order_id = k.order_id AND o.kind <> 'notice' OFFSET 0) AS o
 ORDER BY id

-- name: timers_locked
SELECT t.body
  FROM (SELECT * FROM unnest(:timer_dialects::text[], :timer_ids::text[]) AS u (dialect, timer_id) ORDER BY 1, 2) AS k
 CROSS JOIN LATERAL (
       SELECT * FROM timers t
        WHERE t.tenant = :tenant AND t.dialect = k.dialect AND t.timer_id = k.timer_id LIMIT 1 FOR UPDATE) AS t

-- ----------------------------------------------------------------------------------------------------------- writing
-- The parts of one statement. Each returns a row for every row that it changed; the statement fails unless all did.

-- name: check_orders
-- What was read without a lock must still be so when the rest is written. All orders of the batch at once, changed or not,
-- in key order and locked alike: two batches that each change what the other one only read would stop each other else.
SELECT 1
  FROM unnest(:ko_dialects::text[], :ko_ids::text[], :ko_versions::bigint[]) AS c (dialect, order_id, version)
 CROSS JOIN LATERAL (
       SELECT 1 FROM orders o
        WHERE o.tenant = :tenant AND o.dialect = c.dialect AND o.order_id = c.order_id AND o.version = c.version
        LIMIT 1 FOR NO KEY UPDATE) AS o

-- name: check_records
-- Likewise; shared, because one record may be what every batch looks at.
SELECT 1
  FROM unnest(:kr_dialects::text[], :kr_kinds::text[], :kr_ids::text[], :kr_versions::bigint[])
         AS c (dialect, kind, record_id, version)
 CROSS JOIN LATERAL (
       SELECT 1 FROM records r
        WHERE r.tenant = :tenant AND r.dialect = c.dialect AND r.kind = c.kind AND r.record_id = c.record_id
          AND r.version = c.version
        LIMIT 1 FOR SHARE) AS r

-- name: change_orders
-- The version in the WHERE is the whole concurrency control: no row touched means somebody was faster.
UPDATE orders o
   SET version = c.version, sequence = c.sequence, status = c.status, updated_at = c.updated_at, body = c.body
  FROM (SELECT c.*, f.ctid AS place
          FROM unnest(:co_dialects::text[], :co_ids::text[], :co_before::bigint[], :co_versions::bigint[],
                      :co_sequences::bigint[], :co_statuses::text[], :co_updated::bigint[], :co_bodies::bytea[])
                 AS c (dialect, order_id, before, version, sequence, status, updated_at, body)
         CROSS JOIN LATERAL (
               SELECT ctid FROM orders f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.order_id = c.order_id AND f.version = c.before LIMIT 1) AS f) AS c
 WHERE o.ctid = c.place
RETURNING 1

-- name: rewrite_orders
-- Likewise, for the rarer change that touches the vendor's own facts or the kind.
UPDATE orders o
   SET version = c.version, sequence = c.sequence, kind = c.kind, status = c.status, placed_at = c.placed_at,
       updated_at = c.updated_at, body = c.body, facts = c.facts
  FROM (SELECT c.*, f.ctid AS place
          FROM unnest(:ro_dialects::text[], :ro_ids::text[], :ro_before::bigint[], :ro_versions::bigint[],
                      :ro_sequences::bigint[], :ro_kinds::text[], :ro_statuses::text[], :ro_placed::bigint[],
                      :ro_updated::bigint[], :ro_bodies::bytea[], :ro_facts::bytea[])
                 AS c (dialect, order_id, before, version, sequence, kind, status, placed_at, updated_at, body, facts)
         CROSS JOIN LATERAL (
               SELECT ctid FROM orders f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.order_id = c.order_id AND f.version = c.before LIMIT 1) AS f) AS c
 WHERE o.ctid = c.place
RETURNING 1

-- name: insert_orders
INSERT INTO orders (tenant, dialect, order_id, version, sequence, kind, status, placed_at, updated_at, body, facts)
SELECT :tenant, *
  FROM unnest(:io_dialects::text[], :io_ids::text[], :io_versions::bigint[], :io_sequences::bigint[],
              :io_kinds::text[], :io_statuses::text[], :io_placed::bigint[], :io_updated::bigint[],
              :io_bodies::bytea[], :io_facts::bytea[])
RETURNING 1

-- name: erase_orders
DELETE FROM orders x
 USING (SELECT f.ctid AS place
          FROM unnest(:eo_dialects::text[], :eo_ids::text[], :eo_versions::bigint[]) AS c (dialect, order_id, version)
         CROSS JOIN LATERAL (
               SELECT ctid FROM orders f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.order_id = c.order_id AND f.version = c.version
                LIMIT 1) AS f) AS c
 WHERE x.ctid = c.place
RETURNING 1

-- name: erase_events
DELETE FROM events x
 USING (SELECT f.ctid AS place
          FROM unnest(:ee_dialects::text[], :ee_ids::text[]) AS c (dialect, order_id)
         CROSS JOIN LATERAL (
               SELECT ctid FROM events f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.order_id = c.order_id OFFSET 0) AS f) AS c
 WHERE x.ctid = c.place

-- name: erase_cancellations
DELETE FROM cancellations x
 USING (SELECT f.ctid AS place
          FROM unnest(:ec_dialects::text[], :ec_ids::text[]) AS c (dialect, order_id)
         CROSS JOIN LATERAL (
               SELECT ctid FROM cancellations f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.order_id = c.order_id OFFSET 0) AS f) AS c
 WHERE x.ctid = c.place

-- name: erase_obligations
DELETE FROM obligations x
 USING (SELECT f.ctid AS place
          FROM unnest(:eb_dialects::text[], :eb_ids::text[]) AS c (dialect, order_id)
         CROSS JOIN LATERAL (
               SELECT ctid FROM obligations f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.order_id = c.order_id OFFSET 0) AS f) AS c
 WHERE x.ctid = c.place

-- name: insert_records
INSERT INTO records (tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body)
SELECT :tenant, *
  FROM unnest(:ir_dialects::text[], :ir_kinds::text[], :ir_ids::text[], :ir_orders::text[], :ir_versions::bigint[],
              :ir_created::bigint[], :ir_updated::bigint[], :ir_facets::bytea[], :ir_bodies::bytea[])
RETURNING 1

-- name: put_records
-- Records that nobody asked for: there or not, this is what they are now.
INSERT INTO records (tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body)
SELECT :tenant, *
  FROM unnest(:pr_dialects::text[], :pr_kinds::text[], :pr_ids::text[], :pr_orders::text[], :pr_versions::bigint[],
              :pr_created::bigint[], :pr_updated::bigint[], :pr_facets::bytea[], :pr_bodies::bytea[])
ON CONFLICT (tenant, dialect, kind, record_id) DO UPDATE
   SET version = excluded.version, updated_at = excluded.updated_at, facets = excluded.facets, body = excluded.body
RETURNING 1

-- name: change_records
UPDATE records r
   SET version = c.version, updated_at = c.updated_at, facets = c.facets, body = c.body
  FROM (SELECT c.*, f.ctid AS place
          FROM unnest(:cr_dialects::text[], :cr_kinds::text[], :cr_ids::text[], :cr_before::bigint[],
                      :cr_versions::bigint[], :cr_updated::bigint[], :cr_facets::bytea[], :cr_bodies::bytea[])
                 AS c (dialect, kind, record_id, before, version, updated_at, facets, body)
         CROSS JOIN LATERAL (
               SELECT ctid FROM records f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.kind = c.kind AND f.record_id = c.record_id
                  AND f.version = c.before LIMIT 1) AS f) AS c
 WHERE r.ctid = c.place
RETURNING 1

-- name: delete_records
DELETE FROM records r
 USING (SELECT f.ctid AS place
          FROM unnest(:dr_dialects::text[], :dr_kinds::text[], :dr_ids::text[], :dr_before::bigint[])
                 AS c (dialect, kind, record_id, before)
         CROSS JOIN LATERAL (
               SELECT ctid FROM records f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.kind = c.kind AND f.record_id = c.record_id
                  AND f.version = c.before LIMIT 1) AS f) AS c
 WHERE r.ctid = c.place
RETURNING 1

-- name: insert_aliases
-- Names that were asked for and did not exist: whoever else has taken one meanwhile makes this fail.
INSERT INTO aliases (tenant, dialect, name, value, order_id)
SELECT :tenant, * FROM unnest(:ia_dialects::text[], :ia_names::text[], :ia_values::text[], :ia_orders::text[])
RETURNING 1

-- name: repoint_aliases
-- Names that were asked for and named another order, if they still do.
UPDATE aliases a
   SET order_id = c.order_id
  FROM (SELECT c.*, f.ctid AS place
          FROM unnest(:pa_dialects::text[], :pa_names::text[], :pa_values::text[], :pa_before::text[],
                      :pa_orders::text[])
                 AS c (dialect, name, value, before, order_id)
         CROSS JOIN LATERAL (
               SELECT ctid FROM aliases f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.name = c.name AND f.value = c.value
                  AND f.order_id = c.before LIMIT 1) AS f) AS c
 WHERE a.ctid = c.place
RETURNING 1

-- name: take_aliases
-- Names that nobody asked for: the latest order to claim one has it.
INSERT INTO aliases AS a (tenant, dialect, name, value, order_id)
SELECT :tenant, * FROM unnest(:ta_dialects::text[], :ta_names::text[], :ta_values::text[], :ta_orders::text[])
ON CONFLICT (tenant, dialect, name, value) DO UPDATE SET order_id = excluded.order_id
RETURNING 1

-- name: drop_aliases
DELETE FROM aliases a
 USING (SELECT f.ctid AS place
          FROM unnest(:da_dialects::text[], :da_names::text[], :da_values::text[], :da_orders::text[])
                 AS c (dialect, name, value, order_id)
         CROSS JOIN LATERAL (
               SELECT ctid FROM aliases f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.name = c.name AND f.value = c.value
                  AND f.order_id = c.order_id LIMIT 1) AS f) AS c
 WHERE a.ctid = c.place
RETURNING 1

-- name: delete_facets
DELETE FROM facets f
 USING (SELECT f.ctid AS place
          FROM unnest(:df_dialects::text[], :df_holders::text[], :df_names::text[], :df_values::text[],
                      :df_at::bigint[], :df_ids::text[])
                 AS c (dialect, holder, name, value, at, id)
         CROSS JOIN LATERAL (
               SELECT ctid FROM facets f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.holder = c.holder AND f.name = c.name
                  AND f.value = c.value AND f.at = c.at AND f.id = c.id LIMIT 1) AS f) AS c
 WHERE f.ctid = c.place
RETURNING 1

-- name: insert_facets
INSERT INTO facets (tenant, dialect, holder, name, value, at, id)
SELECT :tenant, *
  FROM unnest(:if_dialects::text[], :if_holders::text[], :if_names::text[], :if_values::text[], :if_at::bigint[],
              :if_ids::text[])
RETURNING 1

-- name: insert_events
INSERT INTO events (tenant, dialect, order_id, sequence, type, at, body)
SELECT :tenant, *
  FROM unnest(:ie_dialects::text[], :ie_orders::text[], :ie_sequences::bigint[], :ie_types::text[], :ie_at::bigint[],
              :ie_bodies::bytea[])
RETURNING 1

-- name: insert_cancellations
INSERT INTO cancellations (tenant, cancellation_id, dialect, order_id, created_at, state, body)
SELECT :tenant, *
  FROM unnest(:ic_ids::text[], :ic_dialects::text[], :ic_orders::text[], :ic_created::bigint[], :ic_states::text[],
              :ic_bodies::bytea[])
RETURNING 1

-- name: change_cancellations
UPDATE cancellations x
   SET state = c.state, body = c.body
  FROM (SELECT c.*, f.ctid AS place
          FROM unnest(:cc_ids::text[], :cc_states::text[], :cc_bodies::bytea[])
                 AS c (cancellation_id, state, body)
         CROSS JOIN LATERAL (
               SELECT ctid FROM cancellations f
                WHERE f.tenant = :tenant AND f.cancellation_id = c.cancellation_id LIMIT 1) AS f) AS c
 WHERE x.ctid = c.place
RETURNING 1

-- name: change_obligations
UPDATE obligations x
   SET kind = c.kind, state = c.state, body = c.body
  FROM (SELECT c.*, f.ctid AS place
          FROM unnest(:cb_ids::text[], :cb_kinds::text[], :cb_states::text[], :cb_bodies::bytea[])
                 AS c (obligation_id, kind, state, body)
         CROSS JOIN LATERAL (
               SELECT ctid FROM obligations f
                WHERE f.tenant = :tenant AND f.obligation_id = c.obligation_id LIMIT 1) AS f) AS c
 WHERE x.ctid = c.place
RETURNING 1

-- name: insert_obligations
INSERT INTO obligations (tenant, obligation_id, dialect, order_id, kind, state, created_at, conflict, body)
SELECT :tenant, *
  FROM unnest(:ib_ids::text[], :ib_dialects::text[], :ib_orders::text[], :ib_kinds::text[], :ib_states::text[],
              :ib_created::bigint[], :ib_conflicts::bigint[], :ib_bodies::bytea[])
RETURNING 1

-- name: insert_claims
INSERT INTO claims (tenant, scope, key, fingerprint, status, headers, body, created_at)
SELECT :tenant, *
  FROM unnest(:il_scopes::text[], :il_keys::text[], :il_fingerprints::bytea[], :il_statuses::bigint[],
              :il_headers::bytea[], :il_bodies::bytea[], :il_created::bigint[])
RETURNING 1

-- name: delete_timers
DELETE FROM timers t
 USING (SELECT f.ctid AS place
          FROM unnest(:dt_dialects::text[], :dt_ids::text[])
                 AS c (dialect, timer_id)
         CROSS JOIN LATERAL (
               SELECT ctid FROM timers f
                WHERE f.tenant = :tenant AND f.dialect = c.dialect AND f.timer_id = c.timer_id LIMIT 1) AS f) AS c
 WHERE t.ctid = c.place
RETURNING 1

-- name: put_timers
-- Set anew, a timer is free at once.
INSERT INTO timers (tenant, dialect, timer_id, due_at, body)
SELECT :tenant, * FROM unnest(:pt_dialects::text[], :pt_ids::text[], :pt_due::bigint[], :pt_bodies::bytea[])
ON CONFLICT (tenant, dialect, timer_id) DO UPDATE
   SET due_at = excluded.due_at, leased_until = 0, body = excluded.body
RETURNING 1

-- name: insert_batch
INSERT INTO batches (tenant, batch_id, at) VALUES (:tenant, :batch_id, :batch_at) RETURNING 1

-- name: move_batch
-- In the place of one before, whose acknowledgement has arrived: its row becomes this batch's.
UPDATE batches SET batch_id = :batch_id, at = :batch_at WHERE tenant = :tenant AND batch_id = :done_id RETURNING 1

-- name: add_tallies
-- Like the next, and before it.
INSERT INTO tallies AS c (tenant, dialect, holder, level, stretch, value, count)
SELECT :tenant, * FROM unnest(:at_dialects::text[], :at_holders::text[], :at_levels::bigint[], :at_stretches::bigint[],
                              :at_values::text[], :at_changes::bigint[])
ON CONFLICT (tenant, dialect, holder, level, stretch, value) DO UPDATE SET count = c.count + excluded.count

-- name: add_stock
-- Last, because these few rows are wanted by every batch: the locks are held for the commit only.
INSERT INTO stock AS s (tenant, dialect, sku, reserved_milli)
SELECT :tenant, * FROM unnest(:as_dialects::text[], :as_skus::text[], :as_changes::bigint[])
ON CONFLICT (tenant, dialect, sku) DO UPDATE SET reserved_milli = s.reserved_milli + excluded.reserved_milli

-- name: fence_batch
-- Waits for whoever is still writing this row. True, when the row is new: that batch was not committed and can't be any
-- more. (A row that was there before has been locked by this statement, and xmax says by whom.)
INSERT INTO batches (tenant, batch_id, at) VALUES (:tenant, :batch_id, :batch_at)
ON CONFLICT (tenant, batch_id) DO UPDATE SET at = excluded.at RETURNING xmax = 0

-- ----------------------------------------------------------------------------------------------------------- reading

-- name: order_by_key
SELECT tenant, dialect, order_id, version, sequence, kind, status, placed_at, updated_at, body, facts
  FROM orders WHERE tenant = :tenant AND dialect = :dialect AND order_id = :order_id

-- name: order_by_alias
SELECT o.tenant, o.dialect, o.order_id, o.version, o.sequence, o.kind, o.status, o.placed_at, o.updated_at, o.body, o.facts
  FROM aliases a JOIN orders o ON o.tenant = a.tenant AND o.dialect = a.dialect AND o.order_id = a.order_id
 WHERE a.tenant = :tenant AND a.dialect = :dialect AND a.name = :name AND a.value = :value

-- name: order_by_record
SELECT o.tenant, o.dialect, o.order_id, o.version, o.sequence, o.kind, o.status, o.placed_at, o.updated_at, o.body, o.facts
  FROM records r JOIN orders o ON o.tenant = r.tenant AND o.dialect = r.dialect AND o.order_id = r.order_id
 WHERE r.tenant = :tenant AND r.dialect = :dialect AND r.kind = :kind AND r.record_id = :record_id

-- name: record_by_key
SELECT tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body
  FROM records WHERE tenant = :tenant AND dialect = :dialect AND kind = :kind AND record_id = :record_id

-- name: records_of_kind
-- Of all tenants. Said twice, once in the words of the partial index: only kinds that every node reads as a whole are in it.
SELECT tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body
  FROM records WHERE kind = :kind AND kind IN ('policy') ORDER BY tenant, record_id

-- name: cancellation
SELECT body FROM cancellations
 WHERE tenant = :tenant AND cancellation_id = :cancellation_id AND dialect = :dialect AND order_id = :order_id

-- name: obligations_after
-- Notices are owed to somebody else's listener, not for a cancellation: they are told apart by their kind.
SELECT body FROM obligations
 WHERE tenant = :tenant AND dialect = :dialect AND order_id = :order_id AND obligation_id > :after AND kind <> 'notice'
 ORDER BY obligation_id LIMIT :limit

-- name: obligations_before
-- The same list, read towards its beginning.
SELECT body FROM obligations
 WHERE tenant = :tenant AND dialect = :dialect AND order_id = :order_id AND obligation_id < :after AND kind <> 'notice'
 ORDER BY obligation_id DESC LIMIT :limit

-- name: orders_after
-- Housekeeping walks through all orders in key order. The last column says whether anything is still owed for one.
SELECT tenant, dialect, order_id, version, sequence, kind, status, placed_at, updated_at, body, facts,
       EXISTS (SELECT 1 FROM obligations b
                WHERE b.tenant = o.tenant AND b.dialect = o.dialect AND b.order_id = o.order_id
                  AND b.state IN ('open', 'parked'))
  FROM orders o
 WHERE (tenant, dialect, order_id) > (:tenant, :dialect, :order_id) ORDER BY tenant, dialect, order_id LIMIT :limit

-- name: belongings
SELECT tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body
  FROM records WHERE tenant = :tenant AND dialect = :dialect AND order_id = :order_id ORDER BY kind, record_id

-- name: forget_batches
-- Left behind by processes that ended; nobody asks about a batch after a day.
DELETE FROM batches WHERE at < :before

-- name: events_after
SELECT body FROM events
 WHERE tenant = :tenant AND dialect = :dialect AND order_id = :order_id AND sequence > :after
 ORDER BY sequence LIMIT :limit

-- ------------------------------------------------------------------------------------------------------- credentials

-- name: key_by_hash
SELECT key_id, secret_hash, tenant, dialect, name, scopes, claims, attributes, requests_max, window_s, created_at,
       expires_at, revoked_at
  FROM keys WHERE secret_hash = :secret_hash

-- name: all_keys
SELECT key_id, secret_hash, tenant, dialect, name, scopes, claims, attributes, requests_max, window_s, created_at,
       expires_at, revoked_at
  FROM keys ORDER BY tenant, dialect, created_at, key_id

-- name: put_key
INSERT INTO keys (key_id, secret_hash, tenant, dialect, name, scopes, claims, attributes, requests_max, window_s,
                  created_at, expires_at, revoked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (secret_hash) DO UPDATE SET revoked_at = excluded.revoked_at, expires_at = excluded.expires_at

-- name: login_by_name
SELECT username, password_hash, key FROM logins WHERE dialect = :dialect AND username = :username

-- name: put_login
INSERT INTO logins (dialect, username, tenant, password_hash, key) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (dialect, username) DO UPDATE
   SET tenant = excluded.tenant, password_hash = excluded.password_hash, key = excluded.key

-- name: house_value
SELECT value FROM house WHERE name = :name

-- name: put_house_value
INSERT INTO house (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: holds_anything
SELECT EXISTS (SELECT 1 FROM keys) OR EXISTS (SELECT 1 FROM orders)

-- ------------------------------------------------------------------------------------------------------------ timers
-- Timers are looked for by dialect, of all tenants, and so are old claims by their age: `timers_due` and `claims_by_age` don't
-- begin with the tenant. A sharded database asks every shard for its few earliest ones.

-- name: any_due
SELECT EXISTS (
  SELECT 1 FROM unnest(:dialects::text[], :instants::bigint[]) AS d (dialect, at)
    JOIN timers t ON t.dialect || '' = d.dialect AND t.due_at <= d.at AND t.leased_until <= :now)

-- name: claim_timers
UPDATE timers t SET leased_until = :until
  FROM (SELECT f.tenant, f.dialect, f.timer_id
          FROM unnest(:dialects::text[], :instants::bigint[]) AS d (dialect, at)
          JOIN timers f ON f.dialect || '' = d.dialect AND f.due_at <= d.at AND f.leased_until <= :now
         ORDER BY f.due_at, f.tenant, f.dialect, f.timer_id
         LIMIT :limit
           FOR UPDATE OF f SKIP LOCKED) AS k
 WHERE t.tenant = k.tenant AND t.dialect = k.dialect AND t.timer_id = k.timer_id
RETURNING t.body

-- name: next_due
SELECT d.dialect, (SELECT min(t.due_at) FROM timers t WHERE t.dialect || '' = d.dialect)
  FROM unnest(:dialects::text[]) AS d (dialect)

-- name: old_claims
-- A scope begins with the name of its dialect and a space.
SELECT tenant, scope, key, created_at FROM claims
 WHERE created_at < :before AND split_part(scope, ' ', 1) = ANY (:dialects::text[]) ORDER BY created_at LIMIT :limit

-- name: delete_claims
-- `created_at` guards against a key that was forgotten and used again meanwhile.
DELETE FROM claims c
 USING unnest(:tenants::text[], :scopes::text[], :keys::text[], :created::bigint[]) AS k (tenant, scope, key, created_at)
 WHERE c.tenant = k.tenant AND c.scope = k.scope AND c.key = k.key AND c.created_at = k.created_at

-- ----------------------------------------------------------------------------------------------------------- sandbox

-- name: sandbox_tenants
SELECT DISTINCT tenant FROM keys WHERE dialect = :dialect

-- name: sandbox_events
SELECT order_id, body FROM events WHERE tenant = :tenant AND dialect = :dialect ORDER BY at, order_id, sequence

-- name: sandbox_obligations
SELECT body FROM obligations WHERE tenant = :tenant AND dialect = :dialect ORDER BY obligation_id

-- name: sandbox_orders
SELECT order_id, body FROM orders WHERE tenant = :tenant AND dialect = :dialect ORDER BY order_id

-- name: sandbox_forget_claims
DELETE FROM claims WHERE tenant = :tenant AND starts_with(scope, :dialect || ' ')

-- name: survey_cancellations
-- The columns are those that were asked for, NULL for the others. OFFSET: each document is read once, and not for each member.
-- A text may have a NUL, which is none in PostgreSQL.
SELECT /*columns*/, document ->> 'currency' AS currency, count(*), count(*) FILTER (WHERE (document ->> 'whole')::boolean),
       sum((document ->> 'amount_minor')::bigint), sum((document ->> 'fee_minor')::bigint)
  FROM (SELECT dialect, order_id, created_at, replace(convert_from(body, 'UTF8'), '\u0000', '\ufffd')::jsonb AS document
          FROM cancellations
         WHERE tenant = :tenant AND cancellation_id >= :first_id AND cancellation_id < :last_id
           AND created_at >= :from::bigint AND created_at < :until::bigint
           AND state IN ('accepted', 'completed') AND (:dialect::text IS NULL OR dialect = :dialect)
        OFFSET 0) AS made
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8

-- name: survey_age
-- One of those columns.
SELECT /*class*/ FROM orders o WHERE o.tenant = :tenant AND o.dialect = made.dialect AND o.order_id = made.order_id

-- name: survey_lateness
-- The n-th smallest of an age, with n rounded up: half of all are not later, nine tenths are not later.
SELECT stage, many, avg(age), max(CASE WHEN place = (many + 1) / 2 THEN age END),
       max(CASE WHEN place = (9 * many + 9) / 10 THEN age END), max(age)
  FROM (SELECT stage, age, row_number() OVER (PARTITION BY stage ORDER BY age) AS place,
               count(*) OVER (PARTITION BY stage) AS many
          FROM (SELECT coalesce(replace(convert_from(body, 'UTF8'), '\u0000', '\ufffd')::jsonb ->> 'stage', 'open') AS stage,
                       greatest(0, created_at - (SELECT o.placed_at FROM orders o
                                                  WHERE o.tenant = :tenant AND o.dialect = c.dialect
                                                    AND o.order_id = c.order_id)) AS age
                  FROM cancellations c
                 WHERE tenant = :tenant AND cancellation_id >= :first_id AND cancellation_id < :last_id
                   AND created_at >= :from::bigint AND created_at < :until::bigint
                   AND state IN ('accepted', 'completed') AND (:dialect::text IS NULL OR dialect = :dialect)
                OFFSET 0) AS made
       ) AS ranked
 GROUP BY stage, many ORDER BY stage

-- name: survey_costs
-- Money that cancels give back, by the kind of what is owed for it. What is not owed any more because of a restore is left out.
SELECT reason, kind, currency, state, count(*), sum(amount)
  FROM (SELECT kind, state, document ->> 'currency' AS currency,
               coalesce((document ->> 'amount_minor')::bigint, 0) AS amount,
               (SELECT replace(convert_from(c.body, 'UTF8'), '\u0000', '\ufffd')::jsonb ->> 'reason' FROM cancellations c
                 WHERE c.tenant = :tenant AND c.cancellation_id = document ->> 'cancellation_id') AS reason
          FROM (SELECT kind, state, replace(convert_from(body, 'UTF8'), '\u0000', '\ufffd')::jsonb AS document
                  FROM obligations
                 WHERE tenant = :tenant AND obligation_id >= :first_id AND obligation_id < :last_id
                   AND created_at >= :from::bigint AND created_at < :until::bigint AND state <> 'withdrawn'
                   AND kind IN ('void', 'refund', 'points', 'gift_card', 'store_credit')
                   AND (:dialect::text IS NULL OR dialect = :dialect)
                OFFSET 0) AS owed
        OFFSET 0) AS reasoned
 WHERE reason IS NOT NULL
 GROUP BY reason, kind, currency, state ORDER BY reason, kind, currency, state

-- name: survey_refusals
-- An hour counts when any of it is in the period.
SELECT dialect, code, sum(count) FROM refusals
 WHERE tenant = :tenant AND hour >= :from::bigint / 3600000000 * 3600000000 AND hour < :until::bigint
   AND (:dialect::text IS NULL OR dialect = :dialect)
 GROUP BY dialect, code ORDER BY dialect, code

-- name: survey_obligations
SELECT kind, count(*), count(closed), avg(closed - made), max(closed - made)
  FROM (SELECT kind, created_at / 1e6::float8 AS made,
               extract(epoch FROM (replace(convert_from(body, 'UTF8'), '\u0000', '\ufffd')::jsonb ->> 'closed_at')::timestamptz)::float8 AS closed
          FROM obligations
         WHERE tenant = :tenant AND obligation_id >= :first_id AND obligation_id < :last_id
           AND created_at >= :from::bigint AND created_at < :until::bigint AND kind <> 'notice'
           AND (:dialect::text IS NULL OR dialect = :dialect)
        OFFSET 0) AS owed
 GROUP BY kind ORDER BY kind

-- name: survey_placed
-- Orders of one kind of one dialect, from the index by time alone.
SELECT /*bucket*/ AS bucket, count(*) FROM orders
 WHERE tenant = :tenant AND dialect = :dialect AND kind = :kind
   AND placed_at >= :from::bigint AND placed_at < :until::bigint
 GROUP BY 1

-- name: survey_cancelled
-- Those in one status, from the index by status alone.
SELECT /*bucket*/ AS bucket, count(*) FROM orders
 WHERE tenant = :tenant AND dialect = :dialect AND kind = :kind AND status = :status
   AND placed_at >= :from::bigint AND placed_at < :until::bigint
 GROUP BY 1

-- name: survey_partly
-- Orders of the period with a cancel in effect. No cancel of theirs is older than the period. OFFSET: each is looked up by its key,
-- whatever the size of the tables.
SELECT c.dialect, o.kind, o.status, /*bucket*/ AS bucket, count(*)
  FROM (SELECT DISTINCT dialect, order_id FROM cancellations
         WHERE tenant = :tenant AND cancellation_id >= :first_id AND state IN ('accepted', 'completed')) AS c
 CROSS JOIN LATERAL (SELECT kind, status, placed_at FROM orders
                      WHERE tenant = :tenant AND dialect = c.dialect AND order_id = c.order_id
                      LIMIT 1 OFFSET 0) AS o
 WHERE o.placed_at >= :from::bigint AND o.placed_at < :until::bigint
 GROUP BY 1, 2, 3, 4

-- name: open_groups
-- From group to group of what is owed, each found by one look into the index, with the oldest of it and how many there are.
WITH RECURSIVE g AS (
  (SELECT kind, dialect, state, conflict, created_at FROM obligations WHERE state IN ('open', 'parked')
    ORDER BY kind, dialect, state, conflict, created_at LIMIT 1)
  UNION ALL
  SELECT n.* FROM g CROSS JOIN LATERAL (
    SELECT b.kind, b.dialect, b.state, b.conflict, b.created_at FROM obligations b
     WHERE b.state IN ('open', 'parked') AND (b.kind, b.dialect, b.state, b.conflict) > (g.kind, g.dialect, g.state, g.conflict)
     ORDER BY b.kind, b.dialect, b.state, b.conflict, b.created_at LIMIT 1) AS n)
SELECT g.*, (SELECT count(*) FROM (
         SELECT 1 FROM obligations b
          WHERE b.state IN ('open', 'parked') AND b.kind = g.kind AND b.dialect = g.dialect AND b.state = g.state
            AND b.conflict = g.conflict LIMIT :counted_max::bigint) AS counted)
  FROM g

-- name: add_refusals
INSERT INTO refusals AS r (tenant, dialect, hour, code, count)
SELECT * FROM unnest(:tenants::text[], :dialects::text[], :hours::bigint[], :codes::text[], :counts::bigint[])
ON CONFLICT (tenant, dialect, hour, code) DO UPDATE SET count = r.count + excluded.count
