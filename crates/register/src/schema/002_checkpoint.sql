-- Every checkpoint this register signed: the C2SP note, and copies of what it says for look-up.
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY,
  root BLOB NOT NULL CHECK (length(root) = 32),
  at INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;
