//! For each table: what of it is in sight.
//!
//! In the text of a view, `main.` stands before a table of the record; a name without it is another view
//! or one of the tables that say what is in sight. A plus before a column keeps the filter away from the
//! choice of an index (for bytes, `coalesce` does): a narrow statement walks the way of the wide one and
//! leaves rows out.

/// What of a table is in sight.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "why a table is seen whole or never is for people")
)]
pub(crate) enum Seen {
    /// What this selects. A later view may stand on an earlier one.
    Part(&'static str),
    /// Every row, and why that is no matter.
    Whole(&'static str),
    /// Nothing, not even the name, and who reads it.
    Never(&'static str),
}

/// One table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class {
    pub table: &'static str,
    pub seen: Seen,
}

macro_rules! classes {
    ($($table:literal: $seen:ident $text:literal;)*) => {
        /// Every table of the record. A test compares this list with the schema.
        pub(crate) const CLASSES: &[Class] =
            &[$(Class { table: $table, seen: Seen::$seen($text) }),*];
    };
}

classes! {
    "family": Part "SELECT * FROM main.family WHERE coalesce(id, id) IN (SELECT id FROM sight)";
    "product": Part "SELECT * FROM main.product WHERE +family IN (SELECT no FROM sight_family)";
    "product_version": Part "SELECT * FROM main.product_version
        WHERE +product IN (SELECT no FROM sight_product)";
    "version_life": Part "SELECT * FROM main.version_life
        WHERE +version IN (SELECT no FROM sight_version)";
    "unit": Part "SELECT * FROM main.unit WHERE +product IN (SELECT no FROM sight_product)";
    "unit_state": Part "SELECT * FROM main.unit_state
        WHERE +product IN (SELECT no FROM sight_product)";
    "fleet": Part "SELECT * FROM main.fleet WHERE +product IN (SELECT no FROM sight_product)";
    "fleet_before": Part "SELECT * FROM main.fleet_before
        WHERE +product IN (SELECT no FROM sight_product)";
    "attached": Part "SELECT * FROM main.attached
        WHERE +version IN (SELECT no FROM sight_version)";
    "sbom": Part "SELECT * FROM main.sbom WHERE +no IN (SELECT no FROM sight_sbom)";
    "instance": Part "SELECT * FROM main.instance WHERE +sbom IN (SELECT no FROM sight_sbom)";

    // A component, and what is known of it, by any SBOM in sight that lists it.
    "component": Part "SELECT c.* FROM main.component c WHERE EXISTS (SELECT 1 FROM main.instance i
        WHERE i.component = c.no AND +i.sbom IN (SELECT no FROM sight_sbom))";
    "component_key": Part "SELECT k.* FROM main.component_key k WHERE EXISTS (SELECT 1
        FROM main.instance i WHERE i.component = k.component
          AND +i.sbom IN (SELECT no FROM sight_sbom))";
    "assessed": Part "SELECT a.* FROM main.assessed a
        WHERE (+a.sbom = 0 OR +a.sbom IN (SELECT no FROM sight_sbom))
          AND EXISTS (SELECT 1 FROM main.instance i WHERE i.component = a.component
            AND +i.sbom IN (SELECT no FROM sight_sbom))";
    "verdict": Part "SELECT v.* FROM main.verdict v
        WHERE (+v.sbom = 0 OR +v.sbom IN (SELECT no FROM sight_sbom))
          AND EXISTS (SELECT 1 FROM main.instance i WHERE i.component = v.component
            AND +i.sbom IN (SELECT no FROM sight_sbom))";
    // That a component was compared with a vulnerability tells what somebody's device contains.
    "vulnerability": Part "SELECT u.* FROM main.vulnerability u WHERE EXISTS (SELECT 1 FROM verdict v
        WHERE v.vulnerability = u.no AND v.since <= (SELECT position FROM sight_at))";
    "vulnerability_alias": Part "SELECT a.* FROM main.vulnerability_alias a WHERE EXISTS (SELECT 1
        FROM verdict v WHERE v.vulnerability = a.vulnerability
          AND v.since <= (SELECT position FROM sight_at))";
    // A verdict on a component that several SBOMs share is reasoned in the assessment of any of them, of
    // which only that reason is read. What an assessment counts is about its own SBOM.
    "assessment": Part "SELECT m.no, m.since, m.until, m.sbom, m.edition, m.engine, m.document,
        CASE WHEN m.sbom IN (SELECT no FROM sight_sbom) THEN m.components END AS components,
        CASE WHEN m.sbom IN (SELECT no FROM sight_sbom) THEN m.not_assessed END AS not_assessed,
        CASE WHEN m.sbom IN (SELECT no FROM sight_sbom) THEN m.not_covered END AS not_covered,
        CASE WHEN m.sbom IN (SELECT no FROM sight_sbom) THEN m.affected END AS affected,
        CASE WHEN m.sbom IN (SELECT no FROM sight_sbom) THEN m.undetermined END AS undetermined,
        CASE WHEN m.sbom IN (SELECT no FROM sight_sbom) THEN m.not_affected END AS not_affected,
        CASE WHEN m.sbom IN (SELECT no FROM sight_sbom) THEN m.known_exploited END AS known_exploited,
        CASE WHEN m.sbom IN (SELECT no FROM sight_sbom) THEN m.critical END AS critical
        FROM main.assessment m";

    // A place where a unit in sight stands or stood.
    "site": Part "SELECT s.* FROM main.site s WHERE EXISTS (SELECT 1 FROM main.fleet f
        WHERE f.site = s.no AND +f.product IN (SELECT no FROM sight_product)
          AND f.since <= (SELECT position FROM sight_at))";
    "consignee": Part "SELECT c.* FROM main.consignee c WHERE EXISTS (SELECT 1 FROM main.site s
        JOIN main.fleet f ON f.site = s.no
        WHERE s.consignee = c.no AND +f.product IN (SELECT no FROM sight_product)
          AND f.since <= (SELECT position FROM sight_at))";
    "contact": Part "SELECT c.* FROM main.contact c
        WHERE EXISTS (SELECT 1 FROM consignee n WHERE n.no = c.consignee)
          AND (c.site = 0 OR EXISTS (SELECT 1 FROM site s WHERE s.no = c.site))";
    "contact_text": Part "SELECT x.* FROM main.contact_text x
        WHERE EXISTS (SELECT 1 FROM contact c WHERE c.no = x.contact)";

    // Lists of units may name units of other families; their rows are seen one by one.
    "blob": Part "SELECT b.* FROM main.blob b
        WHERE EXISTS (SELECT 1 FROM main.sbom s
            WHERE s.digest = b.digest AND +s.no IN (SELECT no FROM sight_sbom))
          OR EXISTS (SELECT 1 FROM contact_text x WHERE x.text = b.digest)
          OR b.digest IN (SELECT s.inventory FROM main.sbom s
            WHERE +s.no IN (SELECT no FROM sight_sbom))
          OR b.digest IN (SELECT m.document FROM main.assessment m
            WHERE +m.sbom IN (SELECT no FROM sight_sbom))";
    "noun_word": Part "SELECT w.* FROM main.noun_word w WHERE CASE w.kind
        WHEN 'family' THEN w.no IN (SELECT no FROM sight_family)
        WHEN 'product' THEN w.no IN (SELECT no FROM sight_product)
        WHEN 'version' THEN w.no IN (SELECT no FROM sight_version)
        WHEN 'consignee' THEN EXISTS (SELECT 1 FROM consignee c WHERE c.no = w.no)
        WHEN 'site' THEN EXISTS (SELECT 1 FROM site s WHERE s.no = w.no)
        ELSE w.kind = 'supplier' END";
    // When something in sight was recorded, and by whom, stands at its entry. What an entry says is for who
    // sees the whole record.
    "ledger": Part "SELECT seq, at, actor, role, entity, entity_version, leaf,
        CAST(NULL AS BLOB) AS entry FROM main.ledger";
    "twin": Part "SELECT * FROM main.twin WHERE FALSE";

    // A decision about all families concerns everybody.
    "decision": Part "SELECT d.* FROM main.decision d WHERE EXISTS (SELECT 1 FROM main.decision_text t
        WHERE t.decision = d.no AND t.whole = 1 AND t.since <= (SELECT position FROM sight_at))
      OR EXISTS (SELECT 1 FROM main.decision_family f WHERE f.decision = d.no
        AND coalesce(f.family, f.family) IN (SELECT id FROM sight)
        AND f.since <= (SELECT position FROM sight_at))";
    "decision_text": Part "SELECT t.* FROM main.decision_text t
        WHERE EXISTS (SELECT 1 FROM decision d WHERE d.no = t.decision)";
    "decision_family": Part "SELECT f.* FROM main.decision_family f
        WHERE EXISTS (SELECT 1 FROM decision d WHERE d.no = f.decision)";
    // A call about all families concerns everybody.
    "duty_call": Part "SELECT c.* FROM main.duty_call c WHERE c.family IS NULL
      OR coalesce(c.family, c.family) IN (SELECT id FROM sight)";

    "listed": Whole "Numbers of entries; what they say stands in the ledger.";
    "supplier": Whole "A maker of parts belongs to no family, and nothing says for which one it works.";
    "edition": Whole "Public knowledge.";
    "subject": Whole "An identifier that tells nothing; its text is reached through `contact_text`.";
    "subject_key": Whole "A key opens one text alone, and that is reached through `contact_text`.";
    "twin_mark": Whole "That all of this is a twin, and of whose record.";
    "head": Whole "How long the ledger is and its root: a number and a hash.";
    "migration": Whole "The layout of the tables.";
    "store": Whole "The layout of the tables.";

    "checkpoint": Never "Read by the register for proofs, never by a reader.";
    "credential": Never "Read while somebody signs in or changes their account, never by a reader of rows.";
    "session": Never "Read while somebody signs in or changes their account, never by a reader of rows.";
    "waiting": Never "Read by the pen while somebody signs in.";
    "replay": Never "Answers to changes: the pen gives each to who asked for it.";
}
