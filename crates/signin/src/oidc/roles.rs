//! Which roles a person gets by the groups that the provider names.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Groups of the provider and the roles here that their members have. Groups that are not named give
/// nothing; nobody has a role because nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RolesOfGroups(pub BTreeMap<String, BTreeSet<String>>);

impl RolesOfGroups {
    /// The roles of somebody in these groups. Names are compared to the letter.
    pub fn roles<'a>(&self, groups: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
        groups.into_iter().filter_map(|group| self.0.get(group)).flatten().cloned().collect()
    }
}
