//! The cases of the sample manufacturer, lived through in the ten weeks before it is loaded: by its people, in
//! their roles, with their signatures.

mod stories;
mod usage;

use crate::{
    config::Settings,
    demo_people::{self, Account},
    ending::Failure,
    sample_clock::SampleClock,
};
use aftercare_desk::{
    By, CaseKey, Desk, ProductsOnly, Proofs, Signing, Viewer, answers::DecisionSheet, role_named,
};
use aftercare_domain::{
    Actor, Channel, Date, Operation, Role, Sight,
    case::{
        About, ActsIn, Answer, Answered, Applicability, Applies, Attested, CustomersTold,
        Described, Exploited, Exposed, Fact, Happened, Harmed, LinkKind, Linked, MitigationKind,
        Opening, Question, Selected, TestKind, Tested,
    },
    harm::{Exploit, Exploitability, Exposure, Severity},
    moment::day_of,
    reporting::NoticePart,
    rights::DecisionKind,
    signal::HarmScreen,
};
use aftercare_vocab::id::{CaseId, FamilyId, MitigationId, PersonId, ProductId, VersionId};
use std::collections::{BTreeMap, BTreeSet};

/// How many days before now the sample begins.
pub const DAYS: i64 = 70;

const LEAD: &str = "lead.person";
const ANALYST: &str = "tomas.quill";
const SAFETY: &str = "mary.okafor";
const QUALITY: &str = "jon.lind";
const REGULATORY: &str = "sofia.reyes";
const OWNER: &str = "lena.vogt";
const DEVELOPER: &str = "ravi.nair";
const VERIFIER: &str = "ines.pratt";
const RELEASER: &str = "carl.moe";
const EXECUTIVE: &str = "per.holm";

/// Whoever signs decisions of the sample, asked in this order.
const SIGNERS: &[&str] =
    &[LEAD, SAFETY, QUALITY, REGULATORY, DEVELOPER, OWNER, RELEASER, EXECUTIVE, VERIFIER, ANALYST];

/// Lives the cases through.
pub fn live_through(settings: &Settings, desk: &Desk, clock: &SampleClock) -> Result<(), Failure> {
    let people = demo_people::accounts(settings)?;
    let mut field = BTreeMap::new();
    let (mut families, mut products) = (BTreeMap::new(), BTreeMap::new());
    let list =
        desk.products(day_of(clock.at()).unwrap_or_default(), ProductsOnly::default(), "")?;
    for family in &list.families {
        families.insert(family.name.clone(), family.id);
        for product in &family.products {
            products.insert(product.name.clone(), product.id);
            for version in &product.versions {
                field.insert(format!("{} {}", product.name, version.version), version.id);
            }
        }
    }
    let story = Story { desk, clock, people, field, families, products };
    story.use_stated()?;
    story.fixed_and_closed()?;
    story.controlled_outside()?;
    story.not_affected()?;
    story.uncontrolled()?;
    story.being_assessed()?;
    story.reported()
}

struct Story<'a> {
    desk: &'a Desk,
    clock: &'a SampleClock,
    people: Vec<Account>,
    field: BTreeMap<String, VersionId>,
    families: BTreeMap<String, FamilyId>,
    products: BTreeMap<String, ProductId>,
}

fn lacking(what: &str) -> Failure {
    Failure::Trouble(format!("The sample lacks {what}."))
}

impl Story<'_> {
    fn account(&self, login: &str) -> Result<&Account, Failure> {
        self.people.iter().find(|one| one.login == login).ok_or_else(|| lacking(login))
    }

    fn person(&self, login: &str) -> Result<PersonId, Failure> {
        let roster = self.desk.roster()?;
        roster.person_of_login(login).map(|one| one.id).ok_or_else(|| lacking(login))
    }

    fn version(&self, name: &str) -> Result<VersionId, Failure> {
        self.field.get(name).copied().ok_or_else(|| lacking(name))
    }

    fn versions(&self, names: &[&str]) -> Result<BTreeSet<VersionId>, Failure> {
        names.iter().map(|name| self.version(name)).collect()
    }

    fn op(&self, login: &str) -> Result<Operation, Failure> {
        let mut op = self.clock.begin("demo", Channel::Ui);
        op.actor = Actor::person(login)?;
        Ok(op)
    }

    fn day(&self, days_before: i64) -> Date {
        day_of(self.clock.days_before(days_before)).unwrap_or_default()
    }

    fn open(
        &self,
        login: &str,
        title: &str,
        ids: &[&str],
        family: &str,
    ) -> Result<CaseId, Failure> {
        self.known_since(login, title, ids, family, 0)
    }

    /// The same of findings that were known so many days earlier.
    fn known_since(
        &self,
        login: &str,
        title: &str,
        ids: &[&str],
        family: &str,
        days: i64,
    ) -> Result<CaseId, Failure> {
        let family = *self.families.get(family).ok_or_else(|| lacking(family))?;
        let mut op = self.op(login)?;
        op.role = Role::new("security_analyst")?;
        let opening = Opening {
            title: title.to_owned(),
            vulnerabilities: ids.iter().map(|id| (*id).to_owned()).collect(),
            families: Sight::of([family]),
            signals: Vec::new(),
            matched_at: Some(self.clock.at().plus_micros(-days * 86_400_000_000)),
        };
        Ok(self.desk.open_case(&op, opening)?)
    }

    fn say(&self, login: &str, case: CaseId, fact: Fact) -> Result<(), Failure> {
        self.because(login, case, fact, "")
    }

    fn because(&self, login: &str, case: CaseId, fact: Fact, why: &str) -> Result<(), Failure> {
        let op = self.op(login)?.because(why)?;
        self.desk.record_fact(&op, &CaseKey::Id(case), None, fact)?;
        Ok(())
    }

    fn vouch(&self, login: &str, case: CaseId, guard: &str, words: &str) -> Result<(), Failure> {
        self.say(
            login,
            case,
            Fact::Attested(Attested {
                guard: guard.to_owned(),
                statement: words.to_owned(),
                url: None,
                attachment: None,
                file: None,
            }),
        )
    }

    fn link(&self, login: &str, case: CaseId, kind: LinkKind, label: &str) -> Result<(), Failure> {
        let url = Some(format!("https://qms.vannmoor.example/{label}"));
        self.say(login, case, Fact::Linked(Linked { kind, label: label.to_owned(), url }))
    }

    fn value(
        &self,
        case: CaseId,
        names: &[&str],
        applies: Applies,
        words: &str,
    ) -> Result<(), Failure> {
        let versions = self.versions(names)?.into_iter().map(|one| (one, None)).collect();
        let statement = words.to_owned();
        self.say(ANALYST, case, Fact::Applicability(Applicability { versions, applies, statement }))
    }

    fn exposed(
        &self,
        case: CaseId,
        names: &[&str],
        environment: &str,
        from: Exposure,
        interfaces: &str,
    ) -> Result<(), Failure> {
        self.say(
            ANALYST,
            case,
            Fact::Exposed(Exposed {
                versions: self.versions(names)?,
                environment: environment.to_owned(),
                from,
                interfaces: interfaces.to_owned(),
                privileges: "None".to_owned(),
                measures: "Network segmentation as the instructions for use ask for".to_owned(),
                reachable: Some(true),
                evidence: "Data flow diagram and a test on the bench".to_owned(),
                premises: BTreeMap::new(),
            }),
        )
    }

    fn exploited(
        &self,
        case: CaseId,
        vector: &str,
        in_kev: bool,
        exploit: Exploit,
        words: &str,
    ) -> Result<(), Failure> {
        self.say(
            ANALYST,
            case,
            Fact::Exploited(Exploited {
                vector: Some(vector.to_owned()),
                in_kev: Some(in_kev),
                exploit: Some(exploit),
                epss: None,
                instead: None,
                reasons: words.to_owned(),
                interview: None,
            }),
        )
    }

    fn ssvc(&self, case: CaseId, given: [&str; 4]) -> Result<(), Failure> {
        let keys = ["E", "U", "TI", "PSI"];
        let given =
            keys.iter().zip(given).map(|(key, value)| ((*key).to_owned(), value.to_owned()));
        let selected = Selected { table: "supplier".to_owned(), given: given.collect() };
        self.say(ANALYST, case, Fact::Selected(selected))
    }

    fn harmed(
        &self,
        case: CaseId,
        names: &[&str],
        severity: Severity,
        essential: bool,
        words: &str,
    ) -> Result<(), Failure> {
        self.say(
            SAFETY,
            case,
            Fact::Harmed(Harmed {
                versions: self.versions(names)?,
                severity,
                essential_performance: essential,
                hazards: vec!["HZ-014".to_owned()],
                reasoning: words.to_owned(),
                premises: BTreeMap::new(),
            }),
        )
    }

    /// What every case begins with.
    fn begun(&self, case: CaseId) -> Result<(), Failure> {
        self.say(ANALYST, case, Fact::Owner(self.person(LEAD)?))?;
        self.say(ANALYST, case, Fact::HarmScreened(HarmScreen::No, None))?;
        self.vouch(ANALYST, case, "not_spam", "A published vulnerability in a component of ours.")
    }

    fn about(
        &self,
        kind: DecisionKind,
        names: &[&str],
        answer: Option<Answer>,
        title: &str,
        words: &str,
    ) -> Result<About, Failure> {
        Ok(About {
            kind,
            versions: self.versions(names)?,
            answer,
            until: None,
            mitigation: None,
            title: title.to_owned(),
            statement: words.to_owned(),
        })
    }

    /// Proposes a decision and has everybody sign who must.
    fn decide(&self, login: &str, case: CaseId, about: About) -> Result<(), Failure> {
        let decision = self.desk.propose_about(&self.op(login)?, &CaseKey::Id(case), about)?;
        for _ in 0..SIGNERS.len() {
            let at = self.clock.at();
            let sheet: DecisionSheet = self.desk.decision(decision, None, at)?;
            if sheet.row.stage != "open" {
                return Ok(());
            }
            self.sign_next(&sheet)?;
        }
        Err(lacking("somebody who could sign"))
    }

    fn sign_next(&self, sheet: &DecisionSheet) -> Result<(), Failure> {
        let of = sheet.versions.last().ok_or_else(|| lacking("a version to sign"))?.digest;
        for login in SIGNERS {
            let viewer = self.viewer(login)?;
            let seen = self.desk.decision(sheet.row.id, Some(&viewer), self.clock.at())?;
            let yours = seen.places.iter().find_map(|place| place.yours.clone());
            let Some(role) = yours else { continue };
            let account = self.account(login)?;
            let op = self.op(login)?;
            let seed = account.totp.clone().ok_or_else(|| lacking("a code generator"))?;
            let code = demo_people::generator(&seed)?.shown_at(op.at);
            let proofs = Proofs { password: account.password.clone(), code, passkey: None };
            let signing = Signing { decision: sheet.row.id, role: role_named(&role)?, of };
            self.desk.sign(&op, &viewer, &signing, &proofs)?;
            return Ok(());
        }
        Err(lacking("somebody who could sign"))
    }

    fn viewer(&self, login: &str) -> Result<Viewer, Failure> {
        let roster = self.desk.roster()?;
        let person = self.person(login)?;
        Ok(Viewer {
            person,
            login: login.to_owned(),
            name: self.account(login)?.name.clone(),
            rights: roster.rights(person),
            sight: roster.sight(person),
            by: By::Session(self.clock.begin("demo", Channel::Ui).new_id(), Vec::new()),
            role: "none".to_owned(),
        })
    }

    fn describe(
        &self,
        case: CaseId,
        kind: MitigationKind,
        acts_in: ActsIn,
        names: &[&str],
        title: &str,
        words: [&str; 4],
    ) -> Result<MitigationId, Failure> {
        let [who_applies, clinical_effect, new_risks, residual_risk] = words.map(str::to_owned);
        let mitigation: MitigationId = self.op(ANALYST)?.new_id();
        self.say(
            ANALYST,
            case,
            Fact::Described(Described {
                mitigation,
                kind,
                acts_in,
                title: title.to_owned(),
                versions: self.versions(names)?,
                who_applies,
                skill: "Network administration".to_owned(),
                exploitability_after: Some(Exploitability::Low),
                clinical_effect,
                new_risks,
                adds_risk: Some(false),
                verification: "Tried on the bench with a device of each version".to_owned(),
                expires: None,
                residual_risk,
            }),
        )?;
        Ok(mitigation)
    }

    fn test(
        &self,
        login: &str,
        case: CaseId,
        kind: TestKind,
        version: &str,
        passed: bool,
        words: &str,
    ) -> Result<(), Failure> {
        let (version, statement) = (self.version(version)?, words.to_owned());
        let test = Tested {
            kind,
            version,
            passed,
            statement,
            deviation: None,
            attachment: None,
            file: None,
        };
        self.say(login, case, Fact::Tested(test))
    }

    fn happened(&self, login: &str, case: CaseId, what: &str, words: &str) -> Result<(), Failure> {
        let at = self.clock.at();
        let (what, statement) = (what.to_owned(), words.to_owned());
        self.say(login, case, Fact::Happened(Happened { what, at, statement }))
    }

    fn answer(
        &self,
        case: CaseId,
        question: Question,
        yes: bool,
        words: &str,
    ) -> Result<(), Failure> {
        let (since, statement) = (None, words.to_owned());
        self.say(REGULATORY, case, Fact::Answered(Answered { question, yes, since, statement }))
    }

    fn tell_customers(&self, case: CaseId, consignees: u64) -> Result<(), Failure> {
        let parts = BTreeSet::from([
            NoticePart::Description,
            NoticePart::WorkUnderWay,
            NoticePart::Controls,
            NoticePart::FixToCome,
        ]);
        let told = CustomersTold { parts, consignees, exceptions: None, document: None };
        self.say(REGULATORY, case, Fact::CustomersTold(told))
    }
}
