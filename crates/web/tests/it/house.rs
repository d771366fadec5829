//! The server in process over a real record, with a clock that only a test moves.

use aftercare_desk::{Desk, Places, Publisher};
use aftercare_domain::{Actor, Operation, Role, moment::day_of, notice::NoticeIssued};
use aftercare_register::{BlobPlace, Options, Seed};
use aftercare_testkit::people::{self, Member};
use aftercare_vocab::{
    digest::Digest,
    id::{IdSource, NoticeId},
    instant::Instant,
};
use aftercare_web::{Front, Rim, State, router};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};
use tower::ServiceExt;

/// 2026-11-23T14:05:00Z
const NOW: i64 = 1_795_442_700_000_000;

pub struct House {
    pub desk: Arc<Desk>,
    pub router: Router,
    pub state: State,
    rim: Rim,
    clock: Arc<AtomicI64>,
    pub version: String,
    pub unit: String,
    pub site: String,
    pub consignee: String,
    pub contact: String,
    pub family: String,
    pub product: String,
    /// A product of which everything is stated that concerns its use, and nothing else.
    pub used: String,
    pub mapping: String,
    pub decision: String,
    pub call: String,
    pub case: String,
    pub advisory: String,
    pub notice: String,
    pub policy: String,
    pub signal: String,
    /// Who has all the work; requests are theirs unless they say otherwise.
    pub worker: Member,
    /// Who keeps the accounts.
    pub administrator: Member,
    /// Stands before every name in the record.
    mark: String,
    folder: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

fn rim(clock: &Arc<AtomicI64>, seed: u64) -> Rim {
    let read = |clock: &Arc<AtomicI64>| {
        let clock = Arc::clone(clock);
        move || Instant::from_micros(clock.load(Ordering::Relaxed))
    };
    let (now, today, begun) = (read(clock), read(clock), read(clock));
    let seeds = Arc::new(AtomicU64::new(seed));
    let numbers = Arc::clone(&seeds);
    Rim {
        now: Arc::new(now),
        today: Arc::new(move || day_of(today()).expect("a day")),
        operation: Arc::new(move |channel, request| {
            let ids = IdSource::new(begun(), seeds.fetch_add(1, Ordering::Relaxed));
            Operation::new(begun(), Actor::system("test"), Role::system(), channel, ids)
                .with_chance(*Digest::of(&seeds.load(Ordering::Relaxed).to_be_bytes()).as_bytes())
                .requested_as(request)
                .expect("a request id")
        }),
        request_id: Arc::new(move || format!("req_{}", numbers.fetch_add(1, Ordering::Relaxed))),
    }
}

pub const SBOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"firmware","name":"Pump"}},
  "components":[{"type":"library","name":"minimist","version":"1.2.0","purl":"pkg:npm/minimist@1.2.0"},{"type":"library","name":"O'Brien's kit"}]}"#;

/// What blocks, on a thread of its own: the desk must not be used on an asynchronous task.
pub fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().expect("it ends"))
}

/// The desk over the register and corpus in a folder.
pub fn opened(folder: &std::path::Path, mark: &str) -> Arc<Desk> {
    let register = folder.join("register");
    let store = aftercare_testkit::engine::store(&register);
    let corpus = folder.join("corpus");
    let places = Places { register, corpus, store, blobs: BlobPlace::Directory };
    let limits = aftercare_formats::sbom::Limits { bytes: 100_000, ..Default::default() };
    let options = Options { seed: Some(Seed([7; 32])), ..Options::default() };
    let open = || Desk::open(&places, options.clone(), format!("{mark}Maker & Söhne"), limits);
    let publisher = Publisher {
        namespace: "https://device.example".to_owned(),
        contact: "psirt@device.example".to_owned(),
        folder: Some("https://device.example/advisories".to_owned()),
        notices: Some("https://device.example/notices".to_owned()),
    };
    Arc::new(apart(open).expect("opened").with_publisher(publisher))
}

/// Who is to be told at the consignee.
pub const CONTACT: &str = r#"{"name":"Saoirse O'Malley-Testwell","function":"Medical physics","email":"saoirse.testwell@brigid.example","phone":"+353 20 910 0001"}"#;

/// How the policy was issued.
pub const POLICY: &str = "dated=2026-02-27&audience=everybody&file_name=policy.txt";

/// What the worker proposed.
pub const DECISION: &str = r#"{"kind":"closure","about":"CVE-2021-44906","title":"O'Brien's kit is closed","statement":"The fix is out.","families":null,
  "circumstances":{"harm":null,"essential_performance":null,"uncontrolled":null,"product_class":null,"rests_on_reachability":null,"lowers_computed":false}}"#;

/// What the worker drafted about the case.
pub const ADVISORY: &str = r#"{"audience":"customers","texts":{"title":"O'Brien's kit can be misled","summary":"Objects can be made to lie.","impact":"None is known.","action":"Keep it apart.","controls":"","fix":"We write again."}}"#;

/// What the worker called about: it comes to them themselves, because nobody is an analyst.
pub const CALL: &str = r#"{"family":null,"about":"O'Brien's kit","why":"It answers strangers.","test":false,"severity":"lower"}"#;

/// What a watched source told: about nothing that is found.
pub const SIGNAL: &str = r#"{"kind":"isao","channel":"monitor","source":"O'Brien's ISAO","title":"O'Brien's kit is talked about","families":null,
  "harm":"unknown","text":"O'Brien's kit","names_person":false,"awaits_answer":false,"file":{"name":"kit.txt","base64":"a2l0"}}"#;

impl House {
    /// A maker with one version, an SBOM, an edition, one site and one unit.
    pub async fn built() -> Self {
        Self::marked("", 1).await
    }

    /// The same with a mark before every name, and identifiers drawn from another seed.
    pub async fn marked(mark: &str, seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("scratch");
        let record = folder.path().join("record.json");
        std::fs::write(&record, r#"{"id":"GHSA-xvch-5gv4-984h","modified":"2026-01-01T00:00:00Z","aliases":["CVE-2021-44906"],"summary":"Prototype pollution",
          "affected":[{"package":{"ecosystem":"npm","name":"minimist"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.6"}]}]}]}"#)
            .expect("written");
        let corpus = folder.path().join("corpus");
        let imported = aftercare_corpus::import(
            &corpus,
            &[record],
            None,
            None,
            &aftercare_corpus::Limits::default(),
            &mut |_| {},
        )
        .expect("imported");
        aftercare_corpus::Store::at(&corpus).use_edition(&imported.id).expect("in use");
        let desk = opened(folder.path(), mark);
        let clock = Arc::new(AtomicI64::new(NOW));
        let rim = rim(&clock, seed);
        let op = || (rim.operation)(aftercare_domain::Channel::Job, "seed");
        apart(|| desk.follow_corpus(op).expect("adopted"));
        let state = State::new(Arc::clone(&desk), rim.clone(), Vec::new());
        // The same secrets in every house: where one house is closed to another, it is not for want of a token.
        let mut drawn = 0;
        let seeding = || {
            drawn += 1;
            (rim.operation)(aftercare_domain::Channel::Job, "people").with_chance([drawn; 32])
        };
        let (worker, administrator) = apart(|| people::everybody(&desk, seeding).expect("people"));
        let empty = String::new;
        let mut house = Self {
            desk,
            router: router(state.clone()),
            state,
            rim: rim.clone(),
            clock,
            version: empty(),
            unit: empty(),
            site: empty(),
            consignee: empty(),
            contact: empty(),
            family: empty(),
            product: empty(),
            used: empty(),
            mapping: empty(),
            decision: empty(),
            call: empty(),
            case: empty(),
            advisory: empty(),
            notice: empty(),
            policy: empty(),
            signal: empty(),
            worker,
            administrator,
            mark: mark.to_owned(),
            folder,
        };
        let family = format!(r#"{{"name":"{mark}Infusion"}}"#);
        house.family = house.made("/api/v1/families", &family).await;
        house.product = house
            .made(
                "/api/v1/products",
                &format!(r#"{{"family":"{}","name":"{mark}Pump <b>"}}"#, house.family),
            )
            .await;
        let life = r#"{"released":"2024-02-29","end_of_support":"2025-12-31"}"#;
        let version =
            format!(r#"{{"product":"{}","label":"{mark}1.0","life":{life}}}"#, house.product);
        house.version = house.made("/api/v1/versions", &version).await;
        let consignee = format!(r#"{{"name":"{mark}St. Brigid's Hospital","country":"IE"}}"#);
        house.consignee = house.made("/api/v1/consignees", &consignee).await;
        let site = format!(
            r#"{{"consignee":"{}","name":"{mark}Ward 9","city":"Galway","country":"IE","time_zone":"Europe/Dublin"}}"#,
            house.consignee
        );
        house.site = house.made("/api/v1/sites", &site).await;
        let unit = format!(
            r#"{{"units":[{{"product":"{0}","version":"{1}","site":"{2}","serial":"{mark}S1"}},{{"product":"{0}","site":"{2}","serial":"{mark}S2"}}]}}"#,
            house.product, house.version, house.site
        );
        assert_eq!(house.post("/api/v1/units", &unit).await.status, StatusCode::CREATED);
        let contacts = format!("/api/v1/consignees/{}/contacts", house.consignee);
        house.contact = house.made(&contacts, &house.marking(CONTACT)).await;
        let sboms = format!("/api/v1/versions/{}/sboms", house.version);
        let uploaded = house.post(&sboms, &house.marking(SBOM)).await;
        assert_eq!(uploaded.status, StatusCode::CREATED, "{}", uploaded.text());
        house.matched();
        apart(|| house.desk.checkpoint(&op()).expect("signed"));
        let units = house.get(&format!("/api/v1/sites/{}", house.site)).await.json();
        house.decision = house.made("/api/v1/decisions", &house.marking(DECISION)).await;
        house.call = house.made("/api/v1/calls", &house.marking(CALL)).await;
        let case = format!(
            r#"{{"title":"O'Brien's kit again","vulnerabilities":["CVE-2021-44906"],"families":["{}"]}}"#,
            house.family
        );
        house.case = house.made("/api/v1/cases", &house.marking(&case)).await;
        let advisories = format!("/api/v1/cases/{}/advisories", house.case);
        house.advisory = house.made(&advisories, &house.marking(ADVISORY)).await;
        house.notice = house.noticed();
        let policies = format!(
            "/api/v1/policies?{POLICY}&kind=policy&title={}Accountability",
            mark.replace(' ', "%20")
        );
        house.policy = house.made(&policies, &format!("{mark}You answer for it.")).await;
        // A file beside a fact: the SBOM, which is there already.
        let facts = format!("/api/v1/cases/{}/facts", house.case);
        let attached = format!(
            r#"{{"fact":{{"attested":{{"guard":"lessons_learned","statement":"As in the list.","url":null,"attachment":"{}"}}}},"reason":null}}"#,
            Digest::of(house.marking(SBOM).as_bytes())
        );
        let answer = house.post(&facts, &attached).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        house.used = house.used().await;
        house.mapping = house.mapping().await;
        house.signal = house.made("/api/v1/signals", &house.marking(SIGNAL)).await;
        units["units"]["items"][0]["id"].as_str().expect("a unit").clone_into(&mut house.unit);
        house
    }

    /// Clock and chance of this house.
    pub fn rim(&self) -> Rim {
        self.rim.clone()
    }

    /// A front that serves nothing yet, with the clock of this house.
    pub fn front(&self) -> Front {
        Front::new(self.rim.clone(), Vec::new())
    }

    /// A text with the mark before the names of its component or person.
    fn marking(&self, text: &str) -> String {
        let mark = &self.mark;
        text.replace("O'Brien", &format!("{mark}O'Brien"))
            .replace("Saoirse", &format!("{mark}Saoirse"))
    }

    /// A record in which nobody is yet, with the clock of this house.
    pub fn empty(&self) -> (State, Arc<Desk>, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("scratch");
        let desk = opened(folder.path(), "");
        (State::new(Arc::clone(&desk), self.rim.clone(), Vec::new()), desk, folder)
    }

    /// Gives up everything but the state and the folder it lies in.
    pub fn parts(self) -> (State, tempfile::TempDir) {
        (self.state, self.folder)
    }

    /// Sets the clock, which otherwise stands still: `2026-11-24T09:00:00Z`.
    pub fn set_clock(&self, at: &str) {
        let at: Instant = at.parse().expect("an instant");
        self.clock.store(at.micros(), Ordering::Relaxed);
    }

    /// The same record, opened by another server after this one is gone.
    pub fn reopened(mut self) -> Self {
        let (rim, folder) = (self.rim.clone(), self.folder.path().to_owned());
        // Everything that holds the register must go before it can be opened again.
        let elsewhere = tempfile::tempdir().expect("scratch");
        let stand_in = opened(elsewhere.path(), &self.mark);
        self.desk = Arc::clone(&stand_in);
        self.state = State::new(Arc::clone(&stand_in), rim.clone(), Vec::new());
        self.router = router(self.state.clone());
        let desk = opened(&folder, &self.mark);
        self.state = State::new(Arc::clone(&desk), rim, Vec::new());
        self.router = router(self.state.clone());
        self.desk = desk;
        self
    }

    /// The same with somebody who publishes advisories.
    pub fn publishing(self, publisher: Publisher) -> Self {
        let desk = Desk::clone(&self.desk).with_publisher(publisher);
        self.served(Arc::new(desk))
    }

    /// The same with another desk over the same record.
    pub fn served(mut self, desk: Arc<Desk>) -> Self {
        self.desk = desk;
        self.state = State::new(Arc::clone(&self.desk), self.rim.clone(), Vec::new());
        self.router = router(self.state.clone());
        self
    }

    /// An operation of the rim.
    pub fn begin(&self) -> Operation {
        (self.rim.operation)(aftercare_domain::Channel::Job, "test")
    }

    /// Matches all that waits.
    pub fn matched(&self) {
        let operation = || (self.rim.operation)(aftercare_domain::Channel::Job, "match");
        apart(|| self.desk.match_all(operation, |_| {}).expect("matched"));
    }

    /// A notice about the advisory that waits to go by hand, as if it had been out.
    fn noticed(&self) -> String {
        let op = self.begin();
        let letter =
            self.marking(r#"{"subject":"O'Brien's kit","text":"Keep it apart.","key":""}"#);
        let notice: NoticeId = op.new_id();
        apart(|| {
            let register = self.desk.register();
            let sealed = register.seal(&op, op.new_id(), letter.as_bytes()).expect("sealed");
            let event = NoticeIssued {
                notice,
                advisory: self.advisory.parse().expect("an id"),
                version: 1,
                consignee: self.consignee.parse().expect("an id"),
                contact: None,
                devices: Vec::new(),
                letter: sealed.sealed(),
                key: Digest::of(letter.as_bytes()),
                by: self.worker.person,
            };
            let done = register.transact(&op, |pen| {
                pen.attach_sealed(&sealed)?;
                pen.record_all(vec![event.into()])
            });
            done.map(|_| ()).expect("recorded");
        });
        notice.to_string()
    }

    pub async fn made(&self, path: &str, body: &str) -> String {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.text());
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// The header by which a request is the worker's.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.worker.token)
    }

    /// Sends a request as the worker, unless it says whose it is.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        if !headers.contains_key("authorization") && !headers.contains_key("cookie") {
            headers.insert("authorization", self.bearer().parse().expect("a header"));
        }
        self.send_as_it_is(request).await
    }

    /// Sends a request as nobody but whom it says.
    pub async fn send_as_it_is(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(
            Request::get(path)
                .header("host", "127.0.0.1:8080")
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    pub async fn head(&self, path: &str) -> Answer {
        let request = Request::head(path).header("host", "127.0.0.1:8080");
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a body with a method and further headers.
    pub async fn sent(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .header("host", "127.0.0.1:8080")
            .header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    pub fn entries(&self) -> u64 {
        apart(|| self.desk.ledger_head().expect("a head").size)
    }

    /// Loses a blob, as a broken disk would.
    pub fn lose(&self, digest: &Digest) {
        let mut waiting = vec![self.folder.path().join("register/blobs")];
        while let Some(folder) = waiting.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let (path, name) = (entry.path(), entry.file_name());
                if path.is_dir() {
                    waiting.push(path);
                } else if name.to_string_lossy().contains(&digest.hex()[2..]) {
                    return std::fs::remove_file(path).expect("removed");
                }
            }
        }
        panic!("the blob is not there");
    }

    pub fn blobs(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            std::fs::read_dir(folder).map_or(0, |entries| {
                entries
                    .flatten()
                    .map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 })
                    .sum()
            })
        }
        count(&self.folder.path().join("register/blobs"))
    }

    /// A path of the description as an address, with its question where it needs one.
    pub fn question(&self, path: &str) -> String {
        let query = match path {
            "/api/v1/ask" | "/api/v1/components" => "?q=minimist",
            "/api/v1/changes" => "?from=entry:1&to=entry:9",
            _ => "",
        };
        self.filled(path) + query
    }

    /// The files of the record that hold these bytes.
    pub fn holding(&self, bytes: &[u8]) -> Vec<String> {
        fn look(folder: &std::path::Path, bytes: &[u8], found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).expect("lists") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    look(&path, bytes, found);
                } else if std::fs::read(&path)
                    .expect("reads")
                    .windows(bytes.len())
                    .any(|w| w == bytes)
                {
                    found.push(path.display().to_string());
                }
            }
        }
        let mut found = Vec::new();
        look(self.folder.path(), bytes, &mut found);
        found
    }

    async fn used(&self) -> String {
        let new = format!(r#"{{"family":"{}","name":"{}Kit"}}"#, self.family, self.mark);
        let product = self.made("/api/v1/products", &new).await;
        let mark = &self.mark;
        for (what, body) in [
            (
                "risk-file?file_name=rmf.csv",
                format!("Hazard ID,Hazard,Severity\n{mark}H-1,Heat,minor\n"),
            ),
            (
                "environments",
                r#"{"environment":"ward","description":"Nurses","network":"None"}"#.to_owned(),
            ),
            ("cycle", format!(r#"{{"days":90,"justification":"{mark}Visits."}}"#)),
        ] {
            let answer = self.post(&format!("/api/v1/products/{product}/{what}"), &body).await;
            assert!(answer.status.is_success(), "{what}: {}", answer.text());
        }
        product
    }

    /// Identities that mean one product, of nothing that is in an SBOM; and SBOMs matched with them.
    async fn mapping(&self) -> String {
        let mark = &self.mark;
        let body = format!(
            r#"{{"product":"{mark}Kit","identities":["name:{mark}kit 7","cpe:example:kit"],"reason":"{mark}Letter."}}"#
        );
        let mapping = self.made("/api/v1/mappings", &body).await;
        self.matched();
        mapping
    }

    /// The one tile of hashes under the newest checkpoint.
    fn tile(&self) -> String {
        let newest = apart(|| self.desk.newest_checkpoint().expect("signed"));
        format!("0/000.p/{}", newest.size)
    }

    /// The address of each path of the description, filled in with what the house holds.
    pub fn filled(&self, path: &str) -> String {
        path.replace("/rules/{kind}/{edition}", "/rules/clocks/1")
            .replace("{version}", &self.version)
            .replace("{product}", &self.used)
            .replace("{mapping}", &self.mapping)
            .replace("{component}", "1")
            .replace("{vulnerability}", "CVE-2021-44906")
            .replace("{id}", "CVE-2021-44906")
            .replace("{site}", &self.site)
            .replace("{consignee}", &self.consignee)
            .replace("{contact}", &self.contact)
            .replace("{unit}", &self.unit)
            .replace("{decision}", &self.decision)
            .replace("{call}", &self.call)
            .replace("{case}", &self.case)
            .replace("{form}", "noted")
            .replace("{advisory}", &self.advisory)
            .replace("{policy}", &self.policy)
            .replace("{signal}", &self.signal)
            .replace("{key}", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            .replace("{notice}", &self.notice)
            .replace("{delegation}", "dlg_00000000000000000000000000")
            .replace("{kind}", "closure")
            .replace("{person}", &self.worker.person.to_string())
            .replace("{seq}", "2")
            .replace("{name}", "drill")
            .replace("{path}", &self.tile())
            .replace(
                "{digest}",
                &aftercare_vocab::digest::Digest::of(self.marking(SBOM).as_bytes()).to_string(),
            )
    }
}
