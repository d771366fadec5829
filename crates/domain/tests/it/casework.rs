//! One case with the people who work on it and the versions around it. Every entry is made by the rules.

use crate::town::{MONDAY, Town, id};
use aftercare_domain::usage::Usage;
use aftercare_domain::{
    Entry, Refusal, Sight,
    case::{
        self, About, ActsIn, Answer, Answered, Applicability, Applies, Around, Attested, Case,
        Cases, Changed, CustomersTold, Described, Exploited, Exposed, Fact, Found, Happened,
        Harmed, LinkKind, Linked, MitigationKind, Opening, Planned, Progress, Question,
        ReporterTold, Selected, Stage, Surroundings, TestKind, Tested, Told, Train, Workflow,
    },
    clock::{Calendar, Zone},
    decision,
    grant::Standing,
    harm::{Exploit, Exploitability, Exposure, Severity},
    reporting::NoticePart,
    rights::DecisionKind,
    role::RoleName,
    signal::{
        self, HarmScreen, Item, Reporter, Settlement, SignalChannel, SignalKind, SignalReceived,
    },
};
use aftercare_vocab::{
    digest::Digest,
    id::{CaseId, DecisionId, FamilyId, MitigationId, SignalId, VersionId},
    instant::Instant,
};
use std::{collections::BTreeMap, sync::Arc};

/// Who acts in which role.
pub const STAFF: &[(&str, RoleName)] = &[
    ("anna", RoleName::ProductSecurityLead),
    ("ole", RoleName::SecurityAnalyst),
    ("olga", RoleName::SecurityAnalyst),
    ("siri", RoleName::SafetyRiskManager),
    ("kim", RoleName::Quality),
    ("eva", RoleName::Executive),
    ("ida", RoleName::IntakeCoordinator),
    ("dan", RoleName::Developer),
    ("vera", RoleName::Verifier),
    ("pia", RoleName::ProductOwner),
    ("rolf", RoleName::RegulatoryAffairs),
    ("cora", RoleName::Communications),
    ("finn", RoleName::FieldService),
    ("ruth", RoleName::ReleaseApprover),
];

/// A vector that is easily exploited from the network.
pub const EASY: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

pub fn sbom(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

/// The family that everything is of.
pub fn family() -> FamilyId {
    id(1)
}

/// The version that is affected, one of the same product beside it, and the one that will hold the fix.
pub fn old() -> VersionId {
    id(10)
}
pub fn older() -> VersionId {
    id(11)
}
pub fn fixed() -> VersionId {
    id(12)
}
pub fn control() -> MitigationId {
    id(20)
}

pub fn around(label: &str, found: Found) -> Around {
    Around {
        family: family(),
        product: id(2),
        label: label.into(),
        supported: true,
        units: 100,
        sboms: vec![sbom(label)],
        found,
        components: if found.is_hit() { ["log4j 2.14".to_owned()].into() } else { [].into() },
        names: if found.is_hit() { ["log4j".to_owned()].into() } else { [].into() },
        looked_up: [].into(),
    }
}

#[derive(Clone)]
pub struct Work {
    pub town: Town,
    pub cases: Cases,
    pub around: Surroundings,
    pub case: CaseId,
    folded: usize,
}

impl Work {
    /// The staff, two versions of a pump in the field, and a case that says nothing yet.
    pub fn new() -> Self {
        let mut work = Self::idle();
        work.open(Opening {
            title: "Log4Shell in the gateway".into(),
            vulnerabilities: Vec::new(),
            families: Sight::none(),
            signals: Vec::new(),
            matched_at: None,
        })
        .expect("opened");
        work
    }

    /// The same without the case.
    pub fn idle() -> Self {
        let mut town = Town::new();
        for (login, role) in STAFF {
            town.person(login);
            town.grant(login, *role, Sight::All, Standing::Holder);
        }
        town.now = Instant::from_micros(MONDAY);
        let versions = BTreeMap::from([
            (old(), around("Infusia 3.2.1", Found::Affected)),
            (older(), around("Infusia 3.2.0", Found::Affected)),
        ]);
        let zone = Zone::named("Europe/Berlin").expect("a zone");
        let calendar = Calendar::named("us-federal").expect("a calendar");
        // The product has a cycle and nothing else stated, so that only tests of these look at them.
        let usage = Usage { cycle: Some(90), ..Usage::default() };
        let usages = BTreeMap::from([(id(2), usage)]);
        let around = Surroundings { versions, usages, zone, calendar, programme: Arc::default() };
        let mut work = Self { town, cases: Cases::default(), around, case: id(99), folded: 0 };
        work.fold();
        work
    }

    fn fold(&mut self) {
        for entry in &self.town.entries[self.folded..] {
            self.cases.enter(entry);
        }
        self.folded = self.town.entries.len();
        self.around.programme = Arc::clone(self.town.roster.programme());
    }

    pub fn entries(&self) -> &[Entry] {
        &self.town.entries
    }

    pub fn open(&mut self, opening: Opening) -> Result<CaseId, Refusal> {
        let id: CaseId = self.town.op("ole").new_id();
        let cases = self.cases.clone();
        self.town.does("ole", |roster, op| case::open(roster, &cases, id, (opening, 2026), op))?;
        self.fold();
        self.case = id;
        Ok(id)
    }

    /// A report of a finder who waits in a thread, received at an instant.
    pub fn report(&mut self, received: Instant, harm: HarmScreen) -> SignalId {
        self.signal(received, harm, Reporter::Thread(Digest::of(b"receipt")))
    }

    pub fn signal(&mut self, received: Instant, harm: HarmScreen, reporter: Reporter) -> SignalId {
        let signal: SignalId = self.town.op("ida").new_id();
        let given = SignalReceived {
            signal,
            kind: SignalKind::Researcher,
            channel: SignalChannel::Form,
            source: "A finder".into(),
            title: "The gateway logs what it is told to run".into(),
            received_at: received,
            aware_at: received,
            vulnerabilities: Vec::new(),
            families: Sight::of([family()]),
            harm,
            complaint: None,
            item: Item::Plain(Digest::of(b"report")),
            reporter,
            file: None,
        };
        self.town.does("ida", |roster, op| signal::receive(roster, given, op)).expect("received");
        self.fold();
        signal
    }

    pub fn settle(&mut self, signal: SignalId, settlement: Settlement) -> Result<(), Refusal> {
        let cases = self.cases.clone();
        self.town
            .does("ida", |roster, op| signal::settle(roster, &cases, (signal, settlement), op))?;
        self.fold();
        Ok(())
    }

    pub fn join(&mut self, signal: SignalId) {
        self.settle(signal, Settlement::Joined(self.case)).expect("joined");
    }

    pub fn one(&self) -> &Case {
        self.cases.get(self.case).expect("a case")
    }

    pub fn progress(&self) -> Progress {
        case::progress(self.one(), &self.cases, &self.around, self.town.now)
    }

    pub fn stage(&self) -> Stage {
        self.progress().stage
    }

    /// What stands between the case and the next stage.
    pub fn open_guards(&self) -> Vec<String> {
        let todos = self.progress().todos.into_iter().filter(|todo| todo.due.is_none());
        todos.map(|todo| todo.guard).collect()
    }

    /// Somebody records a fact, in the role in which the rules let them.
    pub fn try_fact(&mut self, login: &str, fact: Fact) -> Result<(), Refusal> {
        let (cases, around, id) = (self.cases.clone(), self.around.clone(), self.case);
        let person = self.town.is(login);
        let case = cases.get(id).expect("a case");
        let role = case::may_record(&self.town.roster, person, case, &fact, self.town.now)?;
        self.town.does_as(login, role, |roster, op| {
            case::record(roster, &cases, &around, (id, fact), op)
        })?;
        self.fold();
        Ok(())
    }

    pub fn fact(&mut self, login: &str, fact: Fact) {
        let code = fact.code();
        self.try_fact(login, fact).unwrap_or_else(|e| panic!("{login} records {code}: {e}"));
    }

    /// Whoever may stands for a condition.
    pub fn attest(&mut self, guard: &str) {
        let (_, known) = Workflow::shipped().guard(guard).expect("a condition");
        let by = known.attested_by.as_ref().expect("somebody stands for it");
        let login = login_of(by[0]);
        self.fact(
            login,
            Fact::Attested(Attested {
                guard: guard.into(),
                statement: "Done, see the record.".into(),
                url: None,
                attachment: None,
                file: None,
            }),
        );
    }

    pub fn about(kind: DecisionKind, versions: &[VersionId], answer: Option<Answer>) -> About {
        About {
            kind,
            versions: versions.iter().copied().collect(),
            answer,
            until: None,
            mitigation: None,
            title: "What we decide".into(),
            statement: "This, because of that.".into(),
        }
    }

    pub fn propose(&mut self, about: About) -> Result<DecisionId, Refusal> {
        let now = self.progress();
        let wish = case::wish(self.one(), &self.around, &now, about, self.town.now)?;
        let matrix = self.town.roster.matrix(1);
        let row = matrix.row(wish.kind).expect("a row");
        let login = login_of(row.proposes[0]);
        let proposed = self.town.propose(login, wish);
        self.fold();
        proposed
    }

    /// Everybody who must sign does.
    pub fn sign_all(&mut self, decision: DecisionId) -> Result<(), Refusal> {
        while matches!(self.town.state(decision).stage, decision::Stage::Open) {
            let missing = self.town.state(decision).missing(&self.town.roster);
            let role = missing[0].roles[0];
            self.town.sign(login_of(role), decision, role)?;
        }
        self.fold();
        Ok(())
    }

    pub fn try_decide(&mut self, about: About) -> Result<DecisionId, Refusal> {
        let decision = self.propose(about)?;
        self.sign_all(decision)?;
        Ok(decision)
    }

    pub fn decide(
        &mut self,
        kind: DecisionKind,
        versions: &[VersionId],
        answer: Option<Answer>,
    ) -> DecisionId {
        let about = Self::about(kind, versions, answer);
        self.try_decide(about).unwrap_or_else(|e| panic!("{}: {e}", kind.code()))
    }

    pub fn tick(&mut self, micros: i64) {
        self.town.tick(micros);
    }

    /// As if the entries were others.
    pub fn as_if(&self, alter: impl Fn(&mut Entry)) -> Self {
        let mut work = self.clone();
        work.town.entries.iter_mut().for_each(alter);
        (work.cases, work.folded) = (Cases::default(), 0);
        work.fold();
        work
    }
}

pub fn login_of(role: RoleName) -> &'static str {
    STAFF.iter().find(|(_, one)| *one == role).expect("somebody").0
}

pub fn applies(versions: &[(VersionId, &str)], applies: Applies) -> Fact {
    Fact::Applicability(Applicability {
        versions: versions.iter().map(|(one, name)| (*one, Some(sbom(name)))).collect(),
        applies,
        statement: "Looked at the build.".into(),
    })
}

pub fn exposed(versions: &[VersionId], from: Exposure) -> Fact {
    Fact::Exposed(Exposed {
        versions: versions.iter().copied().collect(),
        environment: "ward".into(),
        from,
        interfaces: "Ethernet".into(),
        privileges: "none".into(),
        measures: String::new(),
        reachable: Some(true),
        evidence: "Port scan.".into(),
        premises: BTreeMap::new(),
    })
}

pub fn exploited(vector: &str, exploit: Option<Exploit>) -> Exploited {
    Exploited {
        vector: Some(vector.into()),
        in_kev: Some(false),
        exploit,
        epss: None,
        instead: None,
        reasons: "Looked for on the day.".into(),
        interview: None,
    }
}

pub fn harmed(versions: &[VersionId], severity: Severity) -> Fact {
    Fact::Harmed(Harmed {
        versions: versions.iter().copied().collect(),
        severity,
        essential_performance: severity >= Severity::Serious,
        hazards: vec!["HAZ-1".into()],
        reasoning: "What it does to the infusion.".into(),
        premises: BTreeMap::new(),
    })
}

/// Answers to the supplier table that lead to this exploitation.
pub fn ssvc(exploitation: &str, impact: &str) -> Fact {
    let given = [("E", exploitation), ("U", "L"), ("TI", "P"), ("PSI", impact)];
    Fact::Selected(Selected {
        table: "supplier".into(),
        given: given.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
    })
}

pub fn described() -> Described {
    Described {
        mitigation: control(),
        kind: MitigationKind::Network,
        acts_in: ActsIn::External,
        title: "Own network for pumps".into(),
        versions: [old()].into(),
        who_applies: "hospital IT".into(),
        skill: "VLANs".into(),
        exploitability_after: Some(Exploitability::Low),
        clinical_effect: "None.".into(),
        new_risks: "None seen.".into(),
        adds_risk: Some(false),
        verification: "Tried at two sites.".into(),
        expires: None,
        residual_risk: "Small.".into(),
    }
}

pub fn planned(train: Train) -> Planned {
    Planned {
        chosen: [control()].into(),
        alternatives: "Compared with an update alone.".into(),
        interim: "Own network until the update.".into(),
        train,
        target: "2026-04-20".parse().expect("a day"),
        rationale: "Sixty days.".into(),
    }
}

pub fn tested(kind: TestKind, version: VersionId, passed: bool) -> Fact {
    Fact::Tested(Tested {
        kind,
        version,
        passed,
        statement: "As in the report.".into(),
        deviation: None,
        attachment: None,
        file: None,
    })
}

pub fn linked(kind: LinkKind) -> Fact {
    Fact::Linked(Linked { kind, label: "4711".into(), url: None })
}

pub fn answered(question: Question, yes: bool) -> Fact {
    Fact::Answered(Answered { question, yes, since: None, statement: "Asked.".into() })
}

pub fn happened(what: &str, at: Instant) -> Fact {
    Fact::Happened(Happened { what: what.into(), at, statement: "See the record.".into() })
}

pub fn told(told: Told) -> Fact {
    Fact::ReporterTold(ReporterTold { told, via: "thread".into() })
}

/// A notice with the four parts.
pub fn notice() -> Fact {
    Fact::CustomersTold(CustomersTold {
        parts: [
            NoticePart::Description,
            NoticePart::WorkUnderWay,
            NoticePart::Controls,
            NoticePart::FixToCome,
        ]
        .into(),
        consignees: 12,
        exceptions: None,
        document: None,
    })
}

pub fn changed(version: VersionId) -> Fact {
    Fact::Changed(Changed { version, statement: "Baseline 3.2.2.".into() })
}

pub fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}
