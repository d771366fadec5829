//! Every page with sample answers: usual, empty, overfull and hostile. Looked at by people through
//! the example `gallery`, and by the tests beside this folder.

#![allow(
    clippy::expect_used,
    clippy::wildcard_imports,
    reason = "samples: a wrong one should stop the gallery, and they use every answer type"
)]

mod cases;
mod decisions;
mod duty;
mod hostile;
mod mappings;
mod moments;
mod notices;
mod people;
mod places;
mod policies;
mod rules;
mod samples;
mod signals;
mod usage;

use aftercare_desk::answers::{EditionRef, NothingFound, Page, SbomState};
use aftercare_vocab::verdict::Answer as VerdictAnswer;
use aftercare_web::{
    assets::Addresses,
    link::{Here, Links},
    pages::{
        access_review, ask, blast_radius,
        blast_radius::BlastQuery,
        changes,
        changes::ChangesQuery,
        component_places, consignee, finding,
        frame::{Banner, Frame},
        ledger, people as people_list, person, problem, products, roles, security, site, upload,
        version,
        version::{Tab, VersionQuery},
    },
};
pub use hostile::HOSTILE;
use maud::Markup;

/// All sample pages by file name.
pub fn pages() -> Vec<(&'static str, Markup)> {
    pages_under(&Links::default())
}

/// All sample pages with the addresses of a prefix and a moment.
pub fn pages_under(to: &Links) -> Vec<(&'static str, Markup)> {
    let assets = Addresses::beside();
    let mut standing = samples::standing();
    standing.as_of = to.as_of().map(samples::as_of);
    let here =
        Here { path: "/products".into(), values: vec![("only".into(), "without_sbom".into())] };
    let viewer = samples::viewer();
    let frame = Frame {
        assets: &assets,
        to,
        here: &here,
        viewer: Some(&viewer),
        mark: "mark_1".into(),
        passkey: true,
        provider: Some("Maker's <SSO>"),
        whose: None,
        standing: Some(&standing),
        question: "",
        banners: standing.as_of.map(Banner::AsOf).into_iter().collect(),
        waiting: Some(2),
    };
    let mut pages = usual(&frame);
    pages.extend(empty(&frame));
    pages.extend(overfull(&frame));
    pages.extend(hostile_pages(&frame));
    pages.extend(troubles(&frame));
    pages.extend(about_people(&frame));
    pages.extend(usage::usual(&frame));
    pages.extend(usage::hostile(&frame));
    pages.extend(mappings::usual(&frame));
    pages.extend(mappings::hostile(&frame));
    pages.extend(cases::usual(&frame));
    pages.extend(cases::hostile(&frame));
    pages.extend(decisions::usual(&frame));
    pages.extend(decisions::hostile(&frame));
    pages.extend(rules::usual(&frame));
    pages.extend(rules::hostile(&frame));
    pages.extend(duty::usual(&frame));
    pages.extend(duty::hostile(&frame));
    pages.extend(policies::usual(&frame));
    pages.extend(policies::hostile(&frame));
    pages.extend(signals::usual(&frame));
    pages.extend(signals::hostile(&frame));
    pages.extend(notices::usual(&frame));
    pages.extend(notices::hostile(&frame));
    pages
}

fn about_people(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let everything = frame.viewer.map(people::allowed);
    let may = &Frame { viewer: everything.as_ref(), ..frame.clone() };
    let (sheet, families) = (people::person(), people::families());
    let (hostile, nobody) = (people::hostile(), Page::whole(Vec::new()));
    let mut list = people::people();
    list.items[0] = hostile.row.clone();
    let until = samples::at("2026-11-26T10:00:00Z");
    let read = people::security("Greta Quell read the contacts of a customer.", Some("Recall"));
    let foul = people::security(HOSTILE[0], Some(HOSTILE[1]));
    let table = aftercare_desk::roles_sheet();
    vec![
        ("people", people_list::page(may, &people::people(), "", "k")),
        ("people-second", people_list::page(may, &people::people(), "x", "k")),
        ("people-look", people_list::page(frame, &people::people(), "", "k")),
        ("person", person::page(may, &sheet, &families, "k")),
        ("person-look", person::page(frame, &sheet, &families, "k")),
        ("person-invitation", person::invitation(may, &sheet, "abcd-efgh-1234", until)),
        ("security", security::page(may, &read, "")),
        (
            "access-review",
            access_review::page(may, &people::access("Nora O'Neill", "Greta"), "", "k"),
        ),
        (
            "access-review-look",
            access_review::page(frame, &people::access("Nora", "Greta"), "x", "k"),
        ),
        (
            "hostile-access-review",
            access_review::page(may, &people::access(HOSTILE[0], HOSTILE[3]), HOSTILE[1], "k"),
        ),
        ("roles", roles::page(may, &table)),
        ("empty-people", people_list::page(may, &nobody, "", "k")),
        ("empty-person", person::page(may, &people::bare(), &[], "k")),
        ("empty-security", security::page(may, &Page::whole(Vec::new()), "")),
        ("hostile-people", people_list::page(may, &list, HOSTILE[0], "k")),
        ("hostile-person", person::page(may, &hostile, &families, "k")),
        ("hostile-invitation", person::invitation(may, &hostile, HOSTILE[0], until)),
        ("hostile-security", security::page(may, &foul, HOSTILE[0])),
    ]
}

fn usual(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let sheet = samples::version();
    let all = VersionQuery::default();
    let filtered = VersionQuery {
        answer: Some(VerdictAnswer::Affected),
        q: "log4j".into(),
        sort: "score".into(),
        after: "b".into(),
        ..VersionQuery::default()
    };
    let twin = Frame {
        banners: vec![Banner::Twin {
            name: "autumn-exercise".into(),
            as_of: Some(samples::standing().at),
            reason: Some("Exercise of the response team".into()),
        }],
        ..frame.clone()
    };
    let then = samples::as_of("2026-03-01".parse().expect("a sample moment"));
    let past = frame.to.at(Some(then.asked));
    let as_of = Frame { to: &past, banners: vec![Banner::AsOf(then)], ..frame.clone() };
    let asked = Frame { question: "CVE-2021-44228", ..frame.clone() };
    let chosen = ChangesQuery {
        from: "2026-10-31".parse().ok(),
        to: "2026-11-22T12:00:00Z".parse().ok(),
        only: Some(aftercare_desk::ChangeKind::FindingAppeared),
        after: "x",
    };
    let narrowed = BlastQuery {
        answer: aftercare_desk::answers::UnitAnswer::of_code("without_sbom"),
        products_after: "x".into(),
        ..BlastQuery::default()
    };
    let people = places::people();
    vec![
        ("ask-home", ask::home(frame)),
        ("ask-answer", ask::answer(frame, &places::answer())),
        ("ask-nothing", ask::answer(frame, &places::answer_unknown_vulnerability())),
        ("products", products::page(&twin, &samples::products(), "")),
        (
            "version-findings",
            version::page(frame, &sheet, &all, &Tab::Findings(&samples::findings(6, 16))),
        ),
        (
            "version-filtered",
            version::page(&as_of, &sheet, &filtered, &Tab::Findings(&samples::findings(2, 5))),
        ),
        (
            "version-components",
            version::page(frame, &sheet, &all, &Tab::Components(&samples::components())),
        ),
        ("version-sbom", version::page(frame, &sheet, &all, &Tab::Sbom)),
        ("version-units", version::page(frame, &sheet, &all, &Tab::Units(&places::sites(5)))),
        ("finding", finding::page(frame, &samples::finding())),
        ("finding-undetermined", finding::page(frame, &samples::finding_undetermined())),
        (
            "blast-radius",
            blast_radius::page(&asked, &samples::blast_radius(), &BlastQuery::default()),
        ),
        ("blast-radius-narrowed", blast_radius::page(&asked, &samples::blast_radius(), &narrowed)),
        ("components", component_places::page(frame, &places::component_places(), "")),
        ("site", site::page(frame, &places::site(), "")),
        (
            "consignee",
            consignee::page(
                frame,
                &places::consignee_sheet(3),
                Some(&places::contacts(&people)),
                "x",
            ),
        ),
        ("upload-receipt", upload::receipt(frame, &samples::receipt())),
        ("changes", changes::page(frame, &chosen, Some(&moments::changes()))),
        ("ledger", ledger::page(frame, &moments::ledger(), "", Some(&moments::checkpoint()))),
        ("ledger-entry", ledger::entry(frame, &moments::entry())),
    ]
}

fn empty(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let mut standing = samples::standing();
    standing.edition = None;
    standing.matching = aftercare_desk::answers::MatchingStanding::NoEdition;
    standing.ledger.entries = 0;
    standing.ledger.last_at = None;
    let fresh = Frame { standing: Some(&standing), ..frame.clone() };
    let nobody = aftercare_desk::answers::Page::whole(Vec::new());
    let all = VersionQuery::default();
    let narrow = VersionQuery { q: "zzz".into(), ..VersionQuery::default() };
    let mut bare = samples::version();
    bare.sbom = SbomState::Missing;
    bare.sboms.clear();
    (bare.udi_di, bare.predecessor, bare.released_on) = (None, None, None);
    let nothing = samples::findings(0, 0);
    let mut reach = samples::blast_radius();
    reach.products.items.clear();
    reach.consignees.items.clear();
    reach.totals = aftercare_desk::answers::Totals::default();
    reach.vulnerability.sources.clear();
    reach.vulnerability.summary.clear();
    let mut unmatched = samples::version();
    if let SbomState::Matched { digest, components, .. } = unmatched.sbom {
        unmatched.sbom = SbomState::NotYetMatched { digest, components };
    }
    vec![
        ("empty-changes", changes::page(&fresh, &ChangesQuery::default(), None)),
        (
            "empty-changes-none",
            changes::page(&fresh, &ChangesQuery::default(), Some(&moments::no_changes())),
        ),
        ("empty-ledger", ledger::page(&fresh, &Page::whole(Vec::new()), "", None)),
        ("empty-ask-home", ask::home(&fresh)),
        ("empty-ask-answer", ask::answer(frame, &places::answer_without_hits())),
        ("empty-products", products::page(&fresh, &samples::no_products(), "")),
        ("empty-version-without-sbom", version::page(frame, &bare, &all, &Tab::Findings(&nothing))),
        ("empty-version-sbom", version::page(frame, &bare, &all, &Tab::Sbom)),
        (
            "empty-version-components",
            version::page(frame, &bare, &all, &Tab::Components(&samples::no_components())),
        ),
        ("empty-version-units", version::page(frame, &bare, &all, &Tab::Units(&places::sites(0)))),
        (
            "empty-version-not-matched",
            version::page(frame, &unmatched, &all, &Tab::Findings(&nothing)),
        ),
        (
            "empty-version-no-finding",
            version::page(frame, &samples::version(), &all, &Tab::Findings(&nothing)),
        ),
        (
            "empty-version-filter",
            version::page(frame, &samples::version(), &narrow, &Tab::Findings(&nothing)),
        ),
        ("empty-blast-radius", blast_radius::page(frame, &reach, &BlastQuery::default())),
        (
            "empty-components",
            component_places::page(frame, &places::no_component_places("zlib"), ""),
        ),
        (
            "empty-components-unasked",
            component_places::page(frame, &places::no_component_places(""), ""),
        ),
        ("empty-site", site::page(frame, &places::empty_site(), "")),
        (
            "empty-consignee",
            consignee::page(
                frame,
                &places::consignee_sheet(0),
                Some(&places::contacts(&nobody)),
                "",
            ),
        ),
        ("empty-upload-receipt", upload::receipt(frame, &samples::receipt_not_matched())),
    ]
}

fn overfull(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let mut standing = samples::standing();
    standing.matching = aftercare_desk::answers::MatchingStanding::Behind { versions_waiting: 12 };
    if let Some(edition) = &mut standing.edition {
        edition.newest_source_age_days = Some(41);
    }
    let late = Frame { standing: Some(&standing), ..frame.clone() };
    let all = VersionQuery::default();
    vec![
        (
            "overfull-findings",
            version::page(
                &late,
                &samples::version(),
                &all,
                &Tab::Findings(&samples::findings(100, 18_204)),
            ),
        ),
        (
            "overfull-blast-radius",
            blast_radius::page(&late, &samples::blast_radius_overfull(), &BlastQuery::default()),
        ),
    ]
}

fn hostile_pages(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let mut standing = samples::standing();
    standing.manufacturer = HOSTILE.concat();
    let frame = Frame { standing: Some(&standing), question: HOSTILE[0], ..frame.clone() };
    let query = VersionQuery {
        q: HOSTILE[0].into(),
        only: HOSTILE[3].into(),
        sort: HOSTILE[3].into(),
        after: HOSTILE[0].into(),
        answer: None,
    };
    let sheet = hostile::hostile_version();
    vec![
        ("hostile-ask", ask::answer(&frame, &hostile::hostile_answer())),
        ("hostile-products", products::page(&frame, &hostile::hostile_products(), "")),
        (
            "hostile-findings",
            version::page(&frame, &sheet, &query, &Tab::Findings(&hostile::hostile_findings())),
        ),
        (
            "hostile-components",
            version::page(&frame, &sheet, &query, &Tab::Components(&hostile::hostile_components())),
        ),
        ("hostile-sbom", version::page(&frame, &sheet, &query, &Tab::Sbom)),
        (
            "hostile-units",
            version::page(&frame, &sheet, &query, &Tab::Units(&hostile::hostile_sites())),
        ),
        ("hostile-finding", finding::page(&frame, &hostile::hostile_finding())),
        (
            "hostile-blast-radius",
            blast_radius::page(&frame, &hostile::hostile_blast_radius(), &BlastQuery::default()),
        ),
        ("hostile-site", site::page(&frame, &hostile::hostile_site(), HOSTILE[0])),
        (
            "hostile-consignee",
            consignee::page(
                &frame,
                &hostile::hostile_consignee(),
                Some(&places::contacts(&hostile::hostile_contacts())),
                HOSTILE[0],
            ),
        ),
        (
            "hostile-components",
            component_places::page(&frame, &places::no_component_places(HOSTILE[0]), ""),
        ),
        ("hostile-not-found", problem::not_found(&frame, HOSTILE[0], None)),
    ]
}

fn troubles(frame: &Frame<'_>) -> Vec<(&'static str, Markup)> {
    let edition =
        EditionRef { id: samples::edition(), made_at: samples::at("2026-11-20T04:00:00Z") };
    let nothing = NothingFound::vulnerability_not_in_edition("CVE-2026-99999", &edition);
    let unread = Frame { standing: None, ..frame.clone() };
    let missing = ["a reason for the change".to_owned()];
    vec![
        ("problem-not-found", problem::not_found(frame, "/versions/ver_0", None)),
        ("problem-unknown-vulnerability", blast_radius::unknown(frame, "CVE-2026-99999", &nothing)),
        (
            "problem-unreadable",
            problem::unreadable(frame, &samples::problems(), &frame.to.products()),
        ),
        (
            "problem-refused",
            problem::refused(
                frame,
                "The SBOM was not attached.",
                Some("a person with the role software engineering"),
                &missing,
                &frame.to.products(),
            ),
        ),
        ("problem-fault", problem::fault(&unread, "op_01JDB6Q3W4N2C5R7T8V9X0YZAB")),
    ]
}
