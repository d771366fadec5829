//! Decision rights: for each kind of decision who proposes, decides, co-signs and is informed.
//!
//! The matrix is data of the record: versioned, changed by a signed decision of its own kind, and every
//! decision keeps the version it was made under. The default is a proposal after the reference
//! workflow (12 decisions) for the maker to approve. What holds for every matrix stands in
//! [`Matrix::checked`]: keepers and auditors decide nothing, and whoever lowers a computed result
//! needs more people, never fewer.

use crate::{refusal::Refusal, role::RoleName};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::LazyLock};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $title:literal, $computed:literal;)*) => {
        /// A kind of decision.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum DecisionKind { $($(#[$doc])* $variant,)* }

        impl DecisionKind {
            /// Every kind, in the order of the matrix.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code name: `risk_acceptance`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The name on screen.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// Whether the product computes a result that a decision of this kind may lower.
            pub const fn is_computed(self) -> bool {
                match self { $(Self::$variant => $computed,)* }
            }
        }
    };
}

kinds! {
    /// Severity and exploitability.
    Severity = "severity", "Severity and exploitability", true;
    /// Controlled or uncontrolled risk.
    Controlled = "controlled", "Controlled or uncontrolled", true;
    /// Not affected (VEX).
    NotAffected = "not_affected", "Not affected (VEX)", true;
    /// Patch priority and target date.
    Priority = "priority", "Patch priority and target date", true;
    /// A compensating control is adequate.
    CompensatingControl = "compensating_control", "Compensating control adequate", false;
    /// Customer notification: whether, whom, when, text.
    Notification = "notification", "Customer notification", false;
    /// Field action, correction or removal.
    FieldAction = "field_action", "Field action, correction or removal", false;
    /// Reportability to authorities.
    Reportability = "reportability", "Reportability to authorities", false;
    /// Release of an update.
    Release = "release", "Release of an update", false;
    /// Public disclosure and embargo.
    Disclosure = "disclosure", "Public disclosure and embargo", false;
    /// Risk acceptance.
    RiskAcceptance = "risk_acceptance", "Risk acceptance", false;
    /// Closing a case.
    Closure = "closure", "Case closure", false;
    /// Changing this matrix.
    RightsMatrix = "rights_matrix", "Change of the decision rights", false;
    /// Changing the rules of the programme.
    ProgrammeRules = "programme_rules", "Change of the programme's rules", false;
}

impl DecisionKind {
    /// The kind of this code name.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// Whether it changes by what the programme works, and so belongs to no case.
    pub const fn is_of_programme(self) -> bool {
        matches!(self, Self::RightsMatrix | Self::ProgrammeRules)
    }
}

/// Severity of harm to a patient, as the harm matrix has it.
pub use crate::harm::Severity as Harm;

/// Class of the product by risk (21 CFR 860.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductClass {
    /// Class I.
    I,
    /// Class II.
    Ii,
    /// Class III.
    Iii,
}

impl ProductClass {
    /// Every class, the least first.
    pub const ALL: &'static [Self] = &[Self::I, Self::Ii, Self::Iii];

    /// The code name: `iii`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::I => "i",
            Self::Ii => "ii",
            Self::Iii => "iii",
        }
    }
}

/// What matters for who must sign. `None` = not known, and then whoever could be needed is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// Severity of harm to a patient.
    pub harm: Option<Harm>,
    /// Whether safety or essential performance are touched.
    pub essential_performance: Option<bool>,
    /// Whether the risk is uncontrolled.
    pub uncontrolled: Option<bool>,
    /// Class of the product.
    pub product_class: Option<ProductClass>,
    /// Whether "not affected" rests on code that cannot be reached.
    pub rests_on_reachability: Option<bool>,
    /// Whether the decision lowers what was computed.
    pub lowers_computed: bool,
}

/// When a co-signer is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Always.
    Always,
    /// From this severity of harm, or when safety or essential performance are touched.
    HarmFrom(Harm),
    /// When the risk is uncontrolled.
    Uncontrolled,
    /// From this class of the product.
    ClassFrom(ProductClass),
    /// When it rests on code that cannot be reached.
    RestsOnReachability,
    /// When the decision lowers what was computed.
    LowersComputed,
}

impl When {
    /// Whether it holds, or may hold because something is not known.
    pub fn may_hold(self, of: &Circumstances) -> bool {
        match self {
            Self::Always => true,
            Self::HarmFrom(least) => {
                of.harm.is_none_or(|harm| harm >= least) || of.essential_performance.unwrap_or(true)
            }
            Self::Uncontrolled => of.uncontrolled.unwrap_or(true),
            Self::ClassFrom(least) => of.product_class.is_none_or(|class| class >= least),
            Self::RestsOnReachability => of.rests_on_reachability.unwrap_or(true),
            Self::LowersComputed => of.lowers_computed,
        }
    }

    /// As the end of a sentence: `always`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::HarmFrom(Harm::Negligible) => "for any harm",
            Self::HarmFrom(Harm::Minor) => {
                "from minor harm, or if essential performance is touched"
            }
            Self::HarmFrom(Harm::Serious) => {
                "from serious harm, or if essential performance is touched"
            }
            Self::HarmFrom(Harm::Critical) => {
                "from critical harm, or if essential performance is touched"
            }
            Self::HarmFrom(Harm::Catastrophic) => {
                "for catastrophic harm, or if essential performance is touched"
            }
            Self::Uncontrolled => "if the risk is uncontrolled",
            Self::ClassFrom(ProductClass::I) => "for every class of product",
            Self::ClassFrom(ProductClass::Ii) => "from class II",
            Self::ClassFrom(ProductClass::Iii) => "for class III",
            Self::RestsOnReachability => "if it rests on code that cannot be reached",
            Self::LowersComputed => "if it lowers what was computed",
        }
    }
}

/// A co-signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosigner {
    /// Which role.
    pub role: RoleName,
    /// When it is needed.
    pub when: When,
}

/// Who takes part in decisions of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The kind.
    pub kind: DecisionKind,
    /// Who may propose; whoever decides may too.
    pub proposes: Vec<RoleName>,
    /// Who may decide: one of these.
    pub decides: Vec<RoleName>,
    /// Who must sign beside: each of these, when it applies.
    pub cosigns: Vec<Cosigner>,
    /// Who is told.
    pub informs: Vec<RoleName>,
}

/// The matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// A row for each kind of decision.
    pub rows: Vec<Row>,
    /// The roles that sign only with current training.
    pub trained: BTreeSet<RoleName>,
}

/// Who must sign a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// One of these decides.
    pub decides: Vec<RoleName>,
    /// Each of these signs beside.
    pub cosigns: BTreeSet<RoleName>,
    /// Each of these is told.
    pub informs: Vec<RoleName>,
}

impl Needed {
    /// How many people must sign.
    pub fn people(&self) -> usize {
        1 + self.cosigns.len()
    }
}

impl Matrix {
    /// The row of a kind. Matrices from before the rules of the programme could be changed have none for that;
    /// they keep the proposed one.
    pub fn row(&self, kind: DecisionKind) -> Option<&Row> {
        let own = |matrix: &'_ Self| matrix.rows.iter().position(|row| row.kind == kind);
        match own(self) {
            Some(at) => self.rows.get(at),
            None if kind == DecisionKind::ProgrammeRules => PROPOSED.rows.get(own(&PROPOSED)?),
            None => None,
        }
    }

    /// Whether a role may propose decisions of a kind.
    pub fn proposes(&self, kind: DecisionKind, role: RoleName) -> bool {
        let row = self.row(kind);
        row.is_some_and(|row| row.proposes.contains(&role) || row.decides.contains(&role))
    }

    /// Who must sign a decision of this kind in these circumstances. A kind without a row needs the
    /// executive and quality: what nobody thought of is not for one person.
    pub fn needed(&self, kind: DecisionKind, of: &Circumstances) -> Needed {
        let Some(row) = self.row(kind) else {
            return Needed {
                decides: vec![RoleName::Executive],
                cosigns: BTreeSet::from([RoleName::Quality]),
                informs: Vec::new(),
            };
        };
        let cosigns = row.cosigns.iter().filter(|one| one.when.may_hold(of)).map(|one| one.role);
        Needed {
            decides: row.decides.clone(),
            cosigns: cosigns.collect(),
            informs: row.informs.clone(),
        }
    }

    /// The matrix, if it holds what every matrix must.
    pub fn checked(self) -> Result<Self, Refusal> {
        let refuse = |kind: DecisionKind, what: String| {
            Err(Refusal::new(
                "matrix_unsound",
                format!("{}: {what}", kind.title()),
                "Correct the row. Nothing was changed.",
            ))
        };
        for kind in DecisionKind::ALL {
            match self.rows.iter().filter(|row| row.kind == *kind).count() {
                1 => {}
                0 if *kind == DecisionKind::ProgrammeRules => {}
                0 => return refuse(*kind, "there is no row for it.".to_owned()),
                _ => return refuse(*kind, "there is more than one row for it.".to_owned()),
            }
        }
        for row in &self.rows {
            if row.decides.is_empty() {
                return refuse(row.kind, "nobody decides it.".to_owned());
            }
            let cosigners = row.cosigns.iter().map(|one| one.role);
            let all = row.proposes.iter().chain(&row.decides).copied().chain(cosigners);
            if let Some(role) = all.into_iter().find(|role| !role.may_decide()) {
                return refuse(
                    row.kind,
                    format!("{role} may neither propose nor decide nor co-sign."),
                );
            }
            if let [only] = row.decides[..]
                && row.cosigns.iter().any(|one| one.role == only)
            {
                return refuse(
                    row.kind,
                    format!("{only} would decide and co-sign, which is one and the same."),
                );
            }
            if row.kind.is_of_programme() && !row.cosigns.iter().any(|one| one.when == When::Always)
            {
                return refuse(
                    row.kind,
                    "nobody always co-signs it, so one signature would change who signs what, or by which rules."
                        .to_owned(),
                );
            }
            if row.kind.is_computed()
                && let Err(what) = more_for_less(row)
            {
                return refuse(row.kind, what);
            }
        }
        Ok(self)
    }

    /// A role that is asked for nothing without training.
    pub fn wants_training(&self, role: RoleName) -> bool {
        self.trained.contains(&role)
    }

    /// The proposed matrix.
    pub fn proposed() -> Self {
        use DecisionKind as K;
        use RoleName::{
            Communications, Developer, Executive, FieldService, ProductOwner,
            ProductSecurityLead as Lead, Quality, RegulatoryAffairs as Regulatory, ReleaseApprover,
            SafetyRiskManager as Safety, SecurityAnalyst as Analyst, Verifier,
        };
        let row = |kind,
                   proposes: &[RoleName],
                   decides,
                   cosigns: &[(RoleName, When)],
                   informs: &[RoleName]| Row {
            kind,
            proposes: proposes.to_vec(),
            decides: vec![decides],
            cosigns: cosigns
                .iter()
                .map(|(role, when)| Cosigner { role: *role, when: *when })
                .collect(),
            informs: informs.to_vec(),
        };
        let always = When::Always;
        let lower = When::LowersComputed;
        Self {
            rows: vec![
                row(
                    K::Severity,
                    &[Analyst],
                    Lead,
                    &[(Safety, When::HarmFrom(Harm::Serious)), (Quality, lower)],
                    &[ProductOwner],
                ),
                row(
                    K::Controlled,
                    &[Analyst],
                    Lead,
                    &[(Safety, always), (Executive, lower)],
                    &[Regulatory, ProductOwner],
                ),
                row(
                    K::NotAffected,
                    &[Analyst],
                    Lead,
                    &[(Developer, When::RestsOnReachability), (Safety, lower)],
                    &[ProductOwner],
                ),
                row(
                    K::Priority,
                    &[ProductOwner],
                    ProductOwner,
                    &[(Lead, always), (Executive, lower)],
                    &[FieldService],
                ),
                row(
                    K::CompensatingControl,
                    &[Analyst],
                    Lead,
                    &[(Safety, always), (FieldService, always)],
                    &[ProductOwner],
                ),
                row(
                    K::Notification,
                    &[Communications],
                    Regulatory,
                    &[(Lead, always)],
                    &[FieldService, Executive],
                ),
                row(
                    K::FieldAction,
                    &[Lead],
                    Regulatory,
                    &[(Quality, always), (Safety, always), (Executive, always)],
                    &[FieldService, Communications],
                ),
                row(
                    K::Reportability,
                    &[Regulatory],
                    Regulatory,
                    &[(Quality, always)],
                    &[Lead, Executive],
                ),
                row(
                    K::Release,
                    &[Developer],
                    ReleaseApprover,
                    &[(Quality, always), (Verifier, always)],
                    &[FieldService, Lead],
                ),
                row(
                    K::Disclosure,
                    &[Lead],
                    Lead,
                    &[(Communications, always), (Regulatory, When::Uncontrolled)],
                    &[ProductOwner],
                ),
                row(
                    K::RiskAcceptance,
                    &[ProductOwner],
                    Lead,
                    &[(Safety, always), (Quality, always)],
                    &[Executive],
                ),
                row(K::Closure, &[Analyst], Lead, &[(Quality, always)], &[ProductOwner]),
                row(
                    K::RightsMatrix,
                    &[Lead, Quality],
                    Executive,
                    &[(Quality, always)],
                    &[Lead, Regulatory],
                ),
                // Top management says what risk is acceptable (ISO 14971:2019, 4.2).
                row(
                    K::ProgrammeRules,
                    &[Lead, Quality, Safety],
                    Executive,
                    &[(Quality, always), (Safety, always)],
                    &[Lead, Regulatory, ProductOwner],
                ),
            ],
            trained: [
                Lead,
                ProductOwner,
                Safety,
                Developer,
                Verifier,
                Quality,
                Regulatory,
                Communications,
                FieldService,
                ReleaseApprover,
            ]
            .into_iter()
            .collect(),
        }
    }
}

static PROPOSED: LazyLock<Matrix> = LazyLock::new(Matrix::proposed);

/// Whoever lowers a computed result needs more people, in whatever circumstances it is done.
fn more_for_less(row: &Row) -> Result<(), String> {
    let lowering: BTreeSet<RoleName> = row
        .cosigns
        .iter()
        .filter(|one| one.when == When::LowersComputed)
        .map(|one| one.role)
        .collect();
    let otherwise: BTreeSet<RoleName> = row
        .cosigns
        .iter()
        .filter(|one| one.when != When::LowersComputed)
        .map(|one| one.role)
        .collect();
    let beside = lowering.iter().any(|role| !otherwise.contains(role) && row.decides != [*role]);
    if beside {
        return Ok(());
    }
    Err("lowering what was computed would need no further person.".to_owned())
}
