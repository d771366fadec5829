//! What each address asks of whoever asks: the one table that every request passes.
//!
//! An address without a row is closed to everybody; a test compares the table with the routes in both
//! directions, and asks every route as every role. Who has which right stands in
//! [`aftercare_domain::access`].

use Need::{Anyone, Holds, SignedIn};
use aftercare_domain::access::Right;
use axum::http::Method;

/// What an address asks of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Anyone,
    /// To be signed in: it is about one's own account, or the desk looks closer.
    SignedIn,
    /// A right.
    Holds(Right),
}

/// A row: method, address as routed, what it asks.
pub type Row = (&'static str, &'static str, Need);

/// Every address of a record but the files of pages.
pub const TABLE: &[Row] = &[
    // Signing in.
    ("GET", "/sign-in", Anyone),
    ("POST", "/sign-in", Anyone),
    ("POST", "/sign-in/code", Anyone),
    ("POST", "/sign-in/passkey", Anyone),
    ("POST", "/sign-in/passkey/challenge", Anyone),
    ("POST", "/sign-in/provider", Anyone),
    ("GET", "/sign-in/provider/back", Anyone),
    ("POST", "/sign-out", Anyone),
    ("GET", "/set-up", Anyone),
    ("POST", "/set-up", Anyone),
    ("GET", "/join", Anyone),
    ("POST", "/join", Anyone),
    // One's own account.
    ("GET", "/account", SignedIn),
    ("POST", "/account/password", SignedIn),
    ("POST", "/account/generator", SignedIn),
    ("POST", "/account/generator/confirm", SignedIn),
    ("POST", "/account/recovery", SignedIn),
    ("POST", "/account/passkeys", SignedIn),
    ("POST", "/account/passkeys/challenge", SignedIn),
    ("POST", "/account/passkeys/proof", SignedIn),
    ("POST", "/account/credentials/{credential}/end", SignedIn),
    ("POST", "/account/sessions/{session}/end", SignedIn),
    ("POST", "/account/tokens", SignedIn),
    ("POST", "/account/tokens/{token}/revoke", SignedIn),
    ("GET", "/api/v1/account", SignedIn),
    ("POST", "/api/v1/account/tokens", SignedIn),
    ("DELETE", "/api/v1/account/tokens/{token}", SignedIn),
    ("DELETE", "/api/v1/account/sessions/{session}", SignedIn),
    // Files of pages, and the description of the API, which tells nothing of any record.
    ("GET", "/assets/{digest}/{name}", Anyone),
    ("GET", "/favicon.ico", Anyone),
    ("GET", "/api/v1", Anyone),
    ("GET", "/api/v1/openapi.json", Anyone),
    // What is known of devices.
    ("GET", "/", Holds(Right::SeeRecord)),
    ("GET", "/products", Holds(Right::SeeRecord)),
    ("GET", "/versions/{version}", Holds(Right::SeeRecord)),
    ("GET", "/versions/{version}/findings/{component}/{vulnerability}", Holds(Right::SeeRecord)),
    ("GET", "/vulnerabilities/{id}", Holds(Right::SeeRecord)),
    ("GET", "/components", Holds(Right::SeeRecord)),
    ("GET", "/sites/{site}", Holds(Right::SeeRecord)),
    ("GET", "/consignees/{consignee}", Holds(Right::SeeRecord)),
    ("GET", "/changes", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/standing", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/ask", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/products", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/versions/{version}", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/versions/{version}/components", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/versions/{version}/findings", Holds(Right::SeeRecord)),
    (
        "GET",
        "/api/v1/versions/{version}/findings/{component}/{vulnerability}",
        Holds(Right::SeeRecord),
    ),
    ("GET", "/api/v1/versions/{version}/units", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/vulnerabilities/{id}", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/components", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/sites/{site}", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/consignees/{consignee}", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/units/{unit}", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/blobs/{digest}", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/changes", Holds(Right::SeeRecord)),
    // Keeping it.
    ("POST", "/versions/{version}/sboms", Holds(Right::ReceiveSbom)),
    ("POST", "/api/v1/versions/{version}/sboms", Holds(Right::ReceiveSbom)),
    ("POST", "/api/v1/families", Holds(Right::KeepInventory)),
    ("POST", "/api/v1/products", Holds(Right::KeepInventory)),
    ("POST", "/api/v1/versions", Holds(Right::KeepInventory)),
    ("PATCH", "/api/v1/versions/{version}", Holds(Right::KeepInventory)),
    ("POST", "/api/v1/suppliers", Holds(Right::KeepInventory)),
    ("POST", "/api/v1/consignees", Holds(Right::KeepInventory)),
    ("POST", "/api/v1/sites", Holds(Right::KeepInventory)),
    ("POST", "/api/v1/units", Holds(Right::KeepInventory)),
    ("PATCH", "/api/v1/units/{unit}", Holds(Right::KeepInventory)),
    // Persons to be told at customers.
    ("GET", "/api/v1/consignees/{consignee}/contacts", Holds(Right::SeeContacts)),
    ("GET", "/api/v1/contacts/{contact}", Holds(Right::SeeContacts)),
    ("POST", "/consignees/{consignee}/contacts", Holds(Right::KeepContacts)),
    ("POST", "/contacts/{contact}", Holds(Right::KeepContacts)),
    ("POST", "/api/v1/consignees/{consignee}/contacts", Holds(Right::KeepContacts)),
    ("PATCH", "/api/v1/contacts/{contact}", Holds(Right::KeepContacts)),
    ("POST", "/contacts/{contact}/erasure", Holds(Right::EraseText)),
    ("POST", "/api/v1/contacts/{contact}/erasure", Holds(Right::EraseText)),
    // Cases: who may record which fact, the desk looks closer.
    ("GET", "/cases", Holds(Right::SeeCases)),
    ("GET", "/cases/{case}", Holds(Right::SeeCases)),
    ("GET", "/cases/{case}/evidence", Holds(Right::SeeCases)),
    ("GET", "/clocks", Holds(Right::SeeCases)),
    ("GET", "/api/v1/cases", Holds(Right::SeeCases)),
    ("GET", "/api/v1/cases/{case}", Holds(Right::SeeCases)),
    ("GET", "/api/v1/cases/{case}/evidence", Holds(Right::SeeCases)),
    ("GET", "/api/v1/clocks", Holds(Right::SeeCases)),
    ("GET", "/cases/new", Holds(Right::WorkCases)),
    ("POST", "/cases", Holds(Right::WorkCases)),
    ("GET", "/cases/{case}/record/{form}", Holds(Right::WorkCases)),
    ("POST", "/cases/{case}/record/{form}", Holds(Right::WorkCases)),
    ("GET", "/cases/{case}/decide/{kind}", Holds(Right::TakePart)),
    ("POST", "/cases/{case}/decide/{kind}", Holds(Right::TakePart)),
    ("POST", "/api/v1/cases", Holds(Right::WorkCases)),
    ("POST", "/api/v1/cases/{case}/facts", Holds(Right::WorkCases)),
    ("POST", "/api/v1/cases/{case}/decisions", Holds(Right::TakePart)),
    // People: who there is, with which roles.
    ("GET", "/people", Holds(Right::SeePeople)),
    ("GET", "/people/{person}", Holds(Right::SeePeople)),
    ("GET", "/roles", Holds(Right::SeePeople)),
    ("GET", "/api/v1/people", Holds(Right::SeePeople)),
    ("GET", "/api/v1/people.csv", Holds(Right::SeePeople)),
    ("GET", "/api/v1/people/{person}", Holds(Right::SeePeople)),
    ("GET", "/api/v1/roles", Holds(Right::SeePeople)),
    ("POST", "/people", Holds(Right::KeepPeople)),
    ("POST", "/people/{person}/name", Holds(Right::KeepPeople)),
    ("POST", "/people/{person}/suspension", Holds(Right::KeepPeople)),
    ("POST", "/people/{person}/reinstatement", Holds(Right::KeepPeople)),
    ("POST", "/people/{person}/invitation", Holds(Right::KeepPeople)),
    ("POST", "/api/v1/people", Holds(Right::KeepPeople)),
    ("PATCH", "/api/v1/people/{person}", Holds(Right::KeepPeople)),
    ("POST", "/api/v1/people/{person}/suspension", Holds(Right::KeepPeople)),
    ("POST", "/api/v1/people/{person}/reinstatement", Holds(Right::KeepPeople)),
    ("POST", "/api/v1/people/{person}/invitation", Holds(Right::KeepPeople)),
    ("POST", "/people/{person}/identity", Holds(Right::VerifyIdentity)),
    ("POST", "/api/v1/people/{person}/identity", Holds(Right::VerifyIdentity)),
    ("POST", "/people/{person}/roles", Holds(Right::GiveRoles)),
    ("POST", "/people/{person}/roles/{grant}/end", Holds(Right::GiveRoles)),
    ("POST", "/api/v1/people/{person}/roles", Holds(Right::GiveRoles)),
    ("DELETE", "/api/v1/people/{person}/roles/{grant}", Holds(Right::GiveRoles)),
    // One's own absence, or with the right to give roles somebody else's: the desk looks closer.
    ("POST", "/people/{person}/absences", SignedIn),
    ("POST", "/people/{person}/absences/{absence}/end", SignedIn),
    ("POST", "/api/v1/people/{person}/absences", SignedIn),
    ("DELETE", "/api/v1/people/{person}/absences/{absence}", SignedIn),
    ("POST", "/people/{person}/trainings", Holds(Right::RecordTraining)),
    ("POST", "/api/v1/people/{person}/trainings", Holds(Right::RecordTraining)),
    ("POST", "/people/{person}/overrides", Holds(Right::OverrideCompetence)),
    ("POST", "/api/v1/people/{person}/overrides", Holds(Right::OverrideCompetence)),
    // Governing documents.
    ("GET", "/policies", Holds(Right::ReadPolicies)),
    ("GET", "/policies/{policy}", Holds(Right::ReadPolicies)),
    ("POST", "/policies/{policy}/acknowledge", Holds(Right::ReadPolicies)),
    ("GET", "/api/v1/policies", Holds(Right::ReadPolicies)),
    ("GET", "/api/v1/policies/{policy}", Holds(Right::ReadPolicies)),
    ("GET", "/api/v1/policies/{policy}/document", Holds(Right::ReadPolicies)),
    ("POST", "/api/v1/policies/{policy}/acknowledgements", Holds(Right::ReadPolicies)),
    ("POST", "/policies", Holds(Right::KeepPolicies)),
    ("POST", "/policies/{policy}/versions", Holds(Right::KeepPolicies)),
    ("POST", "/policies/{policy}/withdraw", Holds(Right::KeepPolicies)),
    ("POST", "/api/v1/policies", Holds(Right::KeepPolicies)),
    ("POST", "/api/v1/policies/{policy}/versions", Holds(Right::KeepPolicies)),
    ("POST", "/api/v1/policies/{policy}/withdrawal", Holds(Right::KeepPolicies)),
    ("GET", "/access-review", Holds(Right::SeeSecurityRecord)),
    ("POST", "/access-review", Holds(Right::ReviewAccess)),
    ("GET", "/api/v1/access-review", Holds(Right::SeeSecurityRecord)),
    ("POST", "/api/v1/access-review", Holds(Right::ReviewAccess)),
    ("GET", "/security", Holds(Right::SeeSecurityRecord)),
    ("GET", "/api/v1/security", Holds(Right::SeeSecurityRecord)),
    // The ledger.
    ("GET", "/ledger", Holds(Right::SeeLedger)),
    ("GET", "/ledger/{entry}", Holds(Right::SeeLedger)),
    ("GET", "/api/v1/ledger", Holds(Right::SeeLedger)),
    ("GET", "/api/v1/ledger/head", Holds(Right::SeeLedger)),
    ("GET", "/api/v1/ledger/checkpoint", Holds(Right::SeeLedger)),
    ("GET", "/api/v1/ledger/entries/{seq}/proof", Holds(Right::SeeLedger)),
    ("GET", "/api/v1/ledger/keys", Holds(Right::SeeLedger)),
    ("GET", "/api/v1/ledger/tile/{*path}", Holds(Right::SeeLedger)),
    ("POST", "/ledger/checkpoint", Holds(Right::SignLedger)),
    ("POST", "/api/v1/ledger/checkpoint", Holds(Right::SignLedger)),
    // Decisions: which of them somebody may propose or sign, the matrix says.
    ("GET", "/decisions", Holds(Right::SeeDecisions)),
    ("POST", "/decisions", Holds(Right::TakePart)),
    ("GET", "/decisions/new", Holds(Right::TakePart)),
    ("GET", "/decisions/{decision}", Holds(Right::SeeDecisions)),
    ("GET", "/decisions/{decision}/revise", Holds(Right::TakePart)),
    ("POST", "/decisions/{decision}/revise", Holds(Right::TakePart)),
    ("POST", "/decisions/{decision}/sign", Holds(Right::TakePart)),
    ("POST", "/decisions/{decision}/refuse", Holds(Right::TakePart)),
    ("POST", "/decisions/{decision}/withdraw", Holds(Right::TakePart)),
    ("GET", "/rights", Holds(Right::SeePeople)),
    ("GET", "/rights/{kind}", Holds(Right::TakePart)),
    ("POST", "/rights/{kind}", Holds(Right::TakePart)),
    ("GET", "/delegations/new", Holds(Right::TakePart)),
    ("POST", "/delegations", Holds(Right::TakePart)),
    ("POST", "/delegations/{delegation}/end", Holds(Right::TakePart)),
    ("GET", "/api/v1/decisions", Holds(Right::SeeDecisions)),
    ("POST", "/api/v1/decisions", Holds(Right::TakePart)),
    ("GET", "/api/v1/decisions/{decision}", Holds(Right::SeeDecisions)),
    ("POST", "/api/v1/decisions/{decision}/versions", Holds(Right::TakePart)),
    ("POST", "/api/v1/decisions/{decision}/signatures", Holds(Right::TakePart)),
    ("POST", "/api/v1/decisions/{decision}/refusals", Holds(Right::TakePart)),
    ("POST", "/api/v1/decisions/{decision}/withdrawal", Holds(Right::TakePart)),
    ("GET", "/api/v1/rights", Holds(Right::SeePeople)),
    ("POST", "/api/v1/rights/needed", Holds(Right::TakePart)),
    ("POST", "/api/v1/rights/dry-run", Holds(Right::TakePart)),
    ("GET", "/api/v1/delegations", Holds(Right::TakePart)),
    ("POST", "/api/v1/delegations", Holds(Right::TakePart)),
    ("DELETE", "/api/v1/delegations/{delegation}", Holds(Right::TakePart)),
    // Duty.
    ("GET", "/duty", Holds(Right::SeePeople)),
    ("GET", "/duty/chain", Holds(Right::KeepDuty)),
    ("POST", "/duty/chain", Holds(Right::KeepDuty)),
    ("POST", "/calls", Holds(Right::CallDuty)),
    ("GET", "/calls/{call}", Holds(Right::SeeDecisions)),
    ("POST", "/calls/{call}/answer", Holds(Right::CallDuty)),
    ("GET", "/api/v1/duty", Holds(Right::SeePeople)),
    ("POST", "/api/v1/duty/chains", Holds(Right::KeepDuty)),
    ("GET", "/api/v1/calls", Holds(Right::SeeDecisions)),
    ("POST", "/api/v1/calls", Holds(Right::CallDuty)),
    ("GET", "/api/v1/calls/{call}", Holds(Right::SeeDecisions)),
    ("POST", "/api/v1/calls/{call}/answer", Holds(Right::CallDuty)),
    // Twins.
    ("GET", "/twins", Holds(Right::SeeRecord)),
    ("GET", "/api/v1/twins", Holds(Right::SeeRecord)),
    ("POST", "/twins", Holds(Right::KeepTwins)),
    ("POST", "/twins/{name}/discard", Holds(Right::KeepTwins)),
    ("POST", "/api/v1/twins", Holds(Right::KeepTwins)),
    ("DELETE", "/api/v1/twins/{name}", Holds(Right::KeepTwins)),
];

/// Whether an address takes anything at all.
pub(crate) fn is_known(path: &str) -> bool {
    TABLE.iter().any(|(_, at, _)| *at == path)
}

/// What an address asks; none = it has no row, and is closed.
pub fn need(method: &Method, path: &str) -> Option<Need> {
    // HEAD asks what GET asks.
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    TABLE.iter().find(|(known, at, _)| *known == method && *at == path).map(|(_, _, need)| *need)
}
