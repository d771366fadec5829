//! Addresses of pages and of the API. The only place that writes one; text from outside is
//! percent-encoded.
//!
//! A page gets its [`Links`] with its frame. They stand under one prefix and keep one moment, so that
//! whoever follows them stays in the same record at the same moment. Assets are not among them: they
//! are the same for all (see [`crate::assets`]).

mod mapping;
mod notices;
mod rules;
mod signals;
mod usage;

use aftercare_desk::{AdvisoryKey, answers::Target};
use aftercare_domain::{When, rights::DecisionKind};
use aftercare_vocab::{
    digest::Digest,
    id::{
        AdvisoryId, CallId, CaseId, ConsigneeId, ContactId, DecisionId, DelegationId, FamilyId,
        PersonId, PolicyId, ProductId, SiteId, VersionId,
    },
};
use std::fmt::Write as _;

/// The parameter that names the moment.
pub const AS_OF: &str = "as_of";

/// The parameter of the date control with a time of day, joined to [`AS_OF`] on arrival.
pub const AS_OF_TIME: &str = "as_of_time";

/// The page of all workspaces. It belongs to no record, so it has neither prefix nor moment.
pub const WORKSPACES: &str = "/workspaces";

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3), so that the text is
/// one path segment or one query value whatever it holds.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    // A segment of dots alone would be taken for a step up the path.
    match out.as_str() {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => out,
    }
}

/// Addresses under one prefix and at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    prefix: String,
    as_of: Option<When>,
}

/// An interview without answers in an address, where what is empty is left out.
pub const NO_ANSWERS: &str = "none";

impl Links {
    /// Addresses of the present under a prefix such as `/w/NAME`; empty = the root.
    pub fn under(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), as_of: None }
    }

    /// The same at a moment; none = the present.
    #[must_use]
    pub fn at(&self, as_of: Option<When>) -> Self {
        Self { prefix: self.prefix.clone(), as_of }
    }

    /// A path within the record as it is asked for from outside.
    pub fn whole(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The earlier moment that these addresses keep.
    pub const fn as_of(&self) -> Option<When> {
        self.as_of
    }

    /// Whether they lead to an earlier moment, where nothing can be changed.
    pub const fn is_past(&self) -> bool {
        self.as_of.is_some()
    }

    /// A path with query values and the moment; empty values are left out.
    fn address(&self, path: &str, values: &[(&str, &str)]) -> String {
        let mut out = format!("{}{path}", self.prefix);
        let moment = self.as_of.map(|when| when.to_string()).unwrap_or_default();
        let mut sign = '?';
        for (name, value) in values.iter().chain(&[(AS_OF, moment.as_str())]) {
            if !value.is_empty() {
                let _ = write!(out, "{sign}{name}={}", encoded(value));
                sign = '&';
            }
        }
        out
    }

    /// The page that is open, at the moment of these addresses.
    pub fn here(&self, here: &Here) -> String {
        let values: Vec<(&str, &str)> =
            here.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.address(&here.path, &values)
    }

    /// The ask page.
    pub fn home(&self) -> String {
        self.address("/", &[])
    }

    /// Where people sign in; `to` is where they want to go then.
    pub fn sign_in(&self, to: &str) -> String {
        self.at(None).address("/sign-in", &[("to", to)])
    }

    /// Where they sign out.
    pub fn sign_out(&self) -> String {
        self.at(None).address("/sign-out", &[])
    }

    /// The second step of signing in.
    pub fn sign_in_code(&self) -> String {
        self.at(None).address("/sign-in/code", &[])
    }

    /// Where signing in by the provider begins.
    pub fn sign_in_provider(&self) -> String {
        self.at(None).address("/sign-in/provider", &[])
    }

    /// Where a passkey signs somebody in.
    pub fn sign_in_passkey(&self) -> String {
        self.at(None).address("/sign-in/passkey", &[])
    }

    /// Where a browser asks for what a passkey is to answer, to sign in.
    pub fn sign_in_challenge(&self) -> String {
        self.at(None).address("/sign-in/passkey/challenge", &[])
    }

    /// Where the first person is added.
    pub fn set_up(&self) -> String {
        self.at(None).address("/set-up", &[])
    }

    /// Where an invitation is used.
    pub fn join(&self) -> String {
        self.at(None).address("/join", &[])
    }

    /// One's own account, or a form of it: `password`, `tokens`; empty = the page.
    pub fn account(&self, form: &str) -> String {
        let path = if form.is_empty() { "/account".to_owned() } else { format!("/account/{form}") };
        self.at(None).address(&path, &[])
    }

    /// The people of the record.
    pub fn people(&self) -> String {
        self.people_with("")
    }

    /// A page of the people.
    pub fn people_with(&self, after: &str) -> String {
        self.address("/people", &[("after", after)])
    }

    /// A person.
    pub fn person(&self, id: PersonId) -> String {
        self.address(&format!("/people/{id}"), &[])
    }

    /// Where a form about a person is sent: `roles`, `absences/ABSENCE/end`.
    pub fn person_form(&self, id: PersonId, form: &str) -> String {
        self.at(None).address(&format!("/people/{id}/{form}"), &[])
    }

    /// The people as comma-separated values.
    pub fn people_csv(&self) -> String {
        self.address("/api/v1/people.csv", &[])
    }

    /// The roles and what they may do with the system.
    pub fn roles(&self) -> String {
        self.address("/roles", &[])
    }

    /// The review of access.
    pub fn access_review(&self) -> String {
        self.access_review_with("")
    }

    /// A page of it.
    pub fn access_review_with(&self, after: &str) -> String {
        self.address("/access-review", &[("after", after)])
    }

    /// Where its form is sent.
    pub fn access_review_form(&self) -> String {
        self.at(None).address("/access-review", &[])
    }

    /// The security record.
    pub fn security(&self) -> String {
        self.security_with("")
    }

    /// A page of the security record.
    pub fn security_with(&self, after: &str) -> String {
        self.address("/security", &[("after", after)])
    }

    /// The ask page with a question.
    pub fn ask(&self, question: &str) -> String {
        self.address("/", &[("q", question)])
    }

    /// What answers rest on, on the ask page.
    pub fn sources(&self) -> String {
        format!("{}#sources", self.home())
    }

    /// The product list.
    pub fn products(&self) -> String {
        self.products_with(&[])
    }

    /// A part of the product list: `only`, `after`.
    pub fn products_with(&self, values: &[(&str, &str)]) -> String {
        self.address("/products", values)
    }

    /// One product within the product list.
    pub fn product(&self, id: ProductId) -> String {
        format!("{}#{id}", self.products())
    }

    /// A version page.
    pub fn version(&self, id: VersionId) -> String {
        self.version_with(id, &[])
    }

    /// One tab of a version page.
    pub fn version_tab(&self, id: VersionId, tab: &str) -> String {
        self.version_with(id, &[("tab", tab)])
    }

    /// A version page with its filter: `tab`, `answer`, `only`, `q`, `sort`, `after`.
    pub fn version_with(&self, id: VersionId, values: &[(&str, &str)]) -> String {
        self.address(&format!("/versions/{id}"), values)
    }

    /// Where an SBOM for a version is sent.
    pub fn sboms(&self, id: VersionId) -> String {
        self.address(&format!("/versions/{id}/sboms"), &[])
    }

    /// A finding with its reasons.
    pub fn finding(&self, version: VersionId, component: u32, vulnerability: &str) -> String {
        let vulnerability = encoded(vulnerability);
        self.address(&format!("/versions/{version}/findings/{component}/{vulnerability}"), &[])
    }

    /// A vulnerability and its reach.
    pub fn vulnerability(&self, id: &str) -> String {
        self.vulnerability_with(id, &[])
    }

    /// A part of a vulnerability's reach: `answer`, `products_after`, `consignees_after`.
    pub fn vulnerability_with(&self, id: &str, values: &[(&str, &str)]) -> String {
        self.address(&format!("/vulnerabilities/{}", encoded(id)), values)
    }

    /// All places of a component.
    pub fn components(&self, query: &str) -> String {
        self.components_with(query, "")
    }

    /// A page of the places of a component.
    pub fn components_with(&self, query: &str, after: &str) -> String {
        self.address("/components", &[("q", query), ("after", after)])
    }

    /// A site.
    pub fn site(&self, id: SiteId) -> String {
        self.site_with(id, "")
    }

    /// A page of a site's units.
    pub fn site_with(&self, id: SiteId, after: &str) -> String {
        self.address(&format!("/sites/{id}"), &[("after", after)])
    }

    /// A consignee.
    pub fn consignee(&self, id: ConsigneeId) -> String {
        self.consignee_with(id, "")
    }

    /// A page of a consignee's sites.
    pub fn consignee_with(&self, id: ConsigneeId, after: &str) -> String {
        self.address(&format!("/consignees/{id}"), &[("after", after)])
    }

    /// A page of a consignee's contacts.
    pub fn consignee_contacts(&self, id: ConsigneeId, after: &str) -> String {
        self.address(&format!("/consignees/{id}"), &[("contacts_after", after)])
    }

    /// Where a new contact of a consignee is sent.
    pub fn contacts(&self, id: ConsigneeId) -> String {
        self.address(&format!("/consignees/{id}/contacts"), &[])
    }

    /// Where a changed contact is sent.
    pub fn contact(&self, id: ContactId) -> String {
        self.address(&format!("/contacts/{id}"), &[])
    }

    /// Where the erasure of a contact is sent.
    pub fn erasure(&self, id: ContactId) -> String {
        self.address(&format!("/contacts/{id}/erasure"), &[])
    }

    /// What changed between two moments.
    pub fn changes(&self) -> String {
        self.changes_with(&[])
    }

    /// A comparison: `from`, `to`, `kind`, `after`.
    pub fn changes_with(&self, values: &[(&str, &str)]) -> String {
        self.address("/changes", values)
    }

    /// The ledger.
    pub fn ledger(&self) -> String {
        self.ledger_with("")
    }

    /// Where the form that signs the ledger is sent.
    pub fn ledger_checkpoint(&self) -> String {
        self.address("/ledger/checkpoint", &[])
    }

    /// A page of the ledger.
    pub fn ledger_with(&self, after: &str) -> String {
        self.address("/ledger", &[("after", after)])
    }

    /// An entry of the ledger.
    pub fn ledger_entry(&self, number: u64) -> String {
        self.address(&format!("/ledger/{number}"), &[])
    }

    /// The beginning of the API.
    pub fn api(&self) -> String {
        self.address("/api/v1", &[])
    }

    /// A thing, for programs: `kind` is its plural noun.
    pub fn api_thing(&self, kind: &str, id: &str) -> String {
        self.address(&format!("/api/v1/{kind}/{}", encoded(id)), &[])
    }

    /// Decisions: all that are open.
    pub fn decisions(&self) -> String {
        self.address("/decisions", &[])
    }

    /// Decisions, narrowed or turned over.
    pub fn decisions_with(&self, values: &[(&str, &str)]) -> String {
        self.address("/decisions", values)
    }

    /// Where a decision is proposed.
    pub fn new_decision(&self) -> String {
        self.at(None).address("/decisions/new", &[])
    }

    /// One decision.
    pub fn decision(&self, id: DecisionId) -> String {
        self.address(&format!("/decisions/{id}"), &[])
    }

    /// A form about a decision: `sign`, `refuse`, `revise`, `withdraw`.
    pub fn decision_form(&self, id: DecisionId, form: &str) -> String {
        self.at(None).address(&format!("/decisions/{id}/{form}"), &[])
    }

    /// Cases that have not ended.
    pub fn cases(&self) -> String {
        self.address("/cases", &[])
    }

    /// Cases, narrowed or turned over.
    pub fn cases_with(&self, values: &[(&str, &str)]) -> String {
        self.address("/cases", values)
    }

    /// Where a case is opened by hand.
    pub fn new_case(&self) -> String {
        self.at(None).address("/cases/new", &[])
    }

    /// One case.
    pub fn case(&self, id: CaseId) -> String {
        self.address(&format!("/cases/{id}"), &[])
    }

    /// Its evidence, to print.
    pub fn case_evidence(&self, id: CaseId) -> String {
        self.address(&format!("/cases/{id}/evidence"), &[])
    }

    /// Its evidence as JSON.
    pub fn api_case_evidence(&self, id: CaseId) -> String {
        self.address(&format!("/api/v1/cases/{id}/evidence"), &[])
    }

    /// Where a fact about it is written.
    pub fn case_record(&self, id: CaseId, form: &str) -> String {
        self.at(None).address(&format!("/cases/{id}/record/{form}"), &[])
    }

    /// The same for a condition.
    pub fn case_record_for(&self, id: CaseId, form: &str, guard: &str) -> String {
        self.at(None).address(&format!("/cases/{id}/record/{form}"), &[("guard", guard)])
    }

    /// Where a decision about it is proposed.
    pub fn case_decide(&self, id: CaseId, kind: DecisionKind) -> String {
        self.at(None).address(&format!("/cases/{id}/decide/{}", kind.code()), &[])
    }

    /// A case by what it is named in an address.
    pub fn case_named(&self, name: &str) -> String {
        self.address(&format!("/cases/{}", encoded(name)), &[])
    }

    /// Where an advisory about it is written.
    pub fn new_advisory(&self, case: CaseId, audience: &str) -> String {
        self.at(None).address(&format!("/cases/{case}/advisories/new"), &[("audience", audience)])
    }

    /// Where a new advisory about a case is sent.
    pub fn advisories_of(&self, case: &str) -> String {
        self.at(None).address(&format!("/cases/{}/advisories", encoded(case)), &[])
    }

    /// An advisory, for those who work on it.
    pub fn advisory(&self, id: AdvisoryId) -> String {
        self.address(&format!("/advisory-drafts/{id}"), &[])
    }

    /// The same by what it is named in an address.
    pub fn advisory_named(&self, name: &str) -> String {
        self.address(&format!("/advisory-drafts/{}", encoded(name)), &[])
    }

    /// One version of it.
    pub fn advisory_version(&self, id: AdvisoryId, version: u64) -> String {
        let version = version.to_string();
        self.address(&format!("/advisory-drafts/{id}"), &[("version", &version)])
    }

    /// A document of a version.
    pub fn advisory_file(&self, id: AdvisoryId, version: u64, name: &str) -> String {
        let path = format!("/advisory-drafts/{id}/files/{version}/{}", encoded(name));
        self.address(&path, &[])
    }

    /// A form about it: `versions`, `propose`, `publish`, `withdraw`.
    pub fn advisory_form(&self, id: AdvisoryId, form: &str) -> String {
        self.at(None).address(&format!("/advisory-drafts/{id}/{form}"), &[])
    }

    /// Where a new version of it is sent.
    pub fn advisory_versions(&self, key: &AdvisoryKey) -> String {
        let name = match key {
            AdvisoryKey::Id(id) => id.to_string(),
            AdvisoryKey::Number(number) => encoded(number),
        };
        self.at(None).address(&format!("/advisory-drafts/{name}/versions"), &[])
    }

    /// What is published, for everybody.
    pub fn public_advisories(&self) -> String {
        self.at(None).address("/advisories", &[])
    }

    /// One published advisory, or a document of it by its file name.
    pub fn public_advisory(&self, name: &str) -> String {
        self.at(None).address(&format!("/advisories/{}", encoded(name)), &[])
    }

    /// The clock wall.
    pub fn clocks(&self) -> String {
        self.address("/clocks", &[])
    }

    /// The clock wall, turned over.
    pub fn clocks_with(&self, values: &[(&str, &str)]) -> String {
        self.address("/clocks", values)
    }

    /// The governing documents.
    pub fn policies(&self) -> String {
        self.address("/policies", &[])
    }

    /// One governing document.
    pub fn policy(&self, id: PolicyId) -> String {
        self.address(&format!("/policies/{id}"), &[])
    }

    /// One version of a governing document.
    pub fn policy_version(&self, id: PolicyId, version: u64) -> String {
        self.address(&format!("/policies/{id}"), &[("version", &version.to_string())])
    }

    /// The bytes of a version of a governing document.
    pub fn policy_document(&self, id: PolicyId, version: u64) -> String {
        let version = version.to_string();
        self.address(&format!("/api/v1/policies/{id}/document"), &[("version", &version)])
    }

    /// A form about a governing document: `acknowledge`, `versions`, `withdraw`.
    pub fn policy_form(&self, id: PolicyId, form: &str) -> String {
        self.at(None).address(&format!("/policies/{id}/{form}"), &[])
    }

    /// The matrix of decision rights.
    pub fn rights(&self) -> String {
        self.address("/rights", &[])
    }

    /// Where a change of one row of it is proposed.
    pub fn rights_row(&self, kind: &str) -> String {
        self.at(None).address(&format!("/rights/{}", encoded(kind)), &[])
    }

    /// Where delegations are sent.
    pub fn delegations(&self) -> String {
        self.at(None).address("/delegations", &[])
    }

    /// One's own delegations, and the form for another.
    pub fn new_delegation(&self) -> String {
        self.address("/delegations/new", &[])
    }

    /// Duty: chains and calls.
    pub fn duty(&self) -> String {
        self.duty_with(&[])
    }

    /// Duty with some of the calls: `only`, `after`.
    pub fn duty_with(&self, values: &[(&str, &str)]) -> String {
        self.address("/duty", values)
    }

    /// The form for the chain of a family, or of all.
    pub fn chain(&self, family: Option<FamilyId>) -> String {
        let family = family.map(|family| family.to_string()).unwrap_or_default();
        self.address("/duty/chain", &[("family", &family)])
    }

    /// Where a chain is sent.
    pub fn adopt_chain(&self) -> String {
        self.at(None).address("/duty/chain", &[])
    }

    /// Where a call is sent.
    pub fn raise_call(&self) -> String {
        self.at(None).address("/calls", &[])
    }

    /// One call.
    pub fn call(&self, id: CallId) -> String {
        self.address(&format!("/calls/{id}"), &[])
    }

    /// Where the answer to a call is sent.
    pub fn answer_call(&self, id: CallId) -> String {
        self.at(None).address(&format!("/calls/{id}/answer"), &[])
    }

    /// Where a delegation is ended.
    pub fn end_delegation(&self, id: DelegationId) -> String {
        self.at(None).address(&format!("/delegations/{id}/end"), &[])
    }

    /// The twins of the record.
    pub fn twins(&self) -> String {
        self.address("/twins", &[])
    }

    /// Where a twin is thrown away by a form.
    pub fn discard_twin(&self, name: &str) -> String {
        self.address(&format!("/twins/{}/discard", encoded(name)), &[])
    }

    /// The first page of a twin of the record.
    pub fn twin(&self, name: &str) -> String {
        self.whole(&format!("/t/{}/", encoded(name)))
    }

    /// The ledger, for programs.
    pub fn api_ledger(&self) -> String {
        self.address("/api/v1/ledger", &[])
    }

    /// Received bytes.
    pub fn blob(&self, digest: &Digest) -> String {
        self.address(&format!("/api/v1/blobs/{digest}"), &[])
    }

    /// The interview about a case with the answers so far, at a question of its own or the next one. Without
    /// answers it goes on from those in the record; with an empty line it begins anew.
    pub fn case_rubric(&self, id: CaseId, answers: Option<&str>, at: &str) -> String {
        let answers = answers.map_or("", |line| if line.is_empty() { NO_ANSWERS } else { line });
        self.at(None).address(&format!("/cases/{id}/rubric"), &[("answers", answers), ("at", at)])
    }

    /// The form in which exploitability is recorded, filled in from the answers of an interview.
    pub fn case_record_from(&self, id: CaseId, answers: &str) -> String {
        self.at(None).address(&format!("/cases/{id}/record/exploited"), &[("interview", answers)])
    }

    /// A file beside a fact of a case.
    pub fn case_attachment(&self, id: CaseId, digest: &Digest) -> String {
        self.address(&format!("/api/v1/cases/{id}/attachments/{digest}"), &[])
    }

    /// The page of a target; none for a unit whose site is unknown.
    pub fn target(&self, target: &Target) -> Option<String> {
        Some(match target {
            Target::Vulnerability { id } => self.vulnerability(id),
            Target::Version { id } => self.version(*id),
            Target::Product { id } => self.product(*id),
            Target::Finding { version, component, vulnerability } => {
                self.finding(*version, *component, vulnerability)
            }
            Target::Components { query } => self.components(query),
            Target::Consignee { id } => self.consignee(*id),
            Target::Site { id } => self.site(*id),
            Target::Unit { id, site } => format!("{}#{id}", self.site((*site)?)),
            Target::Products => self.products(),
        })
    }
}

/// The open page: where the date control sends its moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Its path, without prefix.
    pub path: String,
    /// Its query values but the moment and the cursors, which hold only at their own moment.
    pub values: Vec<(String, String)>,
}

impl Default for Here {
    fn default() -> Self {
        Self { path: "/".to_owned(), values: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_one_segment() {
        let (to, hostile) = (Links::default(), "../x?y#z&\"<é");
        assert_eq!(to.vulnerability(hostile), "/vulnerabilities/..%2Fx%3Fy%23z%26%22%3C%C3%A9");
        assert_eq!(to.vulnerability(".."), "/vulnerabilities/%2E%2E");
        assert_eq!(to.ask("pkg:npm/a@1"), "/?q=pkg%3Anpm%2Fa%401");
        assert_eq!(to.products_with(&[("a", ""), ("b", "c d")]), "/products?b=c%20d");
    }

    #[test]
    fn every_address_keeps_its_prefix_and_its_moment() {
        let to = Links::under("/w/north").at("2026-11-24".parse().ok());
        assert_eq!(to.home(), "/w/north/?as_of=2026-11-24");
        assert_eq!(to.sources(), "/w/north/?as_of=2026-11-24#sources");
        assert_eq!(to.ask("a b"), "/w/north/?q=a%20b&as_of=2026-11-24");
        assert_eq!(to.at(None).products(), "/w/north/products");
        let here = Here { path: "/products".into(), values: vec![("only".into(), "x".into())] };
        assert_eq!(to.here(&here), "/w/north/products?only=x&as_of=2026-11-24");
    }
}
