-- Indexes that only readers need. A replay fills the tables first and makes these afterwards, sorted once
-- instead of entry by entry; the scratch store of verify does without them. An index that a projector
-- looks things up by stands with its table.
CREATE INDEX unit_state_by_place ON unit_state (product, version, site, unit);
CREATE INDEX unit_state_by_since ON unit_state (since, unit);
CREATE INDEX unit_state_by_site ON unit_state (site, unit);
CREATE INDEX fleet_by_site ON fleet (site, product, version);
CREATE INDEX unit_by_since ON unit (since, no);
CREATE INDEX verdict_by_vulnerability ON verdict (vulnerability, component, sbom);
CREATE INDEX verdict_by_precedence ON verdict (precedence, vulnerability);
CREATE INDEX product_by_name ON product (folded, no);
CREATE INDEX consignee_by_name ON consignee (folded, no);
CREATE INDEX site_by_name ON site (folded, no);
CREATE INDEX duty_call_open ON duty_call (until, no);
