//! Samples of people, their roles and the security record.

use super::{hostile::HOSTILE, samples::at};
use aftercare_desk::{Viewer, answers::*};
use aftercare_domain::access::Right;

fn family() -> FamilyRef {
    let id = "fam_00000000000000000000000001".parse().expect("an id");
    FamilyRef { id, name: "Infusion pumps".into() }
}

/// The product families a role can be for.
pub fn families() -> Vec<FamilyRef> {
    vec![family()]
}

fn row(number: u8, name: &str) -> PersonRow {
    PersonRow {
        id: format!("per_000000000000000000000000{number:02}").parse().expect("an id"),
        login: format!("person.{number}"),
        name: name.into(),
        suspended_at: None,
        identity_verified: true,
        absent: false,
        roles: vec![
            GrantRow {
                id: format!("grt_000000000000000000000000{number:02}").parse().expect("an id"),
                code: "quality".into(),
                role: "Quality".into(),
                standing: "holder".into(),
                families: None,
                wants_training: true,
                trained_until: "2027-03-01".parse().ok(),
                trained: true,
            },
            GrantRow {
                id: format!("grt_000000000000000000000001{number:02}").parse().expect("an id"),
                code: "regulatory_affairs".into(),
                role: "Regulatory affairs".into(),
                standing: "deputy".into(),
                families: Some(vec![family()]),
                wants_training: true,
                trained_until: None,
                trained: false,
            },
        ],
    }
}

/// One page of a longer list.
pub fn people() -> Page<PersonRow> {
    let mut away = row(2, "Saoirse O'Malley");
    (away.absent, away.identity_verified) = (true, false);
    away.roles.clear();
    let mut gone = row(3, "Jean-Luc D'Arcy");
    gone.suspended_at = Some(at("2026-10-01T08:00:00Z"));
    let items = vec![row(1, "Greta Quell"), away, gone];
    Page { items, next: Some("per_x".into()), total: 62 }
}

/// A person with something in every section.
pub fn person() -> PersonSheet {
    let row = row(1, "Greta Quell");
    PersonSheet {
        entity_version: 3,
        added_at: at("2026-01-05T09:00:00Z"),
        identity_how: Some("Staff pass shown in the office".into()),
        absences: vec![AbsenceRow {
            id: "abs_00000000000000000000000001".parse().expect("an id"),
            from: at("2026-12-20T00:00:00Z"),
            until: None,
        }],
        delegations: vec![DelegationRow {
            id: "dlg_00000000000000000000000001".parse().expect("an id"),
            from: row.id,
            from_name: row.name.clone(),
            to: "per_00000000000000000000000002".parse().expect("an id"),
            to_name: "Saoirse O'Malley".into(),
            role: "Quality".into(),
            families: None,
            begins: at("2026-12-20T00:00:00Z"),
            ends: at("2027-01-07T00:00:00Z"),
        }],
        competences: vec![
            CompetenceRow {
                role: "Quality".into(),
                subject: Some("Vulnerability handling, course 3".into()),
                from: "2024-02-29".parse().expect("a day"),
                until: "2025-02-28".parse().expect("a day"),
                note: Some("LMS 4711".into()),
                lapsed: true,
            },
            CompetenceRow {
                role: "Quality".into(),
                subject: None,
                from: "2026-11-01".parse().expect("a day"),
                until: "2026-11-30".parse().expect("a day"),
                note: Some("The course is full until December".into()),
                lapsed: false,
            },
        ],
        row,
    }
}

/// Somebody just added.
pub fn bare() -> PersonSheet {
    let mut sheet = person();
    sheet.row.roles.clear();
    sheet.row.identity_verified = false;
    sheet.identity_how = None;
    sheet.absences.clear();
    sheet.delegations.clear();
    sheet.competences.clear();
    sheet
}

/// The same person with hostile text wherever text can be.
pub fn hostile() -> PersonSheet {
    let mut sheet = person();
    sheet.row.name = HOSTILE[0].into();
    sheet.row.login = HOSTILE[1].into();
    sheet.identity_how = Some(HOSTILE[2].into());
    for delegation in &mut sheet.delegations {
        (delegation.from_name, delegation.to_name) = (HOSTILE[0].into(), HOSTILE[3].into());
    }
    for competence in &mut sheet.competences {
        competence.subject = Some(HOSTILE[3].into());
        competence.note = Some(HOSTILE[1].into());
    }
    for role in &mut sheet.row.roles {
        role.families = Some(vec![FamilyRef { name: HOSTILE[0].into(), ..family() }]);
    }
    sheet
}

/// The review of access, with a role that is due and one that was looked at.
pub fn access(name: &str, by: &str) -> AccessSheet {
    let sheet = person();
    let row = |role: GrantRow, due: bool| AccessRow {
        person: sheet.row.id,
        name: name.into(),
        login: sheet.row.login.clone(),
        suspended: due,
        role,
        given_at: at("2026-01-05T10:00:00Z"),
        reviewed_at: (!due).then(|| at("2026-07-05T10:00:00Z")),
        reviewed_by: (!due).then(|| by.into()),
        outcome: (!due).then(|| "take".into()),
        due,
        credentials: vec![
            AgeRow {
                factor: "password".into(),
                what: "password".into(),
                set_at: at("2025-01-05T10:00:00Z"),
                days: 700,
                old: true,
            },
            AgeRow {
                factor: "passkey".into(),
                what: "passkey".into(),
                set_at: at("2026-11-21T10:00:00Z"),
                days: 1,
                old: false,
            },
        ],
        tokens: u64::from(due),
    };
    let roles = sheet.row.roles.iter().cloned().zip([true, false].into_iter().cycle());
    let items: Vec<AccessRow> = roles.map(|(role, due)| row(role, due)).collect();
    AccessSheet {
        status: "proposed".into(),
        valid_from: "2026-11-25".parse().ok(),
        review_days: 183,
        password_days: 365,
        test_days: 365,
        due: 1,
        roles: Page { items, next: Some("9".into()), total: 120 },
    }
}

/// Entries of the security record.
pub fn security(what: &str, reason: Option<&str>) -> Page<SecurityRow> {
    let item = SecurityRow {
        entry: 1_204,
        at: at("2026-11-22T10:00:00Z"),
        actor: "person:greta.q".into(),
        role: "quality".into(),
        kind: "record_taken".into(),
        what: what.into(),
        reason: reason.map(str::to_owned),
    };
    Page { items: vec![item], next: Some("9".into()), total: 120 }
}

/// Whoever looks, with every right that somebody can have.
pub fn allowed(viewer: &Viewer) -> Viewer {
    Viewer { rights: Right::ALL.iter().copied().collect(), ..viewer.clone() }
}
