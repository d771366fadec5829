-- What is secret about how persons show who they are: the hash of a password, the seed of a code
-- generator, the public key and counter of a passkey, hashes of recovery codes. Lasting, not part of
-- the ledger, which says only that one was set or ended.
CREATE TABLE credential (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  person BLOB NOT NULL CHECK (length(person) = 16),
  factor TEXT NOT NULL CHECK (factor IN ('password', 'totp', 'passkey', 'recovery', 'provider')),
  secret TEXT NOT NULL,
  name TEXT NOT NULL,
  made INTEGER NOT NULL,
  used INTEGER
) STRICT;
CREATE INDEX credential_of ON credential (person, factor);

-- Operational: who is signed in. Losing it signs everybody out.
CREATE TABLE session (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  person BLOB NOT NULL CHECK (length(person) = 16),
  factors TEXT NOT NULL,
  agent TEXT NOT NULL,
  made INTEGER NOT NULL,
  seen INTEGER NOT NULL
) STRICT;
CREATE INDEX session_of ON session (person, made);

-- Operational: what waits for an answer of a person or an identity provider, and how often something
-- was tried. Losing it lets them begin again.
CREATE TABLE waiting (
  key BLOB PRIMARY KEY CHECK (length(key) = 32),
  state TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT;
CREATE INDEX waiting_until ON waiting (until);
