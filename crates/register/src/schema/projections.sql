CREATE TABLE blob (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  size INTEGER NOT NULL
) STRICT;

CREATE TABLE family (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE,
  description TEXT
) STRICT;

CREATE TABLE product (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  family INTEGER NOT NULL,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  model TEXT,
  description TEXT,
  UNIQUE (family, folded)
) STRICT;

CREATE TABLE product_version (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  product INTEGER NOT NULL,
  label TEXT NOT NULL,
  folded TEXT NOT NULL,
  UNIQUE (product, folded)
) STRICT;

CREATE TABLE version_life (
  version INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  predecessor BLOB CHECK (length(predecessor) = 16),
  released TEXT,
  supported_until TEXT,
  end_of_support TEXT,
  PRIMARY KEY (version, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE supplier (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE consignee (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  country TEXT
) STRICT;

CREATE TABLE site (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  consignee INTEGER NOT NULL,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  country TEXT,
  city TEXT,
  time_zone TEXT,
  UNIQUE (consignee, folded)
) STRICT;

-- What never changes about a unit. `udi_di` is '' where none is known.
CREATE TABLE unit (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  product INTEGER NOT NULL,
  udi_di TEXT NOT NULL,
  serial TEXT NOT NULL,
  delivered TEXT,
  UNIQUE (serial, udi_di, product)
) STRICT;

-- `version` is 0 while it is unknown what is installed; `installed` is the JSON that says why.
CREATE TABLE unit_state (
  unit INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  product INTEGER NOT NULL,
  version INTEGER NOT NULL,
  site INTEGER NOT NULL,
  installed TEXT NOT NULL,
  PRIMARY KEY (unit, since)
) STRICT, WITHOUT ROWID;

-- How many units of a product and version (0 = unknown) stand at a site: one row for each place where any
-- stand or stood (then 0), however often it was counted anew. `since` is the entry that brought the first,
-- `counted` the one that the number stands on.
CREATE TABLE fleet (
  product INTEGER NOT NULL,
  version INTEGER NOT NULL,
  site INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  counted INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  units INTEGER NOT NULL CHECK (units >= 0),
  PRIMARY KEY (product, version, site)
) STRICT, WITHOUT ROWID;

-- What `fleet` said before: each number held from `since` until the next one of its place. What stood at a
-- moment is one look by the key, whatever came before it and after.
CREATE TABLE fleet_before (
  product INTEGER NOT NULL,
  version INTEGER NOT NULL,
  site INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  units INTEGER NOT NULL CHECK (units >= 0),
  PRIMARY KEY (product, version, site, since)
) STRICT, WITHOUT ROWID;

-- One reading of one SBOM, whatever versions it is attached to.
CREATE TABLE sbom (
  no INTEGER PRIMARY KEY,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  inventory BLOB NOT NULL CHECK (length(inventory) = 32),
  format TEXT NOT NULL,
  spec_version TEXT NOT NULL,
  size INTEGER NOT NULL,
  reader TEXT NOT NULL,
  components INTEGER NOT NULL,
  dependencies INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  name TEXT,
  serial TEXT,
  created TEXT,
  root INTEGER,
  UNIQUE (digest, inventory)
) STRICT;

CREATE TABLE attached (
  version INTEGER NOT NULL,
  sbom INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  received_from TEXT,
  PRIMARY KEY (version, sbom, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX attached_by_sbom ON attached (sbom, version);
CREATE INDEX attached_by_since ON attached (since);
CREATE INDEX attached_by_until ON attached (until);

-- A distinct component. `document` is the JSON its identity is the digest of.
CREATE TABLE component (
  no INTEGER PRIMARY KEY,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  identity BLOB NOT NULL UNIQUE CHECK (length(identity) = 32),
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  group_name TEXT,
  version TEXT,
  purl TEXT,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE component_key (
  kind TEXT NOT NULL CHECK (kind IN ('name', 'word', 'purl', 'cpe')),
  key TEXT NOT NULL,
  component INTEGER NOT NULL,
  PRIMARY KEY (kind, key, component)
) STRICT, WITHOUT ROWID;

-- The inverted index: which component stands where. `repeat` is 0 at its first place in an SBOM.
CREATE TABLE instance (
  component INTEGER NOT NULL,
  sbom INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  PRIMARY KEY (component, sbom, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_by_sbom ON instance (sbom, position);

CREATE TABLE edition (
  no INTEGER PRIMARY KEY,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  records INTEGER NOT NULL,
  sources TEXT NOT NULL
) STRICT;

-- The counts are over distinct components and equal the lists at the moment of the assessment.
CREATE TABLE assessment (
  no INTEGER PRIMARY KEY,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  sbom INTEGER NOT NULL,
  edition BLOB NOT NULL CHECK (length(edition) = 32),
  engine TEXT NOT NULL,
  document BLOB NOT NULL CHECK (length(document) = 32),
  components INTEGER NOT NULL,
  not_assessed INTEGER NOT NULL,
  not_covered INTEGER NOT NULL,
  affected INTEGER NOT NULL,
  undetermined INTEGER NOT NULL,
  not_affected INTEGER NOT NULL,
  known_exploited INTEGER NOT NULL,
  critical INTEGER NOT NULL
) STRICT;
CREATE INDEX assessment_by_sbom ON assessment (sbom, no);

-- That a component has an answer. `sbom` is 0 where the answer holds in every SBOM.
CREATE TABLE assessed (
  component INTEGER NOT NULL,
  sbom INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  assessment INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  not_covered TEXT,
  why TEXT,
  PRIMARY KEY (component, sbom, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE vulnerability (
  no INTEGER PRIMARY KEY,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE vulnerability_alias (
  alias TEXT NOT NULL,
  vulnerability INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (alias, vulnerability)
) STRICT, WITHOUT ROWID;
CREATE INDEX vulnerability_alias_by_number ON vulnerability_alias (vulnerability, alias);

-- One verdict on one distinct component; slot and ordinal say where in the assessment `since`
-- names it is reasoned. `content` tells whether a later assessment says the same.
CREATE TABLE verdict (
  component INTEGER NOT NULL,
  sbom INTEGER NOT NULL,
  vulnerability INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  answer TEXT NOT NULL CHECK (answer IN ('affected', 'undetermined', 'not_affected')),
  precedence INTEGER NOT NULL,
  score INTEGER CHECK (score BETWEEN 0 AND 100),
  vector TEXT,
  kev_since TEXT,
  epss INTEGER,
  confidence TEXT,
  disagreement INTEGER NOT NULL CHECK (disagreement IN (0, 1)),
  fixed_in TEXT NOT NULL,
  summary TEXT NOT NULL,
  aliases TEXT NOT NULL,
  because TEXT NOT NULL,
  content BLOB NOT NULL CHECK (length(content) = 32),
  slot INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (component, sbom, vulnerability, since)
) STRICT, WITHOUT ROWID;

-- Names of nouns by each of their first words, folded, for the ask box.
CREATE TABLE noun_word (
  word TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('family', 'product', 'version', 'supplier', 'consignee', 'site')),
  no INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (word, kind, no)
) STRICT, WITHOUT ROWID;

-- A natural person whose text can be erased. `erased` is the entry that destroyed the key.
CREATE TABLE subject (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  erased INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- `site` is 0 for a contact of the whole consignee.
CREATE TABLE contact (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  subject INTEGER NOT NULL,
  consignee INTEGER NOT NULL,
  site INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_by_consignee ON contact (consignee, no);

-- `text` is the digest of the sealed blob.
CREATE TABLE contact_text (
  contact INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  text BLOB NOT NULL CHECK (length(text) = 32),
  PRIMARY KEY (contact, since)
) STRICT, WITHOUT ROWID;

-- One row in a twin, none in an original.
CREATE TABLE twin_mark (
  no INTEGER PRIMARY KEY,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  manufacturer TEXT NOT NULL,
  of_log TEXT,
  position INTEGER NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32),
  as_of INTEGER
) STRICT;

-- The twins made of this record; `until` is the entry that says one was thrown away.
CREATE TABLE twin (
  no INTEGER PRIMARY KEY,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  log TEXT,
  position INTEGER NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32),
  at INTEGER NOT NULL,
  by_actor TEXT NOT NULL
) STRICT;

-- Entries by what they are about: `people` (the roster is folded from them), `security`, `duty` (the
-- chains), `policies` (the governing documents are folded from them), `cases` (signals and cases are) and `advisories`.
CREATE TABLE listed (
  list TEXT NOT NULL CHECK (list IN ('people', 'security', 'duty', 'policies', 'cases', 'advisories', 'notices', 'usages', 'mappings')),
  no INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (list, no)
) STRICT, WITHOUT ROWID;

-- Decisions for lists; what a decision says and who signed it is read from its entries. `until` is the
-- entry that ended it: taken, or withdrawn.
CREATE TABLE decision (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL
) STRICT;

-- What its versions are about; `whole` = all product families.
CREATE TABLE decision_text (
  decision INTEGER NOT NULL,
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  about TEXT NOT NULL,
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
  PRIMARY KEY (decision, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_about ON decision_text (about, decision);

-- The product families its versions touch.
CREATE TABLE decision_family (
  decision INTEGER NOT NULL,
  family BLOB NOT NULL CHECK (length(family) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (decision, family, since)
) STRICT, WITHOUT ROWID;

-- Calls to whoever is on duty, for lists; whom a call came to and who answered is read from its entries.
-- `until` is the entry that answered it; no family = about all of them.
CREATE TABLE duty_call (
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  since INTEGER NOT NULL REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  until INTEGER REFERENCES ledger (seq) DEFERRABLE INITIALLY DEFERRED,
  family BLOB CHECK (length(family) = 16),
  test INTEGER NOT NULL CHECK (test IN (0, 1))
) STRICT;
