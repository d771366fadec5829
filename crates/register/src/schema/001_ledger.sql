CREATE TABLE migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  projection INTEGER NOT NULL
) STRICT;
INSERT INTO store (one, projection) VALUES (1, 0);

-- `entry` holds the canonical bytes that `leaf` is the RFC 6962 hash of. The other columns are
-- copies for look-up; verify compares them with the entry.
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  operation BLOB NOT NULL CHECK (length(operation) = 16),
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('ui', 'api', 'cli', 'import', 'job')),
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  entity TEXT NOT NULL,
  entity_version INTEGER NOT NULL,
  entry BLOB NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  UNIQUE (entity, entity_version)
) STRICT;
CREATE INDEX ledger_at ON ledger (at, seq);
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is only ever appended to'); END;

CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  frontier BLOB NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT;
