//! What a role may do with the system: the one table that every request passes.
//!
//! It says who may look and who may keep things. Who may *decide* is another matter and stands in the
//! matrix of decision rights ([`rights`](crate::rights)), which is versioned data of the record.
//!
//! Source: the reference workflow of this product (roles; separation of duties), 21 CFR 11.10(d) and
//! (g). Every row is proposed; the maker approves it.

use crate::{
    refusal::Refusal,
    role::{RoleKind, RoleName},
    roster::Roster,
};
use RoleName::{
    Administrator, Auditor, Communications, Developer, Executive, FieldService, IntakeCoordinator,
    ProductOwner, ProductSecurityLead, Quality, RegulatoryAffairs, SafetyRiskManager,
    SecurityAnalyst,
};
use serde::{Deserialize, Serialize};

/// The day since which the table is as it is.
pub const VALID_FROM: crate::Date = crate::Date::constant(2026, 11, 26);

/// The maker's people.
const WORKING: &[RoleName] = &of::<{ count(Reach::Working) }>(Reach::Working);
/// They, and whoever looks.
const READING: &[RoleName] = &of::<{ count(Reach::Reading) }>(Reach::Reading);
/// Everybody but people outside.
const STAFF: &[RoleName] = &of::<{ count(Reach::Staff) }>(Reach::Staff);

/// Which kinds of roles a list takes in.
#[derive(Clone, Copy)]
enum Reach {
    Working,
    Reading,
    Staff,
}

impl Reach {
    const fn takes(self, role: RoleName) -> bool {
        match role.kind() {
            RoleKind::Working => true,
            RoleKind::Looking => matches!(self, Self::Reading | Self::Staff),
            RoleKind::Keeping => matches!(self, Self::Staff),
            RoleKind::Outside => false,
        }
    }
}

const fn count(reach: Reach) -> usize {
    let (mut at, mut found) = (0, 0);
    while at < RoleName::ALL.len() {
        found += reach.takes(RoleName::ALL[at]) as usize;
        at += 1;
    }
    found
}

/// The roles of a list, in the order of roles.
const fn of<const N: usize>(reach: Reach) -> [RoleName; N] {
    let mut roles = [RoleName::Administrator; N];
    let (mut at, mut found) = (0, 0);
    while at < RoleName::ALL.len() {
        if reach.takes(RoleName::ALL[at]) {
            roles[found] = RoleName::ALL[at];
            found += 1;
        }
        at += 1;
    }
    roles
}

macro_rules! rights {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $what:literal, $roles:expr;)*) => {
        /// A right.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Right { $($(#[$doc])* $variant,)* }

        impl Right {
            /// Every right.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code name: `see_record`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What it is the right to: `look at products, versions and findings`.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }

            /// The roles that have it.
            pub const fn roles(self) -> &'static [RoleName] {
                match self { $(Self::$variant => $roles,)* }
            }
        }
    };
}

rights! {
    /// Products, versions, findings, customers, sites, units; questions about them.
    SeeRecord = "see_record", "look at products, versions, findings and customers", READING;
    /// Persons to be told at customers.
    SeeContacts = "see_contacts", "look at the contacts of customers",
        &[IntakeCoordinator, ProductSecurityLead, Quality, RegulatoryAffairs, Communications, FieldService, Executive, Auditor];
    /// Decisions with their signatures.
    SeeDecisions = "see_decisions", "look at decisions and signatures", READING;
    /// The ledger, its proofs and keys.
    SeeLedger = "see_ledger", "look at the ledger and its proofs",
        &[ProductSecurityLead, Quality, RegulatoryAffairs, Executive, Auditor];
    /// Who has which role and right.
    SeePeople = "see_people", "look at people, roles and decision rights", STAFF;
    /// Sign-ins, failures, changes of rights, exports.
    SeeSecurityRecord = "see_security_record", "look at the security record",
        &[ProductSecurityLead, Quality, Auditor, Administrator];
    /// Families, products, versions, suppliers, customers, sites, units.
    KeepInventory = "keep_inventory", "keep products, versions, customers and units",
        &[ProductSecurityLead, SecurityAnalyst, ProductOwner, Quality, FieldService];
    /// Risk files, environments of use and regular cycles of products.
    KeepUsage = "keep_usage", "state risk files, environments of use and cycles of products",
        &[ProductSecurityLead, SafetyRiskManager, Quality, ProductOwner];
    /// Which identities of software mean one product, beyond the curated table.
    KeepMappings = "keep_mappings", "state which identities of software mean one product",
        &[ProductSecurityLead, SecurityAnalyst];
    /// SBOMs of versions.
    ReceiveSbom = "receive_sbom", "give SBOMs to versions",
        &[ProductSecurityLead, SecurityAnalyst, ProductOwner, Developer];
    /// Persons to be told at customers.
    KeepContacts = "keep_contacts", "keep the contacts of customers",
        &[IntakeCoordinator, ProductSecurityLead, RegulatoryAffairs, Communications, FieldService];
    /// Destroying the key of personal text.
    EraseText = "erase_text", "erase personal text for ever", &[Quality, RegulatoryAffairs];
    /// Checkpoints of the ledger.
    SignLedger = "sign_ledger", "have a checkpoint of the ledger signed",
        &[ProductSecurityLead, Quality, Auditor];
    /// Twins for exercises.
    KeepTwins = "keep_twins", "fork twins and throw them away",
        &[ProductSecurityLead, Quality, Executive];
    /// Accounts: persons, first passwords, sessions of others.
    KeepPeople = "keep_people", "keep accounts", &[Administrator];
    /// Roles, deputies, absences of others.
    GiveRoles = "give_roles", "give and take roles", &[Administrator];
    /// Looking through who has which role, and saying what stays.
    ReviewAccess = "review_access", "review who has which role",
        &[ProductSecurityLead, Quality];
    /// Vouching for who a person is.
    VerifyIdentity = "verify_identity", "vouch for the identity of a person",
        &[Quality, Executive, Administrator];
    /// Training records.
    RecordTraining = "record_training", "record training", &[Quality, Administrator];
    /// Letting somebody sign without current training.
    OverrideCompetence = "override_competence", "override missing training for a time",
        &[Quality, Executive];
    /// Proposing, signing, refusing: which decisions, the matrix says.
    TakePart = "take_part", "propose decisions and sign", WORKING;
    /// Signals and cases; those under embargo only by who needs to know.
    SeeCases = "see_cases", "look at signals and cases", READING;
    /// Signals that come in: entering, joining, dismissing them.
    TakeSignals = "take_signals", "take signals in and settle them",
        &[IntakeCoordinator, SecurityAnalyst, ProductSecurityLead, Quality, RegulatoryAffairs, Communications, FieldService];
    /// Opening cases and recording facts; which facts, their roles say.
    WorkCases = "work_cases", "open cases and record facts", WORKING;
    /// Advisories and notices: drafting, publishing, telling customers.
    KeepAdvisories = "keep_advisories", "draft and publish advisories and tell customers",
        &[ProductSecurityLead, SecurityAnalyst, RegulatoryAffairs, Communications];
    /// Policies, procedures and certification letters.
    ReadPolicies = "read_policies", "read and acknowledge governing documents", STAFF;
    /// Issuing and withdrawing them.
    KeepPolicies = "keep_policies", "issue and withdraw governing documents", &[Quality, Executive];
    /// Escalation chains.
    KeepDuty = "keep_duty", "keep duty chains", &[ProductSecurityLead, Executive, Administrator];
    /// Calling whoever is on duty, and answering.
    CallDuty = "call_duty", "call whoever is on duty", WORKING;
}

impl Right {
    /// Whether it is about the record as a whole, so that a role for some product families does not
    /// give it.
    pub const fn is_whole(self) -> bool {
        matches!(
            self,
            Self::SeeLedger
                | Self::SignLedger
                | Self::KeepMappings
                | Self::KeepTwins
                | Self::SeeSecurityRecord
                | Self::ReviewAccess
        )
    }

    /// The right of this code name.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|right| right.code() == code)
    }
}

/// The refusal of somebody who lacks a right: which, and who has it.
pub fn missing(roster: &Roster, right: Right, at: aftercare_vocab::instant::Instant) -> Refusal {
    let refusal = Refusal::new(
        "right_missing",
        format!("You do not have the right to {}.", right.what()),
        format!(
            "Ask one of them, or ask an administrator for a role that has it ({}).",
            listed(right.roles().iter().map(|role| role.title()))
        ),
    );
    let holders = roster.names(roster.who_may(right, at));
    if holders.is_empty() { refusal } else { refusal.could(holders) }
}

/// The refusal of a token that reaches for the account of its person.
pub fn by_token() -> Refusal {
    Refusal::new(
        "right_missing",
        "A token does not look at or change passwords, code generators and sessions, nor other tokens.",
        "Sign in on the page and do it there. A token can revoke itself.",
    )
}

/// `a, b or c`.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
