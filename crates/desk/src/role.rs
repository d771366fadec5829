//! The roles, and what they may do with the system.

use crate::answers::{RightRow, RoleRow, RolesSheet};
use aftercare_domain::{
    access::{self, Right},
    role::{RoleKind, RoleName},
};

/// Every role and every right: the table that each request is compared with.
pub fn roles_sheet() -> RolesSheet {
    RolesSheet {
        status: "proposed".to_owned(),
        valid_from: access::VALID_FROM,
        source: "The reference workflow of this product (roles, separation of duties); 21 CFR 11.10(d) and (g)."
            .to_owned(),
        roles: RoleName::ALL.iter().map(|role| row(*role)).collect(),
        rights: Right::ALL
            .iter()
            .map(|right| RightRow {
                code: right.code().to_owned(),
                what: right.what().to_owned(),
                whole_record_only: right.is_whole(),
                roles: right.roles().iter().map(|role| role.code().to_owned()).collect(),
            })
            .collect(),
    }
}

fn row(role: RoleName) -> RoleRow {
    let means = match role.kind() {
        RoleKind::Working => "Does the work, and may hold decision rights",
        RoleKind::Keeping => "Keeps accounts and settings; decides nothing",
        RoleKind::Looking => "Looks at everything; changes nothing",
        RoleKind::Outside => "Outside; sees only its own thread",
    };
    RoleRow {
        code: role.code().to_owned(),
        role: role.title().to_owned(),
        means: means.to_owned(),
        may_decide: role.may_decide(),
        rights: Right::ALL
            .iter()
            .filter(|right| right.roles().contains(&role))
            .map(|right| right.code().to_owned())
            .collect(),
    }
}
