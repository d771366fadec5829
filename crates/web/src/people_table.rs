//! The people of the record as comma-separated values (RFC 4180).

use aftercare_desk::{answers::PersonRow, neutral};
use csv::{Terminator, WriterBuilder};

const HEAD: [&str; 10] = [
    "login",
    "name",
    "suspended_at",
    "identity_verified",
    "absent",
    "role",
    "standing",
    "families",
    "training_wanted",
    "trained_until",
];

/// A line for each role of each person; one line for a person without any. `families` is `all`, or their
/// names with a semicolon between them.
pub(crate) fn written(people: &[PersonRow]) -> csv::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEAD)?;
    for line in people.iter().flat_map(lines) {
        writer.write_record(line.iter().map(|cell| neutral(cell).into_owned()))?;
    }
    writer.into_inner().map_err(|why| why.into_error().into())
}

fn lines(person: &PersonRow) -> Vec<[String; HEAD.len()]> {
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let with = |role: [String; 5]| {
        let [role, standing, families, wanted, until] = role;
        [
            person.login.clone(),
            person.name.clone(),
            person.suspended_at.map(|at| at.to_string()).unwrap_or_default(),
            yes(person.identity_verified),
            yes(person.absent),
            role,
            standing,
            families,
            wanted,
            until,
        ]
    };
    if person.roles.is_empty() {
        return vec![with(Default::default())];
    }
    let roles = person.roles.iter().map(|role| {
        let families = match &role.families {
            None => "all".to_owned(),
            Some(some) => {
                some.iter().map(|family| family.name.as_str()).collect::<Vec<_>>().join("; ")
            }
        };
        with([
            role.code.clone(),
            role.standing.clone(),
            families,
            yes(role.wants_training),
            role.trained_until.map(|day| day.to_string()).unwrap_or_default(),
        ])
    });
    roles.collect()
}
