-- The whole schema of a new database. Equal to what the migrations build: tests/store compares the two.
--
-- The tables and columns are those of SQLite's schema; beside it stands only `batches`. What differs, and why:
-- * Every text is compared by its bytes (COLLATE "C"): that is how SQLite sorts, and it is several times faster.
-- * Every primary key begins with the tenant, except where a caller is looked up before its tenant is known.
-- * `fillfactor` leaves room in a page, so that the new version of a row finds place beside the old one.
-- * `autovacuum_*`: a table of ten million orders would by default collect two million dead rows before anybody looks
--   (20 % of it); 2 % keeps each vacuum short. `stock` has a few hundred rows that change in every batch: it is looked
--   at after every 500 dead rows, and without pauses, because it is a handful of pages.

-- One row per order: what SQL looks at in columns, the rest as JSON in body, the vendor's own JSON in facts.
CREATE TABLE orders (
  tenant     TEXT COLLATE "C" NOT NULL,
  dialect    TEXT COLLATE "C" NOT NULL,
  order_id   TEXT COLLATE "C" NOT NULL,
  version    BIGINT NOT NULL,
  sequence   BIGINT NOT NULL,
  kind       TEXT COLLATE "C" NOT NULL,
  status     TEXT COLLATE "C" NOT NULL,
  placed_at  BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body       BYTEA NOT NULL,
  facts      BYTEA NOT NULL,
  PRIMARY KEY (tenant, dialect, order_id)
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX orders_by_time ON orders (tenant, dialect, kind, placed_at, order_id);
CREATE INDEX orders_by_status ON orders (tenant, dialect, kind, status, placed_at, order_id);

-- Documents beside orders.
CREATE TABLE records (
  tenant     TEXT COLLATE "C" NOT NULL,
  dialect    TEXT COLLATE "C" NOT NULL,
  kind       TEXT COLLATE "C" NOT NULL,
  record_id  TEXT COLLATE "C" NOT NULL,
  order_id   TEXT COLLATE "C",
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  facets     BYTEA NOT NULL,
  body       BYTEA NOT NULL,
  PRIMARY KEY (tenant, dialect, kind, record_id)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX records_by_time ON records (tenant, dialect, kind, created_at, record_id);
CREATE INDEX records_by_order ON records (tenant, dialect, order_id, kind, created_at, record_id)
  WHERE order_id IS NOT NULL;

-- The few records that every node reads as a whole.
CREATE INDEX records_for_all ON records (kind, tenant, record_id) WHERE kind IN ('policy');

-- The values by which lists filter and sort. `holder` is the kind of order, or '#' and the kind of record.
CREATE TABLE facets (
  tenant  TEXT COLLATE "C" NOT NULL,
  dialect TEXT COLLATE "C" NOT NULL,
  holder  TEXT COLLATE "C" NOT NULL,
  name    TEXT COLLATE "C" NOT NULL,
  value   TEXT COLLATE "C" NOT NULL,
  at      BIGINT NOT NULL,
  id      TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, dialect, holder, name, value, at, id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- How many rows of each group there are in each stretch of time (countermand.store.tallies).
CREATE TABLE tallies (
  tenant  TEXT COLLATE "C" NOT NULL,
  dialect TEXT COLLATE "C" NOT NULL,
  holder  TEXT COLLATE "C" NOT NULL,
  level   BIGINT NOT NULL,
  stretch BIGINT NOT NULL,
  value   TEXT COLLATE "C" NOT NULL,
  count   BIGINT NOT NULL,
  PRIMARY KEY (tenant, dialect, holder, level, stretch, value)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Other names of orders; the latest order to claim a name has it.
CREATE TABLE aliases (
  tenant   TEXT COLLATE "C" NOT NULL,
  dialect  TEXT COLLATE "C" NOT NULL,
  name     TEXT COLLATE "C" NOT NULL,
  value    TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, dialect, name, value)
);

-- Append-only, one sequence per order.
CREATE TABLE events (
  tenant   TEXT COLLATE "C" NOT NULL,
  dialect  TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  type     TEXT COLLATE "C" NOT NULL,
  at       BIGINT NOT NULL,
  body     BYTEA NOT NULL,
  PRIMARY KEY (tenant, dialect, order_id, sequence)
);

-- One row per effective cancel. Ids are UUIDv7, so rows arrive in order.
CREATE TABLE cancellations (
  tenant          TEXT COLLATE "C" NOT NULL,
  cancellation_id TEXT COLLATE "C" NOT NULL,
  dialect         TEXT COLLATE "C" NOT NULL,
  order_id        TEXT COLLATE "C" NOT NULL,
  created_at      BIGINT NOT NULL,
  state           TEXT COLLATE "C" NOT NULL,
  body            BYTEA NOT NULL,
  PRIMARY KEY (tenant, cancellation_id)
);
CREATE INDEX cancellations_by_order ON cancellations (tenant, dialect, order_id, cancellation_id);
-- Only what is not simply done has to be found by its state; a cancel that owes nothing never enters this index.
CREATE INDEX cancellations_by_state ON cancellations (tenant, state, cancellation_id) WHERE state <> 'completed';

-- What is owed outside. The relay works on the open ones. `conflict`: whether it puts a conflict right.
CREATE TABLE obligations (
  tenant        TEXT COLLATE "C" NOT NULL,
  obligation_id TEXT COLLATE "C" NOT NULL,
  dialect       TEXT COLLATE "C" NOT NULL,
  order_id      TEXT COLLATE "C" NOT NULL,
  kind          TEXT COLLATE "C" NOT NULL,
  state         TEXT COLLATE "C" NOT NULL,
  created_at    BIGINT NOT NULL,
  conflict      BIGINT NOT NULL DEFAULT 0,
  body          BYTEA NOT NULL,
  PRIMARY KEY (tenant, obligation_id)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX obligations_by_order ON obligations (tenant, dialect, order_id, obligation_id);
-- What is still owed, of every tenant: counted for whoever watches the house. What is settled leaves this index.
CREATE INDEX obligations_open ON obligations (kind, dialect, state, conflict, created_at)
  WHERE state IN ('open', 'parked');

-- Idempotency keys with the answers they got.
CREATE TABLE claims (
  tenant      TEXT COLLATE "C" NOT NULL,
  scope       TEXT COLLATE "C" NOT NULL,
  key         TEXT COLLATE "C" NOT NULL,
  fingerprint BYTEA NOT NULL,
  status      BIGINT NOT NULL,
  headers     BYTEA NOT NULL,
  body        BYTEA NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (tenant, scope, key)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- The oldest are forgotten, of all tenants. New ones come at its end, where an index grows cheaply.
CREATE INDEX claims_by_age ON claims (created_at);

-- How many units of a SKU are reserved, in thousandths. Changed in the transaction that changes the orders.
CREATE TABLE stock (
  tenant         TEXT COLLATE "C" NOT NULL,
  dialect        TEXT COLLATE "C" NOT NULL,
  sku            TEXT COLLATE "C" NOT NULL,
  reserved_milli BIGINT NOT NULL,
  PRIMARY KEY (tenant, dialect, sku)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
        autovacuum_vacuum_cost_delay = 0);

-- How often cancelling was refused, by hour and code: sums that are added to now and then.
CREATE TABLE refusals (
  tenant  TEXT COLLATE "C" NOT NULL,
  dialect TEXT COLLATE "C" NOT NULL,
  hour    BIGINT NOT NULL,
  code    TEXT COLLATE "C" NOT NULL,
  count   BIGINT NOT NULL,
  PRIMARY KEY (tenant, dialect, hour, code)
);

-- What falls due, on the clock of its dialect. `leased_until` is real time: the process that runs it has it until then.
CREATE TABLE timers (
  tenant       TEXT COLLATE "C" NOT NULL,
  dialect      TEXT COLLATE "C" NOT NULL,
  timer_id     TEXT COLLATE "C" NOT NULL,
  due_at       BIGINT NOT NULL,
  leased_until BIGINT NOT NULL DEFAULT 0,
  body         BYTEA NOT NULL,
  PRIMARY KEY (tenant, dialect, timer_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
-- On an expression, so that nothing but the search for due ones can use it: with the plain column, a look-up by the whole
-- key was seen to be planned through it while the table was empty, and then to read all timers of the dialect.
CREATE INDEX timers_due ON timers ((dialect || ''), due_at);

-- One row for each batch whose acknowledgement might still be missed; it becomes that of the next batch of the same process.
-- Whoever lost a connection during COMMIT puts the row itself: if that succeeds, the batch was not and can't be committed.
CREATE TABLE batches (
  tenant   TEXT COLLATE "C" NOT NULL,
  batch_id TEXT COLLATE "C" NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (tenant, batch_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
        autovacuum_vacuum_cost_delay = 0);

-- Credentials, by the hash of their secret: the tenant is what we learn here. Small, the same on every shard.
CREATE TABLE keys (
  secret_hash  BYTEA PRIMARY KEY,
  key_id       TEXT COLLATE "C" NOT NULL UNIQUE,
  tenant       TEXT COLLATE "C" NOT NULL,
  dialect      TEXT COLLATE "C" NOT NULL,
  name         TEXT COLLATE "C" NOT NULL,
  scopes       BYTEA NOT NULL,
  claims       BYTEA NOT NULL,
  attributes   BYTEA NOT NULL,
  requests_max BIGINT,
  window_s     BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT,
  revoked_at   BIGINT
);
CREATE TABLE logins (
  dialect       TEXT COLLATE "C" NOT NULL,
  username      TEXT COLLATE "C" NOT NULL,
  tenant        TEXT COLLATE "C" NOT NULL,
  password_hash BYTEA NOT NULL,
  key           BYTEA NOT NULL,
  PRIMARY KEY (dialect, username)
);

-- Facts about the database itself: whether it is a sandbox, when each vendor's world was put.
CREATE TABLE house (
  name  TEXT COLLATE "C" PRIMARY KEY,
  value TEXT COLLATE "C" NOT NULL
);
