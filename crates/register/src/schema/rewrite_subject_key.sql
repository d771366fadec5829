CREATE TABLE subject_key_anew (
  subject BLOB PRIMARY KEY CHECK (length(subject) = 16),
  key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;
INSERT INTO subject_key_anew (subject, key) SELECT subject, key FROM subject_key ORDER BY subject;
DROP TABLE subject_key;
ALTER TABLE subject_key_anew RENAME TO subject_key;
