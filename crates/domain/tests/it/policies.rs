//! Governing documents: who issues, who acknowledges which version, who is still missing.

use crate::town::{BOTH, Town, code, draft, id};
use aftercare_domain::{
    Sight,
    credential::Factor,
    grant::Standing,
    policy::{
        self, AcknowledgeWish, Audience, DOCUMENT_BYTES, Draft, PolicyKind, acting,
        must_acknowledge,
    },
    role::RoleName,
    signature::Meaning,
};
use aftercare_vocab::digest::Digest;

const QUALITY: RoleName = RoleName::Quality;
const ANALYST: RoleName = RoleName::SecurityAnalyst;

fn missing(town: &Town, policy: aftercare_vocab::id::PolicyId) -> Vec<String> {
    let policies = town.policies();
    let state = policies.get(policy).expect("issued");
    let done: Vec<_> = state.acknowledged_by(state.newest().issued.version).collect();
    must_acknowledge(&town.roster, state.audience())
        .into_iter()
        .filter(|person| !done.contains(person))
        .map(|person| town.roster.person(person).expect("known").login.clone())
        .collect()
}

#[test]
fn a_version_is_acknowledged_by_each_and_a_new_one_again() {
    let mut town = Town::staffed();
    let first = draft("You answer for what you sign.", Audience::Everybody);
    let policy = town.issue("kim", None, first).expect("quality issues");
    assert_eq!(missing(&town, policy), ["anna", "ole", "siri", "kim", "eva"]);
    town.acknowledge("ole", policy, ANALYST).expect("acknowledged");
    assert_eq!(missing(&town, policy), ["anna", "siri", "kim", "eva"]);
    let policies = town.policies();
    let signed = &policies.get(policy).expect("there").acknowledged[0];
    assert_eq!((signed.version, signed.signature.meaning), (1, Meaning::Responsible));
    assert_eq!(signed.signature.name, "Ole");
    assert_eq!(code(&town.acknowledge("ole", policy, ANALYST)), "acknowledged_already");

    let second = draft("You answer for what you sign, and when.", Audience::Everybody);
    town.issue("eva", Some(policy), second).expect("the executive issues");
    assert_eq!(missing(&town, policy).len(), 5, "a new version is acknowledged by nobody yet");
    town.acknowledge("ole", policy, ANALYST).expect("acknowledged again");
    let policies = town.policies();
    let state = policies.get(policy).expect("there");
    assert_eq!(state.acknowledged.iter().map(|one| one.version).collect::<Vec<_>>(), [1, 2]);
    assert_ne!(state.versions[0].digest, state.versions[1].digest);
    assert_eq!(state.acknowledged[0].signature.of, state.versions[0].digest, "the old one stays");
}

#[test]
fn whoever_must_acknowledge_follows_from_roles_and_the_role_signs() {
    let mut town = Town::staffed();
    town.person("guest");
    town.untrained("guest", RoleName::Customer, Sight::All, Standing::Holder);
    town.person("nobody");
    let audience = Audience::Roles([QUALITY, RoleName::Executive].into());
    let policy = town.issue("kim", None, draft("x", audience.clone())).expect("issued");
    assert_eq!(missing(&town, policy), ["kim", "eva"]);
    town.untrained("kim", RoleName::SecurityAnalyst, Sight::All, Standing::Holder);
    assert_eq!(acting(&town.roster, town.is("kim"), &audience), Some(QUALITY));
    assert_eq!(acting(&town.roster, town.is("ole"), &audience), Some(ANALYST), "may, need not");
    assert_eq!(acting(&town.roster, town.is("guest"), &Audience::Everybody), None);
    assert_eq!(acting(&town.roster, town.is("nobody"), &Audience::Everybody), None);
    let everybody = must_acknowledge(&town.roster, &Audience::Everybody);
    assert!(!everybody.contains(&town.is("guest")) && !everybody.contains(&town.is("nobody")));
    assert!(must_acknowledge(&town.roster, &Audience::Nobody).is_empty());
    assert_eq!(code(&town.acknowledge("ole", policy, QUALITY)), "role_missing");
    assert_eq!(code(&town.acknowledge("guest", policy, RoleName::Customer)), "role_missing");
    town.acknowledge("ole", policy, ANALYST).expect("may");
    assert_eq!(missing(&town, policy), ["kim", "eva"]);
}

#[test]
fn what_was_not_read_or_not_proven_is_not_acknowledged() {
    let mut town = Town::staffed();
    let policy = town.issue("kim", None, draft("x", Audience::Everybody)).expect("issued");
    let policies = town.policies();
    let state = policies.get(policy).expect("there");
    let give = |town: &mut Town, login: &str, of: Digest, factors: &[Factor]| {
        let wish = AcknowledgeWish { id: id(9), role: ANALYST, of, factors: factors.to_vec() };
        code(&town.does(login, |roster, op| policy::acknowledge(roster, state, wish, op)))
    };
    let of = state.newest().digest;
    assert_eq!(give(&mut town, "ole", Digest::of(b"x"), BOTH), "another_version");
    assert_eq!(give(&mut town, "ole", of, &[Factor::Password]), "components_missing");
    assert_eq!(give(&mut town, "ole", of, &[Factor::Totp, Factor::Totp]), "components_missing");
    town.stranger("new");
    town.untrained("new", ANALYST, Sight::All, Standing::Holder);
    assert_eq!(give(&mut town, "new", of, BOTH), "identity_unverified");
    assert_eq!(give(&mut town, "setup", of, BOTH), "not_a_person");
    assert!(town.policies().get(policy).expect("there").acknowledged.is_empty());
}

#[test]
fn issuing_and_withdrawing_are_for_quality_and_the_executive_and_bounded() {
    let mut town = Town::staffed();
    let (nobody, everybody) = (Audience::Nobody, Audience::Everybody);
    let refused =
        |town: &mut Town, login: &str, draft: Draft| code(&town.issue(login, None, draft));
    assert_eq!(refused(&mut town, "ole", draft("x", everybody.clone())), "right_missing");
    assert_eq!(refused(&mut town, "setup", draft("x", everybody)), "not_a_person");
    assert_eq!(refused(&mut town, "kim", draft("", nobody.clone())), "document_size");
    let large = Draft { size: DOCUMENT_BYTES as u64 + 1, ..draft("x", nobody.clone()) };
    assert_eq!(refused(&mut town, "kim", large), "document_size");
    let empty = draft("x", Audience::Roles([].into()));
    assert_eq!(refused(&mut town, "kim", empty), "no_role");
    let outside = draft("x", Audience::Roles([RoleName::Reporter].into()));
    assert_eq!(refused(&mut town, "kim", outside), "role_outside");

    let policy = town.issue("kim", None, draft("x", nobody.clone())).expect("issued");
    let same = town.issue("eva", Some(policy), draft("x", nobody.clone()));
    assert_eq!(code(&same), "nothing_changed");
    let other = Draft { kind: PolicyKind::Procedure, ..draft("y", nobody.clone()) };
    assert_eq!(code(&town.issue("kim", Some(policy), other)), "kind_fixed");
    let policies = town.policies();
    let state = policies.get(policy).expect("there");
    let ole = town.does("ole", |roster, op| policy::withdraw(roster, state, op));
    assert_eq!(code(&ole), "right_missing");
    let op = town.op("kim");
    let unsaid = policy::withdraw(&town.roster, state, &op);
    assert_eq!(code(&unsaid), "reason_missing");
    town.does("kim", |roster, op| policy::withdraw(roster, state, op)).expect("withdrawn");
    assert_eq!(code(&town.issue("kim", Some(policy), draft("y", nobody))), "policy_withdrawn");
    assert_eq!(code(&town.acknowledge("ole", policy, ANALYST)), "policy_withdrawn");
    let policies = town.policies();
    let withdrawn = policies.get(policy).expect("there").withdrawn.clone().expect("withdrawn");
    assert_eq!(withdrawn.reason.as_deref(), Some("as agreed"));
}
