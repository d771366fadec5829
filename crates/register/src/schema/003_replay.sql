-- Operational: the answers to changes that came with an idempotency key, for a week. Losing it is
-- harmless but for requests that are sent again.
CREATE TABLE replay (
  key BLOB PRIMARY KEY CHECK (length(key) = 32),
  asked BLOB NOT NULL CHECK (length(asked) = 32),
  at INTEGER NOT NULL,
  answer BLOB NOT NULL
) STRICT;
CREATE INDEX replay_at ON replay (at);

-- Keys of the blobs with personal text, one for each subject. Lasting, not part of the ledger, and
-- the one thing in the register that is destroyed on purpose: without its key a text is gone.
CREATE TABLE subject_key (
  subject BLOB PRIMARY KEY CHECK (length(subject) = 16),
  key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;
