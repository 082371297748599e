-- The whole schema of a new database. Equal to what the migrations build: tests/store compares the two.
-- Every primary key begins with the tenant, except where a caller is looked up before its tenant is known.

-- One row per order: what SQL looks at in columns, the rest as JSON in body, the vendor's own JSON in facts.
CREATE TABLE orders (
  tenant     TEXT NOT NULL,
  dialect    TEXT NOT NULL,
  order_id   TEXT NOT NULL,
  version    INTEGER NOT NULL,
  sequence   INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  status     TEXT NOT NULL,
  placed_at  INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  body       BLOB NOT NULL,
  facts      BLOB NOT NULL,
  PRIMARY KEY (tenant, dialect, order_id)
);
CREATE INDEX orders_by_time ON orders (tenant, dialect, kind, placed_at, order_id);
CREATE INDEX orders_by_status ON orders (tenant, dialect, kind, status, placed_at, order_id);

-- Documents beside orders.
CREATE TABLE records (
  tenant     TEXT NOT NULL,
  dialect    TEXT NOT NULL,
  kind       TEXT NOT NULL,
  record_id  TEXT NOT NULL,
  order_id   TEXT,
  version    INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  facets     BLOB NOT NULL,
  body       BLOB NOT NULL,
  PRIMARY KEY (tenant, dialect, kind, record_id)
);
CREATE INDEX records_by_time ON records (tenant, dialect, kind, created_at, record_id);
CREATE INDEX records_by_order ON records (tenant, dialect, order_id, kind, created_at, record_id) WHERE order_id IS NOT NULL;

CREATE INDEX records_for_all ON records (kind, tenant, record_id) WHERE kind IN ('policy');

-- The values by which lists filter and sort. `holder` is the kind of order, or '#' and the kind of record.
CREATE TABLE facets (
  tenant  TEXT NOT NULL,
  dialect TEXT NOT NULL,
  holder  TEXT NOT NULL,
  name    TEXT NOT NULL,
  value   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  id      TEXT NOT NULL,
  PRIMARY KEY (tenant, dialect, holder, name, value, at, id)
) WITHOUT ROWID;

-- How many rows of each group there are in each stretch of time (countermand.store.tallies).
CREATE TABLE tallies (
  tenant  TEXT NOT NULL,
  dialect TEXT NOT NULL,
  holder  TEXT NOT NULL,
  level   INTEGER NOT NULL,
  stretch INTEGER NOT NULL,
  value   TEXT NOT NULL,
  count   INTEGER NOT NULL,
  PRIMARY KEY (tenant, dialect, holder, level, stretch, value)
) WITHOUT ROWID;

-- Other names of orders; the latest order to claim a name has it.
CREATE TABLE aliases (
  tenant   TEXT NOT NULL,
  dialect  TEXT NOT NULL,
  name     TEXT NOT NULL,
  value    TEXT NOT NULL,
  order_id TEXT NOT NULL,
  PRIMARY KEY (tenant, dialect, name, value)
) WITHOUT ROWID;

-- Append-only, one sequence per order.
CREATE TABLE events (
  tenant   TEXT NOT NULL,
  dialect  TEXT NOT NULL,
  order_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  type     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  body     BLOB NOT NULL,
  PRIMARY KEY (tenant, dialect, order_id, sequence)
) WITHOUT ROWID;

-- One row per effective cancel. Ids are UUIDv7, so rows arrive in order.
CREATE TABLE cancellations (
  tenant          TEXT NOT NULL,
  cancellation_id TEXT NOT NULL,
  dialect         TEXT NOT NULL,
  order_id        TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  state           TEXT NOT NULL,
  body            BLOB NOT NULL,
  PRIMARY KEY (tenant, cancellation_id)
) WITHOUT ROWID;
CREATE INDEX cancellations_by_order ON cancellations (tenant, dialect, order_id, cancellation_id);
-- Only what is not simply done has to be found by its state; a cancel that owes nothing never enters this index.
CREATE INDEX cancellations_by_state ON cancellations (tenant, state, cancellation_id) WHERE state <> 'completed';

-- What is owed outside. The relay works on the open ones. `conflict`: whether it puts a conflict right.
CREATE TABLE obligations (
  tenant        TEXT NOT NULL,
  obligation_id TEXT NOT NULL,
  dialect       TEXT NOT NULL,
  order_id      TEXT NOT NULL,
  kind          TEXT NOT NULL,
  state         TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  conflict      INTEGER NOT NULL DEFAULT 0,
  body          BLOB NOT NULL,
  PRIMARY KEY (tenant, obligation_id)
) WITHOUT ROWID;
CREATE INDEX obligations_by_order ON obligations (tenant, dialect, order_id, obligation_id);
-- What is still owed, of every tenant: counted for whoever watches the house. What is settled leaves this index.
CREATE INDEX obligations_open ON obligations (kind, dialect, state, conflict, created_at) WHERE state IN ('open', 'parked');

-- Idempotency keys with the answers they got.
CREATE TABLE claims (
  tenant      TEXT NOT NULL,
  scope       TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  status      INTEGER NOT NULL,
  headers     BLOB NOT NULL,
  body        BLOB NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (tenant, scope, key)
) WITHOUT ROWID;
-- The oldest are forgotten, of all tenants. New ones come at its end, where an index grows cheaply.
CREATE INDEX claims_by_age ON claims (created_at);

-- How many units of a SKU are reserved, in thousandths. Changed in the transaction that changes the orders.
CREATE TABLE stock (
  tenant         TEXT NOT NULL,
  dialect        TEXT NOT NULL,
  sku            TEXT NOT NULL,
  reserved_milli INTEGER NOT NULL,
  PRIMARY KEY (tenant, dialect, sku)
) WITHOUT ROWID;

-- How often cancelling was refused, by hour and code: sums that are added to now and then.
CREATE TABLE refusals (
  tenant  TEXT NOT NULL,
  dialect TEXT NOT NULL,
  hour    INTEGER NOT NULL,
  code    TEXT NOT NULL,
  count   INTEGER NOT NULL,
  PRIMARY KEY (tenant, dialect, hour, code)
) WITHOUT ROWID;

-- What falls due, on the clock of its dialect. `leased_until` is real time: the process that runs it has it until then.
CREATE TABLE timers (
  tenant       TEXT NOT NULL,
  dialect      TEXT NOT NULL,
  timer_id     TEXT NOT NULL,
  due_at       INTEGER NOT NULL,
  leased_until INTEGER NOT NULL DEFAULT 0,
  body         BLOB NOT NULL,
  PRIMARY KEY (tenant, dialect, timer_id)
) WITHOUT ROWID;
CREATE INDEX timers_due ON timers (dialect, due_at);

-- Credentials, by the hash of their secret: the tenant is what we learn here. Small, the same on every shard.
CREATE TABLE keys (
  secret_hash  BLOB PRIMARY KEY,
  key_id       TEXT NOT NULL UNIQUE,
  tenant       TEXT NOT NULL,
  dialect      TEXT NOT NULL,
  name         TEXT NOT NULL,
  scopes       BLOB NOT NULL,
  claims       BLOB NOT NULL,
  attributes   BLOB NOT NULL,
  requests_max INTEGER,
  window_s     INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER
);
CREATE TABLE logins (
  dialect       TEXT NOT NULL,
  username      TEXT NOT NULL,
  tenant        TEXT NOT NULL,
  password_hash BLOB NOT NULL,
  key           BLOB NOT NULL,
  PRIMARY KEY (dialect, username)
) WITHOUT ROWID;

-- Facts about the database itself: whether it is a sandbox, when each vendor's world was put.
CREATE TABLE house (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
