//! People for tests: with roles, and with tokens by which requests are theirs.

use aftercare_desk::{By, Desk, GrantWish, Trouble, Viewer};
use aftercare_domain::{Operation, Sight, access::Right, grant::Standing, role::RoleName};
use aftercare_vocab::id::PersonId;

/// A person with a token.
#[derive(Debug, Clone)]
pub struct Member {
    /// The person.
    pub person: PersonId,
    /// Their login.
    pub login: String,
    /// The token, with all their rights.
    pub token: String,
}

/// Every role of the maker's people that may be one person's together.
pub const WORKING: &[RoleName] = &[
    RoleName::ProductSecurityLead,
    RoleName::IntakeCoordinator,
    RoleName::Quality,
    RoleName::FieldService,
    RoleName::RegulatoryAffairs,
];

/// Adds a person with roles and gives them a token with every right that these roles have.
pub fn member(
    desk: &Desk,
    mut operation: impl FnMut() -> Operation,
    (login, name): (&str, &str),
    roles: &[RoleName],
    sight: &Sight,
) -> Result<Member, Trouble> {
    let person = desk.add_person(&operation(), login, name)?;
    for role in roles {
        let (sight, standing) = (sight.clone(), Standing::Holder);
        desk.give_role(&operation(), GrantWish { person, role: *role, sight, standing })?;
    }
    let roster = desk.roster()?;
    let rights: std::collections::BTreeSet<Right> = roster.rights(person);
    let viewer = Viewer {
        person,
        login: login.to_owned(),
        name: name.to_owned(),
        rights: rights.clone(),
        sight: roster.sight(person),
        by: By::Session(operation().new_id(), Vec::new()),
        role: roles.first().map_or("none", |role| role.code()).to_owned(),
    };
    let made = desk.issue_token(&operation(), &viewer, "Tests", rights, 300)?;
    Ok(Member { person, login: login.to_owned(), token: made.token })
}

/// How many entries [`everybody`] makes.
pub const ENTRIES: u64 = 2 + WORKING.len() as u64 + 3;

/// Somebody with all the work, and an administrator.
pub fn everybody(
    desk: &Desk,
    mut operation: impl FnMut() -> Operation,
) -> Result<(Member, Member), Trouble> {
    let worker = member(desk, &mut operation, ("wanda.work", "Wanda Work"), WORKING, &Sight::All)?;
    let administrator = member(
        desk,
        &mut operation,
        ("adam.keeper", "Adam O'Keeper"),
        &[RoleName::Administrator],
        &Sight::All,
    )?;
    Ok((worker, administrator))
}
