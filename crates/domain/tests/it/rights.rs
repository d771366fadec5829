//! The matrix of decision rights: what every one must hold, and what not knowing means.

use crate::town::code;
use aftercare_domain::{
    rights::{Circumstances, Cosigner, DecisionKind, Harm, Matrix, ProductClass, Row, When},
    role::RoleName,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn row(matrix: &mut Matrix, kind: DecisionKind) -> &mut Row {
    matrix.rows.iter_mut().find(|row| row.kind == kind).expect("a row")
}

#[test]
fn the_proposed_matrix_holds_and_has_a_row_for_every_kind() {
    let matrix = Matrix::proposed();
    assert_eq!(matrix.rows.len(), DecisionKind::ALL.len());
    assert_eq!(matrix.clone().checked(), Ok(matrix));
}

#[test]
fn a_matrix_that_lacks_what_every_matrix_must_hold_is_refused_by_the_name_of_its_row() {
    use DecisionKind::{Closure, Priority, RightsMatrix, Severity};
    type Spoil = fn(&mut Matrix);
    let cases: &[(&str, Spoil, &str)] = &[
        (
            "an administrator decides",
            |m| row(m, Closure).decides = vec![RoleName::Administrator],
            "Administrator may neither propose nor decide nor co-sign",
        ),
        (
            "an auditor co-signs",
            |m| {
                row(m, Closure)
                    .cosigns
                    .push(Cosigner { role: RoleName::Auditor, when: When::Uncontrolled });
            },
            "Auditor may neither",
        ),
        (
            "a customer proposes",
            |m| row(m, Closure).proposes.push(RoleName::Customer),
            "Customer may neither",
        ),
        ("nobody decides", |m| row(m, Closure).decides.clear(), "nobody decides it"),
        (
            "a row is missing",
            |m| m.rows.retain(|row| row.kind != Closure),
            "Case closure: there is no row",
        ),
        (
            "a row stands twice",
            |m| {
                let again = row(m, Closure).clone();
                m.rows.push(again);
            },
            "more than one row",
        ),
        (
            "the decider co-signs",
            |m| {
                row(m, Closure).cosigns.push(Cosigner {
                    role: RoleName::ProductSecurityLead,
                    when: When::Uncontrolled,
                });
            },
            "one and the same",
        ),
        (
            "lowering needs nobody more",
            |m| row(m, Severity).cosigns.retain(|one| one.when != When::LowersComputed),
            "lowering what was computed would need no further person",
        ),
        (
            "lowering needs somebody who signs anyway",
            |m| {
                let cosigns = &mut row(m, Priority).cosigns;
                cosigns.retain(|one| one.when != When::LowersComputed);
                cosigns.push(Cosigner {
                    role: RoleName::ProductSecurityLead,
                    when: When::LowersComputed,
                });
            },
            "no further person",
        ),
        (
            "one signature changes the rights",
            |m| row(m, RightsMatrix).cosigns.clear(),
            "one signature would change who signs what",
        ),
    ];
    for (what, spoil, says) in cases {
        let mut matrix = Matrix::proposed();
        spoil(&mut matrix);
        let refused = matrix.checked();
        assert_eq!(code(&refused), "matrix_unsound", "{what}");
        let told = refused.expect_err("refused").to_string();
        assert!(told.contains(says), "{what}: {told}");
    }
}

#[test]
fn a_kind_without_a_row_is_not_for_one_person() {
    let matrix = Matrix { rows: Vec::new(), trained: BTreeSet::new() };
    assert_eq!(matrix.needed(DecisionKind::Severity, &Circumstances::default()).people(), 2);
}

#[test]
fn each_condition_holds_where_it_says() {
    let known = Circumstances {
        harm: Some(Harm::Minor),
        essential_performance: Some(false),
        uncontrolled: Some(false),
        product_class: Some(ProductClass::Ii),
        rests_on_reachability: Some(false),
        lowers_computed: false,
    };
    let touched = Circumstances { essential_performance: Some(true), ..known };
    for (when, of, holds) in [
        (When::Always, known, true),
        (When::HarmFrom(Harm::Minor), known, true),
        (When::HarmFrom(Harm::Serious), known, false),
        (When::HarmFrom(Harm::Serious), touched, true),
        (When::HarmFrom(Harm::Serious), Circumstances { harm: None, ..known }, true),
        (
            When::HarmFrom(Harm::Catastrophic),
            Circumstances { essential_performance: None, ..known },
            true,
        ),
        (When::Uncontrolled, known, false),
        (When::Uncontrolled, Circumstances { uncontrolled: None, ..known }, true),
        (When::ClassFrom(ProductClass::Ii), known, true),
        (When::ClassFrom(ProductClass::Iii), known, false),
        (When::ClassFrom(ProductClass::Iii), Circumstances { product_class: None, ..known }, true),
        (When::RestsOnReachability, known, false),
        (When::RestsOnReachability, Circumstances { rests_on_reachability: None, ..known }, true),
        (When::LowersComputed, known, false),
        (When::LowersComputed, Circumstances { lowers_computed: true, ..known }, true),
    ] {
        assert_eq!(when.may_hold(&of), holds, "{when:?} of {of:?}");
    }
}

fn any_when() -> impl Strategy<Value = When> {
    prop_oneof![
        Just(When::Always),
        prop::sample::select(&Harm::ALL).prop_map(When::HarmFrom),
        Just(When::Uncontrolled),
        prop::sample::select(ProductClass::ALL).prop_map(When::ClassFrom),
        Just(When::RestsOnReachability),
        Just(When::LowersComputed),
    ]
}

/// Rows with roles that may decide; most matrices of them hold.
pub fn any_row(kind: DecisionKind) -> impl Strategy<Value = Row> {
    let working: Vec<RoleName> =
        RoleName::ALL.iter().copied().filter(|role| role.may_decide()).collect();
    let roles = prop::collection::vec(prop::sample::select(working.clone()), 1..3);
    let cosigner = (prop::sample::select(working), any_when());
    (roles.clone(), roles, prop::collection::vec(cosigner, 0..4)).prop_map(
        move |(proposes, decides, cosigns)| Row {
            kind,
            proposes,
            decides,
            cosigns: cosigns.into_iter().map(|(role, when)| Cosigner { role, when }).collect(),
            informs: Vec::new(),
        },
    )
}

fn known() -> impl Strategy<Value = Circumstances> {
    let facts = (
        prop::sample::select(&Harm::ALL),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(ProductClass::ALL),
        any::<bool>(),
        any::<bool>(),
    );
    facts.prop_map(|(harm, touched, uncontrolled, class, reachability, lowers_computed)| {
        Circumstances {
            harm: Some(harm),
            essential_performance: Some(touched),
            uncontrolled: Some(uncontrolled),
            product_class: Some(class),
            rests_on_reachability: Some(reachability),
            lowers_computed,
        }
    })
}

proptest! {
    #[test]
    fn what_is_not_known_never_needs_fewer_people(
        row in any_row(DecisionKind::Severity),
        known in known(),
        forgotten in any::<[bool; 5]>(),
    ) {
        let matrix = Matrix { rows: vec![row], trained: BTreeSet::new() };
        let less = Circumstances {
            harm: known.harm.filter(|_| !forgotten[0]),
            essential_performance: known.essential_performance.filter(|_| !forgotten[1]),
            uncontrolled: known.uncontrolled.filter(|_| !forgotten[2]),
            product_class: known.product_class.filter(|_| !forgotten[3]),
            rests_on_reachability: known.rests_on_reachability.filter(|_| !forgotten[4]),
            ..known
        };
        let (of_known, of_less) = (
            matrix.needed(DecisionKind::Severity, &known),
            matrix.needed(DecisionKind::Severity, &less),
        );
        prop_assert!(of_known.cosigns.is_subset(&of_less.cosigns));
        prop_assert_eq!(of_known.decides, of_less.decides);
    }

    #[test]
    fn lowering_a_computed_result_needs_more_people_under_every_matrix_that_holds(
        row in any_row(DecisionKind::Severity),
        known in known(),
    ) {
        let mut matrix = Matrix::proposed();
        matrix.rows.retain(|other| other.kind != DecisionKind::Severity);
        matrix.rows.push(row);
        let Ok(matrix) = matrix.checked() else { return Ok(()) };
        let people = |lowers_computed| {
            let of = Circumstances { lowers_computed, ..known };
            matrix.needed(DecisionKind::Severity, &of).people()
        };
        prop_assert!(people(true) > people(false));
    }
}
