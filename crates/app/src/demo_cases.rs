//! The cases of the sample manufacturer, lived through in the ten weeks before it is loaded: by its people, in
//! their roles, with their signatures.

use crate::{
    config::Settings,
    demo_people::{self, Account},
    ending::Failure,
    sample_clock::SampleClock,
};
use aftercare_desk::{
    By, CaseKey, Desk, Proofs, Signing, Viewer, answers::DecisionSheet, role_named,
};
use aftercare_domain::{
    Actor, Channel, Date, Operation, Role, Sight,
    case::{
        About, ActsIn, Answer, Answered, Applicability, Applies, Attested, Changed, CustomersTold,
        Described, Exploited, Exposed, Fact, Happened, Harmed, Justification, LinkKind, Linked,
        MitigationKind, Opening, Planned, Question, ReporterTold, Selected, TestKind, Tested, Told,
        Train,
    },
    harm::{Exploit, Exploitability, Exposure, Severity},
    moment::day_of,
    reporting::NoticePart,
    rights::DecisionKind,
    signal::HarmScreen,
};
use aftercare_vocab::id::{CaseId, FamilyId, MitigationId, PersonId, VersionId};
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
    let mut families = BTreeMap::new();
    let list = desk.products(day_of(clock.at()).unwrap_or_default(), Default::default(), "")?;
    for family in &list.families {
        families.insert(family.name.clone(), family.id);
        for product in &family.products {
            for version in &product.versions {
                field.insert(format!("{} {}", product.name, version.version), version.id);
            }
        }
    }
    let story = Story { desk, clock, people, field, families };
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
        let test = Tested { kind, version, passed, statement, deviation: None, attachment: None };
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

    /// Log4Shell in the imaging gateway: uncontrolled, fixed by 3.1, told, closed with its evidence.
    fn fixed_and_closed(&self) -> Result<(), Failure> {
        const CAIRN: &[&str] = &["Cairn imaging gateway 3.0"];
        const OTHERS: &[&str] = &[
            "Cairn imaging gateway 2.3",
            "Cairn imaging gateway 3.1",
            "Cairn imaging gateway 3.2",
            "Cairn imaging gateway 4.0",
        ];
        self.clock.go_to(66);
        let case = self.open(
            ANALYST,
            "Code execution through log messages in the imaging gateway",
            &["CVE-2021-44228"],
            "Imaging gateways",
        )?;
        self.begun(case)?;
        self.value(
            case,
            CAIRN,
            Applies::Affected,
            "log4j-core 2.14.1 is in the SBOM, and study descriptions reach the log.",
        )?;
        self.value(
            case,
            OTHERS,
            Applies::NotAffected(Justification::VulnerableCodeNotPresent),
            "No log4j-core from 2.0-beta9 up to 2.14.1 is in the build; looked up in the build logs too.",
        )?;
        self.exposed(
            case,
            CAIRN,
            "Radiology",
            Exposure::Network,
            "DICOM on port 104, HTTPS for administration",
        )?;
        self.vouch(ANALYST, case, "variants_checked", "No other product of ours runs Java.")?;
        self.exploited(
            case,
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            true,
            Exploit::Active,
            "Exploited everywhere, and a crafted DICOM tag reaches the logger.",
        )?;
        self.ssvc(case, ["A", "S", "T", "S"])?;
        self.harmed(
            case,
            CAIRN,
            Severity::Serious,
            true,
            "Studies that are lost or altered delay or mislead a diagnosis.",
        )?;
        self.say(ANALYST, case, Fact::Controls("The gateway stands in the radiology network; its outbound connections are not filtered.".to_owned()))?;
        self.link(SAFETY, case, LinkKind::RiskFile, "RMF-G-031")?;
        self.clock.go_to(62);
        let about = self.about(DecisionKind::Controlled, CAIRN, Some(Answer::Uncontrolled), "Uncontrolled on Cairn 3.0", "Exploited in the wild, reachable from the hospital's network, and a wrong study can harm seriously.")?;
        self.decide(ANALYST, case, about)?;
        self.answer(
            case,
            Question::HarmKnown,
            false,
            "No complaint names it; service records were searched.",
        )?;
        self.answer(case, Question::IsaoMember, true, "Member of a health ISAO since 2022.")?;
        self.answer(
            case,
            Question::ControlsAddRisk,
            false,
            "Assessed with the safety risk manager.",
        )?;
        let control = self.describe(
            case,
            MitigationKind::Network,
            ActsIn::External,
            CAIRN,
            "Block outbound connections of the gateway",
            [
                "Hospital IT",
                "None: the gateway only answers",
                "Remote service is not possible meanwhile",
                "Crafted studies still reach the log",
            ],
        )?;
        let patch = self.describe(
            case,
            MitigationKind::Patch,
            ActsIn::Device,
            CAIRN,
            "Update to 3.1",
            [
                "Field service",
                "Half an hour without reception, at a time agreed with the ward",
                "An update that fails leaves 3.0 in place",
                "None",
            ],
        )?;
        self.say(
            OWNER,
            case,
            Fact::Planned(Planned {
                chosen: BTreeSet::from([control, patch]),
                alternatives: "Removing the class from the archive was compared; an update is cleaner and can be verified.".to_owned(),
                interim: "Outbound connections are blocked until the update is there.".to_owned(),
                train: Train::OutOfCycle,
                target: self.day(44),
                rationale: "Two weeks for the build, one for verification.".to_owned(),
            }),
        )?;
        let about = self.about(
            DecisionKind::Priority,
            &[],
            Some(Answer::Train(Train::OutOfCycle)),
            "Out of cycle",
            "As soon as possible; FDA's 60 days end later.",
        )?;
        self.decide(OWNER, case, about)?;
        self.vouch(
            REGULATORY,
            case,
            "communication_planned",
            "All customers with gateways in week one; the finder knows none of us.",
        )?;
        self.link(OWNER, case, LinkKind::ChangeRequest, "CR-2281")?;
        self.clock.go_to(58);
        self.tell_customers(case, 8)?;
        self.happened(REGULATORY, case, "isao_told", "The notice was shared.")?;
        self.test(
            ANALYST,
            case,
            TestKind::SecurityBefore,
            "Cairn imaging gateway 3.0",
            false,
            "A crafted study description makes 3.0 open a connection.",
        )?;
        self.clock.go_to(50);
        self.say(
            DEVELOPER,
            case,
            Fact::Changed(Changed {
                version: self.version("Cairn imaging gateway 3.1")?,
                statement: "log4j replaced; baseline 3.1-rc2.".to_owned(),
            }),
        )?;
        self.vouch(DEVELOPER, case, "threat_model_updated", "Threat model TM-G rev. 9.")?;
        for (kind, words) in [
            (TestKind::SecurityAfter, "The same study opens no connection on 3.1."),
            (TestKind::Regression, "214 of 214 pass."),
            (TestKind::SafetyImpact, "No function of diagnosis is touched."),
            (TestKind::Update, "Installed, interrupted, refused with a wrong signature."),
            (TestKind::Rollback, "Back to 3.0 and forth."),
        ] {
            self.test(VERIFIER, case, kind, "Cairn imaging gateway 3.1", true, words)?;
        }
        self.vouch(
            VERIFIER,
            case,
            "trace_complete",
            "Requirement SR-88, hazard HZ-014, CR-2281, test report TR-711.",
        )?;
        self.happened(QUALITY, case, "fix_validated", "Validation report VR-311.")?;
        self.clock.go_to(46);
        self.vouch(
            REGULATORY,
            case,
            "submission_assessed",
            "A routine cybersecurity update: letter to file.",
        )?;
        self.vouch(REGULATORY, case, "notes_approved", "Release notes RN-3.1 and the advisory.")?;
        self.vouch(RELEASER, case, "package_signed", "Signed with the release key.")?;
        self.vouch(ANALYST, case, "vex_fixed_ready", "3.1 is stated as fixed.")?;
        let about = self.about(
            DecisionKind::Release,
            &[],
            None,
            "Release of Cairn 3.1",
            "Verified, validated, and the risk of the change assessed.",
        )?;
        self.decide(DEVELOPER, case, about)?;
        self.happened(REGULATORY, case, "fix_available", "Offered for download.")?;
        self.clock.go_to(24);
        self.happened(
            REGULATORY,
            case,
            "fix_distributed",
            "Sent to every customer with a gateway.",
        )?;
        self.answer(case, Question::ResidualAcceptable, true, "The vulnerable code is gone.")?;
        self.vouch(OWNER, case, "rate_measured", "36 of 50 gateways run 3.1 or later.")?;
        self.vouch(
            OWNER,
            case,
            "rest_followed_up",
            "The remaining fourteen are blocked outward, and service follows them up.",
        )?;
        self.clock.go_to(12);
        self.vouch(
            OWNER,
            case,
            "adoption_met",
            "The residual risk of the rest is assessed: RMF-G-031.",
        )?;
        self.vouch(QUALITY, case, "no_related_complaints", "None in eight weeks.")?;
        self.vouch(ANALYST, case, "monitoring_in_place", "The SBOM rule watches for log4j-core.")?;
        let about = self.about(
            DecisionKind::NotAffected,
            OTHERS,
            Some(Answer::NotAffected(Justification::VulnerableCodeNotPresent)),
            "The other versions do not hold the code",
            "Build logs of each were searched for log4j-core.",
        )?;
        self.decide(ANALYST, case, about)?;
        let about = self.about(
            DecisionKind::Reportability,
            &[],
            Some(Answer::Reportable(false)),
            "No report under 806",
            "The four conditions of enforcement discretion are met; the record of 806.20 is kept.",
        )?;
        self.decide(REGULATORY, case, about)?;
        self.vouch(REGULATORY, case, "advisory_final", "VMD-2026-01, revision 2.")?;
        self.vouch(
            QUALITY,
            case,
            "lessons_learned",
            "Outbound filtering became part of the instructions for use.",
        )?;
        self.clock.go_to(10);
        let about =
            self.about(DecisionKind::Closure, &[], None, "Close PMC-0001", "Everything is there.")?;
        self.decide(ANALYST, case, about)
    }

    /// Bluetooth in the telemetry patch: controlled, and a control outside of the device is enough for good.
    fn controlled_outside(&self) -> Result<(), Failure> {
        const PATCH: &[&str] = &["Harrow T telemetry patch 1.0"];
        self.clock.go_to(9);
        let case = self.open(
            ANALYST,
            "A long Bluetooth packet restarts the telemetry patch",
            &["CVE-2019-17519"],
            "Patient monitors",
        )?;
        self.begun(case)?;
        self.value(
            case,
            PATCH,
            Applies::Affected,
            "The Bluetooth stack is in the SBOM, and the test on the bench restarts it.",
        )?;
        self.value(
            case,
            &[
                "Harrow T telemetry patch 1.1",
                "Harrow B bedside monitor 3.8",
                "Harrow B bedside monitor 4.0",
                "Harrow B bedside monitor 4.2",
                "Harrow B bedside monitor 5.0",
            ],
            Applies::NotAffected(Justification::VulnerableCodeNotPresent),
            "Another stack, or one that was repaired.",
        )?;
        self.exposed(case, PATCH, "Ward", Exposure::Adjacent, "Bluetooth Low Energy")?;
        self.vouch(ANALYST, case, "variants_checked", "No other product has this radio.")?;
        self.exploited(
            case,
            "CVSS:3.1/AV:A/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H",
            false,
            Exploit::NoneFound,
            "Within radio range only; no exploit was found.",
        )?;
        self.ssvc(case, ["N", "L", "P", "M"])?;
        self.harmed(
            case,
            PATCH,
            Severity::Minor,
            false,
            "A restart takes four seconds; the monitor raises its alarm of a lost signal.",
        )?;
        self.say(
            SAFETY,
            case,
            Fact::Controls("The bedside monitor raises an alarm within two seconds.".to_owned()),
        )?;
        self.link(SAFETY, case, LinkKind::RiskFile, "RMF-T-008")?;
        self.clock.go_to(8);
        let about = self.about(
            DecisionKind::Controlled,
            PATCH,
            Some(Answer::Controlled),
            "Controlled on Harrow T 1.0",
            "Hard to exploit, minor harm, and the alarm tells at once.",
        )?;
        self.decide(ANALYST, case, about)?;
        let control = self.describe(
            case,
            MitigationKind::Procedure,
            ActsIn::External,
            PATCH,
            "Keep the patch paired while it is worn",
            ["Ward staff", "None: this is how it is worn", "None", "A restart of four seconds"],
        )?;
        let mut about = self.about(
            DecisionKind::CompensatingControl,
            &[],
            None,
            "Pairing is enough for good",
            "A paired patch takes packets from its monitor alone.",
        )?;
        about.mitigation = Some(control);
        self.decide(ANALYST, case, about)
    }

    /// An image library that the monitor never calls.
    fn not_affected(&self) -> Result<(), Failure> {
        self.clock.go_to(7);
        let case = self.open(
            ANALYST,
            "libwebp in the bedside monitor",
            &["CVE-2023-4863"],
            "Patient monitors",
        )?;
        self.begun(case)?;
        let unreached = Justification::VulnerableCodeNotInExecutePath;
        let absent = Justification::ComponentNotPresent;
        let with = &["Harrow B bedside monitor 4.2"];
        let without = &[
            "Harrow T telemetry patch 1.0",
            "Harrow T telemetry patch 1.1",
            "Harrow B bedside monitor 3.8",
            "Harrow B bedside monitor 4.0",
            "Harrow B bedside monitor 5.0",
        ];
        self.value(case, with, Applies::NotAffected(unreached), "libwebp is installed for a viewer that the product image does not start; the loader never maps it.")?;
        self.value(
            case,
            without,
            Applies::NotAffected(absent),
            "No libwebp in image or build log.",
        )?;
        self.vouch(
            ANALYST,
            case,
            "variants_checked",
            "The imaging gateway is looked at in a case of its own.",
        )?;
        self.vouch(ANALYST, case, "vex_drafted", "Statements for both groups of versions.")?;
        let about = self.about(
            DecisionKind::NotAffected,
            with,
            Some(Answer::NotAffected(unreached)),
            "Harrow B 4.2 never runs libwebp",
            "The loader's map over a day of use does not hold it.",
        )?;
        self.decide(ANALYST, case, about)?;
        let about = self.about(
            DecisionKind::NotAffected,
            without,
            Some(Answer::NotAffected(absent)),
            "No libwebp in the other versions",
            "Images and build logs were searched.",
        )?;
        self.decide(ANALYST, case, about)
    }

    /// A network stack of the infusion pump: uncontrolled, FDA's clocks run.
    fn uncontrolled(&self) -> Result<(), Failure> {
        const PUMP: &[&str] = &["Vellum A infusion pump 2.0"];
        self.clock.go_to(6);
        let case = self.known_since(
            ANALYST,
            "Crafted network packets run code on the infusion pump",
            &["CVE-2018-16525"],
            "Infusion pumps",
            12,
        )?;
        self.begun(case)?;
        self.value(
            case,
            PUMP,
            Applies::Affected,
            "The TCP stack of this version is in the firmware, and its DNS client is on.",
        )?;
        self.value(
            case,
            &[
                "Vellum A infusion pump 1.0",
                "Vellum A infusion pump 2.1",
                "Vellum Link pump gateway 1.4",
                "Vellum Link pump gateway 2.0",
                "Vellum Link pump gateway 3.0",
            ],
            Applies::NotAffected(Justification::VulnerableCodeNotPresent),
            "Another stack, or one of a repaired version.",
        )?;
        self.exposed(
            case,
            PUMP,
            "Ward",
            Exposure::Network,
            "TCP/IP over Wi-Fi and cable; DNS replies",
        )?;
        self.vouch(
            ANALYST,
            case,
            "variants_checked",
            "The gateways run another operating system.",
        )?;
        self.exploited(
            case,
            "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",
            false,
            Exploit::Public,
            "A public exploit for the stack was adapted on the bench.",
        )?;
        self.ssvc(case, ["P", "E", "T", "S"])?;
        self.harmed(
            case,
            PUMP,
            Severity::Catastrophic,
            true,
            "A wrong rate of a vasoactive drug can kill.",
        )?;
        self.say(
            SAFETY,
            case,
            Fact::Controls("The drug library limits rates only while it is loaded.".to_owned()),
        )?;
        self.link(SAFETY, case, LinkKind::RiskFile, "RMF-A-019")?;
        self.clock.go_to(5);
        let about = self.about(
            DecisionKind::Controlled,
            PUMP,
            Some(Answer::Uncontrolled),
            "Uncontrolled on Vellum A 2.0",
            "Reachable from the ward's network, and it can end in death.",
        )?;
        self.decide(ANALYST, case, about)?;
        self.answer(case, Question::HarmKnown, false, "Complaints since 2022 were searched.")?;
        self.answer(case, Question::IsaoMember, true, "Member of a health ISAO since 2022.")?;
        self.describe(
            case,
            MitigationKind::Network,
            ActsIn::External,
            PUMP,
            "Pumps in a network of their own, without DNS",
            [
                "Hospital IT",
                "Drug libraries reach the pumps through the gateway only",
                "A wrong rule cuts pumps off; they then run as they were set",
                "An attacker within that network",
            ],
        )?;
        self.describe(
            case,
            MitigationKind::Patch,
            ActsIn::Device,
            PUMP,
            "Update to 2.1",
            [
                "Field service",
                "Ten minutes without infusion, between patients",
                "None found",
                "None",
            ],
        )?;
        Ok(())
    }

    /// OpenSSH in the pump gateway: triage is done, harm is being assessed.
    fn being_assessed(&self) -> Result<(), Failure> {
        self.clock.go_to(4);
        let case = self.open(
            ANALYST,
            "A race in the SSH server of the pump gateway",
            &["CVE-2024-6387"],
            "Infusion pumps",
        )?;
        self.begun(case)?;
        let gateway = &["Vellum Link pump gateway 3.0"];
        self.value(
            case,
            gateway,
            Applies::Affected,
            "openssh-server of the vulnerable range is on for service.",
        )?;
        self.value(
            case,
            &[
                "Vellum Link pump gateway 1.4",
                "Vellum Link pump gateway 2.0",
                "Vellum A infusion pump 1.0",
                "Vellum A infusion pump 2.0",
                "Vellum A infusion pump 2.1",
            ],
            Applies::NotAffected(Justification::ComponentNotPresent),
            "No OpenSSH in the build.",
        )?;
        self.exposed(
            case,
            gateway,
            "Server room",
            Exposure::Network,
            "SSH on port 22 in the service network",
        )?;
        self.vouch(
            ANALYST,
            case,
            "variants_checked",
            "The imaging gateway 3.2 is looked at in a case of its own.",
        )?;
        self.exploited(
            case,
            "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",
            false,
            Exploit::ProofOfConcept,
            "Hours of attempts on 32-bit systems; ours is 64-bit.",
        )
    }

    /// A finder's report by mail, without any number yet.
    fn reported(&self) -> Result<(), Failure> {
        self.clock.go_to(2);
        let case = self.open(
            ANALYST,
            "The service page of the pump gateway answers without a password",
            &[],
            "Infusion pumps",
        )?;
        self.say(ANALYST, case, Fact::Owner(self.person(ANALYST)?))?;
        self.say(ANALYST, case, Fact::HarmScreened(HarmScreen::No, None))?;
        let told = ReporterTold { told: Told::Acknowledged, via: "mail".to_owned() };
        self.say(ANALYST, case, Fact::ReporterTold(told))?;
        self.vouch(ANALYST, case, "not_spam", "The finder names version, page and steps.")?;
        self.say(
            ANALYST,
            case,
            Fact::Noted("Asked the finder for a capture of the traffic.".to_owned()),
        )
    }
}
