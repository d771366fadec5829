//! Patches that the inventory itself declares on a component (CycloneDX `pedigree.patches`, Yocto's
//! reports, SPDX 3 `fixedIn`): the word of whoever built it, for exactly the vulnerabilities named.
//!
//! The rules, dated, stand in `docs/engine.md`, "What an inventory declares as patched".

use crate::{
    merge::Flaw,
    outcome::{Candidate, Outcome, SaidBy},
    subject::Subject,
};
use aftercare_vocab::{
    digest::Digest,
    inventory::{Patch, PatchKind},
    verdict::{Answer, Confidence, Reason},
};

/// The source of a reason that rests on the inventory itself.
pub const SOURCE: &str = "sbom";

/// What the component's declared patches say of the flaw: the strongest of them, `None` where none names
/// it. A record about several CVEs needs a patch for each of them.
pub fn declared<'a>(flaw: &Flaw, subject: &'a Subject<'_>) -> Option<(&'a Patch, Candidate)> {
    let patches = &subject.component.patched;
    if patches.is_empty() {
        return None; // most components: nothing is compared
    }
    let strongest = |name: &str| {
        let named = patches.iter().filter(|patch| patch.resolves.eq_ignore_ascii_case(name));
        named.min_by_key(|patch| !carries_repair(patch.kind))
    };
    let cves: Vec<&str> = flaw.names().filter(|name| name.starts_with("CVE-")).collect();
    let patch = if cves.len() > 1 {
        let each: Option<Vec<&Patch>> = cves.iter().map(|cve| strongest(cve)).collect();
        each?.into_iter().max_by_key(|patch| !carries_repair(patch.kind))?
    } else {
        flaw.names().filter_map(strongest).min_by_key(|patch| !carries_repair(patch.kind))?
    };
    let is_decisive = carries_repair(patch.kind);
    let (answer, rule, note) = if is_decisive {
        (Answer::NotAffected, "patch_declared", "A patch is declared: the SBOM's own word.")
    } else {
        let note = "A patch is declared, but not of a kind that carries the maker's repair: whether it repairs is for a person.";
        (Answer::Undetermined, "patch_in_doubt", note)
    };
    let range = format!("a patch of the kind {} for {}", patch.kind.code(), patch.resolves);
    let mut outcome = Outcome::new(answer, rule, range, patch.place.clone(), "").noting(note);
    outcome.left_open = !is_decisive; // gives way to a source that clears the version
    outcome.said_by =
        Some(Box::new(SaidBy { makers: Vec::new(), is_decisive, by_inventory: true }));
    let component = subject.component;
    let candidate = Candidate {
        record: None,
        identity: component
            .purls
            .first()
            .map(ToString::to_string)
            .or_else(|| component.cpes.first().map(ToString::to_string))
            .unwrap_or_else(|| component.name.clone())
            .into(),
        confidence: Confidence::Exact,
        own_ecosystem: false,
        version: component.version.as_deref().map(Into::into),
        outcome,
    };
    Some((patch, candidate))
}

/// Whether patches of the kind carry the repair of the software's own makers, or the document says that
/// they do. One from elsewhere may do half of it.
const fn carries_repair(kind: PatchKind) -> bool {
    match kind {
        PatchKind::Backport | PatchKind::CherryPick | PatchKind::Applied => true,
        PatchKind::Unofficial | PatchKind::Monkey | PatchKind::Unstated => false,
    }
}

/// The reason that cites the patch; its digest is that of the declaration's kind, issue and place.
pub fn reason(candidate: Candidate, patch: &Patch) -> Reason {
    let declaration = format!("{} {} {}", patch.kind.code(), patch.resolves, patch.place);
    Reason {
        answer: candidate.outcome.answer,
        rule: candidate.outcome.rule.into(),
        source: SOURCE.into(),
        record: patch.resolves.as_str().into(),
        record_digest: Digest::of(declaration.as_bytes()),
        identity: candidate.identity,
        confidence: candidate.confidence,
        version: candidate.version,
        scheme: "".into(),
        range: candidate.outcome.range,
        place: candidate.outcome.place,
        note: candidate.outcome.note,
    }
}
