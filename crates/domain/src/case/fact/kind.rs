//! What follows from the kind of a fact: its code name, what it speaks of, whether it goes on after an end.

use super::Fact;
use aftercare_vocab::id::VersionId;
use std::collections::BTreeSet;

macro_rules! codes {
    ($($shape:pat => $code:literal,)*) => {
        impl Fact {
            /// The code name of every kind, in the order of the kinds.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// The code name of its kind: `exposed`.
            pub const fn code(&self) -> &'static str {
                match self { $($shape => $code,)* }
            }
        }
    };
}

codes! {
    Self::Owner(_) => "owner",
    Self::HarmScreened(..) => "harm_screened",
    Self::Families(_) => "families",
    Self::Weakness(_) => "weakness",
    Self::Credible(_) => "credible",
    Self::Applicability(_) => "applicability",
    Self::Exposed(_) => "exposed",
    Self::Exploited(_) => "exploited",
    Self::Selected(_) => "selected",
    Self::Harmed(_) => "harmed",
    Self::Controls(_) => "controls",
    Self::Rated(_) => "rated",
    Self::Carried(..) => "carried",
    Self::Described(_) => "described",
    Self::Planned(_) => "planned",
    Self::Controlled(_) => "controlled",
    Self::Changed(_) => "changed",
    Self::Tested(_) => "tested",
    Self::ReporterTold(_) => "reporter_told",
    Self::CustomersTold(_) => "customers_told",
    Self::Answered(_) => "answered",
    Self::Happened(_) => "happened",
    Self::Linked(_) => "linked",
    Self::Attested(_) => "attested",
    Self::Skipped(_) => "skipped",
    Self::Ended(_) => "ended",
    Self::Seconded => "seconded",
    Self::Reopened(_) => "reopened",
    Self::Embargo(_) => "embargo",
    Self::Noted(_) => "noted",
}

impl Fact {
    /// Whether it is recorded beside, and after, the end of a case: what is told, linked, done at sites, and
    /// that the case goes on. All else is work on the case itself.
    pub const fn goes_on_after_end(&self) -> bool {
        matches!(
            self,
            Self::ReporterTold(_)
                | Self::CustomersTold(_)
                | Self::Happened(_)
                | Self::Linked(_)
                | Self::Noted(_)
                | Self::Controlled(_)
                | Self::Embargo(_)
                | Self::Attested(_)
        )
    }

    /// The versions it speaks of.
    pub fn versions(&self) -> BTreeSet<VersionId> {
        match self {
            Self::Applicability(one) => one.versions.keys().copied().collect(),
            Self::Exposed(one) => one.versions.clone(),
            Self::Harmed(one) => one.versions.clone(),
            Self::Rated(one) => BTreeSet::from([one.version]),
            Self::Carried(from, to) => BTreeSet::from([*from, *to]),
            Self::Described(one) => one.versions.clone(),
            Self::Changed(one) => BTreeSet::from([one.version]),
            Self::Tested(one) => BTreeSet::from([one.version]),
            _ => BTreeSet::new(),
        }
    }

    /// Whether it is about versions, so that without any it says nothing.
    pub(super) const fn names_versions(&self) -> bool {
        matches!(
            self,
            Self::Applicability(_) | Self::Exposed(_) | Self::Harmed(_) | Self::Described(_)
        )
    }
}
