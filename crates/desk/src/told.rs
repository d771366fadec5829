//! What happened, in a sentence for people: one for each kind of event.

use aftercare_domain::{
    Event, Sight,
    access_review::Outcome,
    case::{Applies, End, Fact, Workflow},
    credential::Occasion,
    decision::Wish,
    duty,
    roster::Roster,
    session::{SessionEnd, Taking},
    signal::Settlement,
    unit::Installed,
};
use aftercare_vocab::id::PersonId;

/// What happened, in a sentence; with a roster, who it is about by name.
pub(crate) fn told(event: &Event, roster: Option<&Roster>) -> String {
    let who = |person: PersonId| name(roster, person);
    match event {
        Event::FamilyAdded(e) => format!("Family {} was added.", e.name),
        Event::ProductAdded(e) => format!("Product {} was added.", e.name),
        Event::VersionAdded(e) => format!("Version {} was added to a product.", e.label),
        Event::VersionChanged(_) => "Predecessor or dates of a version were changed.".to_owned(),
        Event::RiskFileAdopted(e) => format!(
            "Edition {} of the risk file of a product was put in force: {} rows.",
            e.edition, e.rows
        ),
        Event::EnvironmentStated(e) => {
            format!("The environment of use {} was stated for a product.", e.environment)
        }
        Event::EnvironmentEnded(e) => {
            format!("A product is not used in the environment {} any more.", e.environment)
        }
        Event::CycleStated(e) => {
            format!("A regular cycle of updates of {} days was stated for a product.", e.days)
        }
        Event::MappingStated(e) => format!(
            "{} identities were said to mean one product, {}.",
            e.identities.len(),
            e.product
        ),
        Event::MappingWithdrawn(_) => "A mapping of identities was withdrawn.".to_owned(),
        Event::SupplierAdded(e) => format!("Supplier {} was added.", e.name),
        Event::ConsigneeAdded(e) => format!("Consignee {} was added.", e.name),
        Event::SiteAdded(e) => format!("Site {} was added.", e.name),
        Event::UnitsRecorded(e) => {
            format!("Units were recorded: {}, {} of unknown installed version.", e.units, e.unknown)
        }
        Event::UnitVersionChanged(e) => match e.installed {
            Installed::Version(_) => "Another version was installed on a unit.".to_owned(),
            Installed::Unknown(_) => "What is installed on a unit became unknown.".to_owned(),
        },
        Event::SbomReceived(e) => format!(
            "An SBOM was received for a version: {}, {} components.",
            e.format.with_version(&e.spec_version),
            e.components
        ),
        Event::TwinForked(e) => format!(
            "This record was forked after entry {} of the original and is the twin {} from here on.",
            e.position, e.name
        ),
        Event::TwinMade(e) => {
            format!("The twin {} was forked from this record after entry {}.", e.name, e.position)
        }
        Event::TwinDiscarded(e) => format!("The twin {} was thrown away.", e.name),
        Event::EditionAdopted(e) => {
            format!("Edition {} of {} records was put in force.", e.edition.short(), e.records)
        }
        Event::EditionAdoptedV2(e) => format!(
            "Edition {} of {} records from {} sources was put in force.",
            e.edition.short(),
            e.records,
            e.sources
        ),
        Event::FindingsAssessed(e) => {
            format!("The components of an SBOM were assessed by edition {}.", e.edition.short())
        }
        // Never who it is: that is for those who may open the sealed text.
        Event::ContactAdded(_) => "A person to be told was added to a consignee.".to_owned(),
        Event::ContactChanged(_) => {
            "What is known about a person to be told was changed.".to_owned()
        }
        Event::SubjectErased(_) => {
            "Every text about a person was erased, and its key destroyed.".to_owned()
        }
        Event::LogKeyAdopted(e) => match e.previous {
            None => "The first key that signs the ledger was put in force.".to_owned(),
            Some(_) => "A new key that signs the ledger was put in force.".to_owned(),
        },
        Event::PersonAdded(e) => {
            format!("{} was added as a person, with the login {}.", e.name, e.login)
        }
        Event::PersonRenamed(e) => format!("The printed name of a person became {}.", e.name),
        Event::PersonSuspended(e) => format!("The account of {} was suspended.", who(e.person)),
        Event::PersonReinstated(e) => format!("{} may sign in again.", who(e.person)),
        Event::PersonInvited(e) => {
            format!("{} was invited to set a password until {}.", who(e.person), e.until.shown())
        }
        Event::IdentityVerified(e) => {
            format!(
                "The identity of {} was verified: {}.",
                who(e.person),
                e.how.trim_end_matches('.')
            )
        }
        Event::RoleGiven(e) => format!(
            "{} became {} of the role {}, for {}.",
            who(e.person),
            e.standing.code(),
            e.role,
            families(&e.sight)
        ),
        Event::AccessReviewed(e) => {
            let take = e.reviewed.iter().filter(|one| one.outcome == Outcome::Take).count();
            format!(
                "{} reviewed {} roles; {} of them are to be taken away.",
                who(e.by),
                e.reviewed.len(),
                take
            )
        }
        Event::RoleTaken(_) => "A role was taken from a person.".to_owned(),
        Event::AbsenceRecorded(e) => {
            format!("An absence of {} from {} was recorded.", who(e.person), e.from.shown())
        }
        Event::AbsenceEnded(_) => "An absence was ended before its time.".to_owned(),
        Event::DelegationGiven(e) => format!(
            "{} handed the role {} over to {} until {}, and signed that.",
            e.signature.name,
            e.handing.role,
            who(e.handing.to),
            e.handing.ends.shown()
        ),
        Event::DelegationEnded(_) => "A delegation was ended before its time.".to_owned(),
        Event::TrainingRecorded(e) => format!(
            "Training of {} as {} was recorded: {}, valid until {}.",
            who(e.person),
            e.role,
            e.subject,
            e.until
        ),
        Event::CompetenceOverridden(e) => format!(
            "Missing training of {} as {} was overridden until {}.",
            who(e.person),
            e.role,
            e.until
        ),
        Event::CredentialSet(e) => format!(
            "A {} of {} was set {}.",
            e.factor,
            who(e.person),
            match e.occasion {
                Occasion::Own => "by themselves",
                Occasion::Reset => "by an administrator",
                Occasion::Replaced => "in place of another",
            }
        ),
        Event::CredentialEnded(e) => format!(
            "A credential of {} does not count any more: {}.",
            who(e.person),
            match e.occasion {
                Occasion::Own => "they removed it",
                Occasion::Reset => "an administrator reset it",
                Occasion::Replaced => "it was replaced or used up",
            }
        ),
        Event::TokenIssued(e) => {
            format!(
                "An API token of {} was issued until {}: {}.",
                who(e.person),
                e.until.shown(),
                e.name
            )
        }
        Event::TokenRevoked(_) => "An API token was revoked.".to_owned(),
        Event::SignedIn(e) => format!(
            "{} signed in with {}.",
            who(e.person),
            e.factors.iter().map(|one| one.title()).collect::<Vec<_>>().join(" and ")
        ),
        Event::SessionEnded(e) => format!(
            "A session of {} ended: {}.",
            who(e.person),
            match e.why {
                SessionEnd::SignedOut => "signed out",
                SessionEnd::Revoked => "ended from another session",
                SessionEnd::ByAdministrator => "ended by an administrator",
                SessionEnd::CredentialChanged => "password or second factor were changed",
            }
        ),
        Event::AttemptsFailed(e) => format!(
            "{} {} {} failed, the last on {}.",
            match e.count {
                1 => "One attempt".to_owned(),
                more => format!("{more} attempts"),
            },
            e.attempt.title(),
            match e.person {
                Some(person) => format!("as {}", who(person)),
                None => "with an unknown login".to_owned(),
            },
            e.last.shown()
        ),
        Event::RecordTaken(e) => match e.way {
            Taking::Exported => format!("{} exported {}.", who(e.person), e.what),
            Taking::ReadSensitive => {
                format!("{} read {}, which is sensitive.", who(e.person), e.what)
            }
        },
        Event::DecisionProposed(e) => {
            format!("A decision was proposed ({}): {}.", e.wish.kind.title(), title(&e.wish))
        }
        Event::DecisionRevised(e) => {
            format!("A decision got version {}, unsigned yet: {}.", e.version, title(&e.wish))
        }
        Event::DecisionSigned(e) => format!(
            "{} signed version {} of a decision as {} ({}).",
            e.signature.name,
            e.version,
            e.signature.role,
            e.signature.meaning.title()
        ),
        Event::DecisionRefused(e) => format!(
            "{} refused version {} of a decision as {}.",
            e.signature.name, e.version, e.signature.role
        ),
        Event::DecisionTaken(e) => {
            format!("A decision was taken: everybody who must sign signed version {}.", e.version)
        }
        Event::DecisionWithdrawn(_) => "A decision was taken back.".to_owned(),
        Event::RightsAdopted(e) => {
            format!("Version {} of the decision rights was put in force.", e.version)
        }
        Event::RulesAdopted(e) => format!(
            "Edition {} of the programme's {} was adopted, from {} on.",
            e.edition,
            e.change.rules.kind().title().to_lowercase(),
            e.change.from
        ),
        Event::ChainAdopted(e) => format!(
            "A chain of duty of {} was put in force for {}.",
            if e.steps.len() == 1 {
                "one step".to_owned()
            } else {
                format!("{} steps", e.steps.len())
            },
            families(&duty::concerned(e.family))
        ),
        Event::CallRaised(e) => format!(
            "Whoever is on duty was called{} about {}.",
            if e.test { " for a test" } else { "" },
            e.about.trim_end_matches('.')
        ),
        Event::CallMoved(e) => match e.to.len() {
            0 => format!("A call came to the end of its chain, step {}: nobody is there.", e.step),
            _ => format!(
                "A call came to {} in step {}.",
                e.to.iter().map(|one| who(one.person)).collect::<Vec<_>>().join(" and "),
                e.step
            ),
        },
        Event::CallAnswered(e) => format!("{} answered a call.", who(e.by)),
        Event::PolicyIssued(e) => format!(
            "Version {} of the {} {} was issued.",
            e.version,
            e.kind.title().to_lowercase(),
            e.title.trim_end_matches('.')
        ),
        Event::PolicyAcknowledged(e) => format!(
            "{} acknowledged version {} of a governing document as {} ({}).",
            e.signature.name,
            e.version,
            e.signature.role,
            e.signature.meaning.title()
        ),
        Event::PolicyWithdrawn(_) => "A governing document was withdrawn.".to_owned(),
        Event::SignalReceived(e) => format!("A signal came in: {}.", e.title),
        Event::SignalSettled(e) => match &e.settlement {
            Settlement::Joined(_) => "A signal joined a case.".to_owned(),
            Settlement::Dismissed(why) => format!("A signal was dismissed: {}.", why.title()),
        },
        Event::SignalAssigned(e) => format!("{} looks after a signal.", who(e.to)),
        Event::ThreadMessageAdded(e) => match e.by {
            Some(person) => format!("{} wrote to who reported a signal.", who(person)),
            None => "Who reported a signal wrote again.".to_owned(),
        },
        Event::CaseOpened(e) => format!("The case {} was opened: {}.", e.number, e.title),
        Event::CaseFactRecorded(e) => fact(&e.fact, roster),
        Event::AdvisoryDrafted(e) => format!(
            "Version {} of the advisory {} was drafted: {}.",
            e.version,
            e.number,
            e.title.trim_end_matches('.')
        ),
        Event::AdvisoryPublished(e) => format!("Version {} of an advisory went out.", e.version),
        Event::AdvisoryWithdrawn(_) => "An advisory was taken back.".to_owned(),
        Event::NoticeIssued(e) => {
            format!(
                "A notice about version {} of an advisory was written for a consignee.",
                e.version
            )
        }
        Event::NoticeMoved(e) => match &e.why {
            Some(why) => format!("A notice: {} ({why}).", e.step.title().to_lowercase()),
            None => format!("A notice: {}.", e.step.title().to_lowercase()),
        },
        Event::NoticeAcknowledged(_) => "A notice was acknowledged.".to_owned(),
    }
}

fn title(wish: &Wish) -> &str {
    wish.title.trim_end_matches('.')
}

fn name(roster: Option<&Roster>, person: PersonId) -> String {
    let known = roster.and_then(|roster| roster.person(person).ok());
    known.map_or_else(|| "a person".to_owned(), |known| known.name.clone())
}

fn families(sight: &Sight) -> String {
    match sight {
        Sight::All => "all product families".to_owned(),
        Sight::Families(some) if some.len() == 1 => "one product family".to_owned(),
        Sight::Families(some) => format!("{} product families", some.len()),
    }
}

/// What was recorded about a case, in a sentence.
pub(crate) fn fact(fact: &Fact, roster: Option<&Roster>) -> String {
    let who = |person: PersonId| name(roster, person);
    let versions = |count: usize| match count {
        1 => "a version".to_owned(),
        many => format!("{many} versions"),
    };
    match fact {
        Fact::Owner(person) => format!("{} owns the case.", who(*person)),
        Fact::HarmScreened(answer, _) => {
            format!("Whether a patient came to harm: {}.", answer.title().to_lowercase())
        }
        Fact::Families(_) => "The product families that could be concerned were named.".to_owned(),
        Fact::Weakness(_) => "The weakness at the root was named.".to_owned(),
        Fact::Credible(_) => "It was said on what the report is credible.".to_owned(),
        Fact::Applicability(one) => {
            let value = match one.applies {
                Applies::Affected => "affected".to_owned(),
                Applies::NotAffected(why) => {
                    format!("not affected ({})", why.title().to_lowercase())
                }
                Applies::UnderInvestigation => "under investigation".to_owned(),
            };
            format!("The value of {} was given: {value}.", versions(one.versions.len()))
        }
        Fact::Exposed(one) => format!(
            "The exposure of {} in the environment {} was given: from {}.",
            versions(one.versions.len()),
            one.environment,
            one.from
        ),
        Fact::Exploited(_) => "What is known of exploiting it was recorded.".to_owned(),
        Fact::Selected(one) => format!("The SSVC table {} was answered.", one.table),
        Fact::Harmed(one) => format!(
            "The severity of harm on {} was given: {}.",
            versions(one.versions.len()),
            one.severity
        ),
        Fact::Controls(_) => "The controls that are there already were listed.".to_owned(),
        Fact::Rated(_) => "An analyst rated a version.".to_owned(),
        Fact::Carried(..) => "The assessment of a version was carried to another.".to_owned(),
        Fact::Described(one) => {
            format!(
                "A mitigation was described: {} ({}).",
                one.title,
                one.kind.title().to_lowercase()
            )
        }
        Fact::Planned(one) => {
            format!("A plan was made: {}, by {}.", one.train.title().to_lowercase(), one.target)
        }
        Fact::Controlled(one) => {
            format!("A control at a site: {}.", one.state.title().to_lowercase())
        }
        Fact::Changed(_) => "The change is in a controlled baseline.".to_owned(),
        Fact::Tested(one) => {
            format!("{}: {}.", one.kind.title(), if one.passed { "passed" } else { "failed" })
        }
        Fact::ReporterTold(one) => {
            format!("The reporter was told: {}, by {}.", one.told.title().to_lowercase(), one.via)
        }
        Fact::CustomersTold(one) => format!("{} consignees were told.", one.consignees),
        Fact::Answered(one) => {
            format!("{}: {}.", one.question.title(), if one.yes { "yes" } else { "no" })
        }
        Fact::Happened(one) => {
            format!("It was recorded when this happened: {}.", one.what.replace('_', " "))
        }
        Fact::Linked(one) => format!("{} {} was linked.", one.kind.title(), one.label),
        Fact::Attested(one) => {
            format!("A condition was vouched for: {}.", guard(&one.guard, roster))
        }
        Fact::Skipped(id) => format!("A condition is left out for now: {}.", guard(id, roster)),
        Fact::Ended(End::Duplicate(_)) => "The case was said to be a duplicate.".to_owned(),
        Fact::Ended(End::Rejected(why)) => {
            format!("The case was said to end: {}.", why.title().to_lowercase())
        }
        Fact::Ended(End::Transferred { to, .. }) => format!("The case was transferred to {to}."),
        Fact::Seconded => "A second person agreed that the case ends.".to_owned(),
        Fact::Reopened(why) => {
            format!("The case was opened again: {}.", why.title().to_lowercase())
        }
        Fact::Embargo(Some(embargo)) => match embargo.until {
            Some(day) => format!("The case is under embargo until {day}."),
            None => "The case is under embargo.".to_owned(),
        },
        Fact::Embargo(None) => "The embargo was lifted.".to_owned(),
        Fact::Noted(_) => "A remark was made.".to_owned(),
    }
}

/// A condition in its own words, as the middle of a sentence.
fn guard(id: &str, roster: Option<&Roster>) -> String {
    let own = roster.and_then(|roster| roster.programme().guard(id));
    let known = own.or_else(|| Workflow::shipped().guard(id).map(|(_, guard)| guard));
    let Some(guard) = known else { return id.replace('_', " ") };
    let mut words = guard.says.chars();
    words.next().map_or_else(String::new, |first| first.to_lowercase().chain(words).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn every_kind_of_event_ever_shipped_has_a_sentence_of_its_own() {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/golden");
        let mut sentences = BTreeSet::new();
        for (kind, version) in Event::KINDS {
            let place = golden.join(format!("{kind}.v{version}.json"));
            let bytes = fs::read(&place).unwrap_or_else(|e| panic!("{}: {e}", place.display()));
            let body: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
            let event = Event::read(kind, *version, body).expect("an event");
            let said = told(&event, None);
            assert!(said.ends_with('.') && said.contains(' '), "{kind}: {said}");
            assert!(!said.contains(kind) && sentences.insert(said.clone()), "{kind}: {said}");
        }
        assert_eq!(sentences.len(), Event::KINDS.len());
    }
}
