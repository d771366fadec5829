//! Mappings of identities: who states them, how they are undone, what holds.

use crate::town::{Town, code, id};
use aftercare_domain::{
    Refusal, Sight,
    grant::Standing,
    mapping::{self, IDENTITIES_LIMIT, Mappings, Wish},
    role::RoleName,
};
use aftercare_vocab::id::MappingId;

struct Stating {
    town: Town,
    mappings: Mappings,
}

fn wish(mapping: u8, product: &str, identities: &[&str]) -> Wish {
    let identities = identities.iter().map(|one| (*one).to_owned()).collect();
    Wish { mapping: id(mapping), product: product.to_owned(), identities }
}

impl Stating {
    fn new() -> Self {
        Self { town: Town::staffed(), mappings: Mappings::default() }
    }

    fn does(
        &mut self,
        login: &str,
        reason: Option<&str>,
        act: impl FnOnce(
            &aftercare_domain::roster::Roster,
            &Mappings,
            &aftercare_domain::Operation,
        ) -> Result<Vec<aftercare_domain::Event>, Refusal>,
    ) -> Result<(), Refusal> {
        let before = self.mappings.clone();
        let from = self.town.entries.len();
        let done = self.town.does(login, |roster, op| {
            let mut op = op.clone();
            op.reason = reason.map(str::to_owned);
            act(roster, &before, &op)
        });
        for entry in &self.town.entries[from..] {
            self.mappings.enter(entry);
        }
        done
    }

    fn state(&mut self, login: &str, wish: &Wish, reason: Option<&str>) -> Result<(), Refusal> {
        self.does(login, reason, |roster, before, op| mapping::state(roster, before, wish, op))
    }

    fn withdraw(&mut self, one: MappingId, reason: Option<&str>) -> Result<(), Refusal> {
        self.does("ole", reason, |roster, before, op| mapping::withdraw(roster, before, one, op))
    }

    fn holds(&self) -> Vec<&[String]> {
        self.mappings.in_force().map(|one| one.value.identities.as_slice()).collect()
    }
}

#[test]
fn a_mapping_has_author_and_reason_and_is_undone_and_done_again() {
    let mut it = Stating::new();
    let stack =
        wish(1, " Acme stack ", &["pkg:generic/Acme-Stack@1.2", "", "cpe:2.3:a:acme:stack:1"]);
    assert_eq!(code(&it.state("kim", &stack, Some("Letter."))), "right_missing");
    assert_eq!(code(&it.state("ole", &stack, None)), "reason_missing");
    assert_eq!(it.mappings.digest(), None);
    it.state("ole", &stack, Some("Letter of Acme.")).expect("stated");
    assert_eq!(it.holds(), [["cpe:acme:stack", "recipe:acme-stack"]]);
    let said = it.mappings.get(id(1)).expect("known").newest().expect("one").clone();
    assert_eq!((said.value.product.as_str(), said.value.by), ("Acme stack", it.town.is("ole")));
    assert!(said.reason.is_some());
    let first = it.mappings.digest().expect("something holds");

    // The same again, and under another identifier.
    assert_eq!(code(&it.state("ole", &stack, Some("Again."))), "mapped_already");
    let twin = wish(2, "Other", &["cpe:acme:stack", "recipe:acme-stack"]);
    assert_eq!(code(&it.state("ole", &twin, Some("Again."))), "mapped_already");

    // Stated anew, withdrawn, and in force again: nothing of it is lost.
    let more = wish(1, "Acme stack", &["cpe:acme:stack", "recipe:acme-stack", "name:Acme TCP"]);
    it.state("anna", &more, Some("Also by name.")).expect("stated anew");
    assert_ne!(it.mappings.digest(), Some(first));
    assert_eq!(code(&it.withdraw(id(1), None)), "reason_missing");
    it.withdraw(id(1), Some("It is another stack.")).expect("withdrawn");
    assert!(it.holds().is_empty());
    assert_eq!(it.mappings.digest(), None);
    assert_eq!(code(&it.withdraw(id(1), Some("Again."))), "withdrawn_already");
    assert_eq!(code(&it.withdraw(id(9), Some("No such."))), "unknown_id");
    it.state("ole", &stack, Some("It was right.")).expect("in force again");
    assert_eq!(it.mappings.digest(), Some(first), "what holds is what held");
    let one = it.mappings.get(id(1)).expect("known");
    assert_eq!((one.stated.len(), one.withdrawn.len()), (3, 1));
}

#[test]
fn who_has_a_role_for_some_families_states_nothing_for_all() {
    let mut it = Stating::new();
    it.town.person("bo");
    let some = Sight::Families([id(1)].into());
    it.town.grant("bo", RoleName::ProductSecurityLead, some, Standing::Holder);
    let stack = wish(1, "Stack", &["name:a", "name:b"]);
    assert_eq!(code(&it.state("bo", &stack, Some("Letter."))), "right_missing");
}

#[test]
fn what_is_no_identity_or_joins_nothing_is_refused() {
    let mut it = Stating::new();
    let many: Vec<String> = (0..=IDENTITIES_LIMIT).map(|n| format!("name:n{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (product, identities, wanted) in [
        ("", &["name:a", "name:b"][..], "text_missing"),
        ("x", &["Acme stack", "name:b"], "identity_unreadable"),
        ("x", &["name:a"], "identities_too_few"),
        ("x", &["pkg:npm/a@1", "pkg:npm/a@2"], "identities_too_few"),
        ("x", &many, "identities_too_many"),
    ] {
        let refused = it.state("ole", &wish(1, product, identities), Some("Letter."));
        assert_eq!(code(&refused), wanted, "{identities:?}");
    }
}
