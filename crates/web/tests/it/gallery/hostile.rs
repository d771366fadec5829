//! Sample answers that would break a careless page.

use super::{places::*, samples::*};
use aftercare_desk::answers::*;

/// Text that would break a careless page: markup, a change of direction, a very long name, quotes.
pub const HOSTILE: [&str; 5] = [
    "<script>alert('x')</script>\"><img src=x onerror=alert(1)>",
    "pump\u{202e}gnp.exe\u{200b}\u{7}",
    "St Mary's & O'Brien \"Ward\" <7>",
    "' onmouseover='x' \" style=\"color:red",
    "javascript:alert(1)",
];

pub fn long_name() -> String {
    "Extraordinarily-long-component-name-without-a-single-space/".repeat(6)[..300].to_owned()
}

pub fn hostile_version() -> VersionSheet {
    let mut sheet = version();
    sheet.product.name = HOSTILE[0].into();
    sheet.product.family = HOSTILE[1].into();
    sheet.version = HOSTILE[2].into();
    sheet.udi_di = Some(HOSTILE[3].into());
    sheet.released_on = Some(HOSTILE[0].into());
    sheet.end_of_support = EndOfSupport::Until { date: HOSTILE[0].into() };
    if let Some(predecessor) = &mut sheet.predecessor {
        predecessor.version = long_name();
    }
    for sbom in &mut sheet.sboms {
        sbom.file_name = Some(format!("{}{}", HOSTILE[0], long_name()));
        sbom.tools = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
        sbom.created = Some(HOSTILE[1].into());
        sbom.received_by = HOSTILE[3].into();
        sbom.warnings = vec![Warning {
            code: HOSTILE[0].into(),
            place: HOSTILE[1].into(),
            what: HOSTILE[3].into(),
            next: HOSTILE[0].into(),
        }];
        sbom.warnings_total = 1;
    }
    sheet
}

fn hostile_component() -> ComponentRef {
    ComponentRef {
        index: 1,
        name: format!("{}{}", HOSTILE[0], HOSTILE[1]),
        version: Some(HOSTILE[3].into()),
        identity: Some(long_name()),
        place: HOSTILE[0].into(),
    }
}

pub fn hostile_findings() -> Page<FindingRow> {
    let mut page = findings(3, 3);
    for row in &mut page.items {
        row.vulnerability = HOSTILE[0].into();
        row.component = hostile_component();
        row.because = long_name();
        row.summary = HOSTILE.concat();
        row.fixed_in = vec![HOSTILE[0].into(), long_name()];
        row.kev_since = Some(HOSTILE[0].into());
    }
    page.items[1].component.name = long_name();
    page
}

pub fn hostile_components() -> Page<ComponentRow> {
    let mut page = components();
    for row in &mut page.items {
        row.component = hostile_component();
        row.kind = Some(HOSTILE[0].into());
        row.supplier = Some(HOSTILE[2].into());
        row.licences = vec![HOSTILE[0].into(), long_name()];
        row.coverage = Coverage::NotCovered {
            code: HOSTILE[0].into(),
            why: HOSTILE[0].into(),
            findings: FindingCounts::default(),
        };
    }
    page.next = Some(HOSTILE[0].into());
    page
}

pub fn hostile_sites() -> Page<SiteUnits> {
    let mut page = sites(2);
    page.items[0].name = HOSTILE[2].into();
    page.items[1].name = long_name();
    if let Some(consignee) = &mut page.items[0].consignee {
        consignee.name = HOSTILE[0].into();
    }
    page
}

pub fn hostile_products() -> ProductList {
    let mut list = products();
    list.families[0].name = HOSTILE[0].into();
    list.families[1].name = HOSTILE[1].into();
    list.families[0].products[0].name = long_name();
    list.families[1].products[0].name = HOSTILE[2].into();
    list.families[0].products[0].versions[0].version = HOSTILE[0].into();
    list.families[0].products[0].versions[1].version = long_name();
    list.next = Some(HOSTILE[0].into());
    list
}

pub fn hostile_finding() -> FindingSheet {
    let mut sheet = finding();
    sheet.version.product = HOSTILE[0].into();
    sheet.component.component = hostile_component();
    sheet.component.identities = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    sheet.component.path = vec![HOSTILE[0].into(), HOSTILE[1].into(), long_name()];
    sheet.component.scope = HOSTILE[0].into();
    sheet.component.patched = vec![HOSTILE[0].into()];
    sheet.verdict.id = HOSTILE[0].into();
    sheet.verdict.summary = HOSTILE.concat().into();
    sheet.verdict.vector = Some(long_name().into());
    for reason in &mut sheet.verdict.because {
        reason.source = HOSTILE[0].into();
        reason.range = HOSTILE[3].into();
        reason.identity = long_name().into();
        reason.place = HOSTILE[0].into();
        reason.note = HOSTILE[1].into();
        reason.record = HOSTILE[0].into();
    }
    sheet.records[0].content = RecordContent::Kept {
        text: format!("</pre>{}\n{}", HOSTILE.concat(), long_name()),
        bytes: 1,
        cut: false,
    };
    sheet.records[1].content = RecordContent::Absent { why: HOSTILE[0].into() };
    sheet.references = HOSTILE
        .iter()
        .map(|url| Reference { kind: HOSTILE[0].into(), url: (*url).to_owned() })
        .collect();
    sheet
}

pub fn hostile_blast_radius() -> BlastRadius {
    let mut reach = blast_radius();
    reach.vulnerability.id = HOSTILE[0].into();
    reach.vulnerability.summary = HOSTILE.concat();
    reach.vulnerability.aliases = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    reach.vulnerability.sources[0].record = HOSTILE[0].into();
    reach.products.items[0].product.name = long_name();
    reach.products.items[0].versions[0].version.version = HOSTILE[0].into();
    reach.products.items[0].versions[0].components[0].component = hostile_component();
    reach.products.items[0].versions[0].components[0].because = HOSTILE[0].into();
    reach.consignees.items[0].consignee.name = HOSTILE[0].into();
    reach.consignees.items[0].sites[0].name = HOSTILE[1].into();
    reach.consignees.items[0].sites[0].located = Some(HOSTILE[3].into());
    reach.consignees.items[1].sites[0].name = long_name();
    reach
}

pub fn hostile_answer() -> Answer {
    let mut answer = answer();
    answer.question = HOSTILE[0].into();
    answer.understood = vec![
        Understood::PackageUrl { purl: HOSTILE[0].into() },
        Understood::Cpe { cpe: HOSTILE[1].into() },
        Understood::Serial { text: HOSTILE[3].into() },
        Understood::Component { name: HOSTILE[2].into(), version: None },
    ];
    for group in &mut answer.groups {
        for hit in &mut group.hits {
            hit.title = HOSTILE.concat();
            hit.detail = long_name();
        }
    }
    answer.nothing = Some(NothingFound::component_in_no_sbom(HOSTILE[0]));
    answer
}

pub fn hostile_site() -> SiteSheet {
    let mut sheet = site();
    sheet.name = HOSTILE[0].into();
    sheet.located = Some(HOSTILE[1].into());
    sheet.units.items[0].serial = Some(HOSTILE[0].into());
    sheet.units.items[0].udi = Some(long_name());
    sheet
}

pub fn hostile_consignee() -> ConsigneeSheet {
    ConsigneeSheet { name: HOSTILE[0].into(), ..consignee_sheet(2) }
}

pub fn hostile_contacts() -> Page<Contact> {
    let mut page = people();
    if let Who::Person { name, function, email, phone } = &mut page.items[0].who {
        *name = HOSTILE[0].into();
        (*function, *email, *phone) =
            (Some(HOSTILE[1].into()), Some(HOSTILE[2].into()), Some(long_name()));
    }
    if let Who::Erased(erased) = &mut page.items[2].who {
        (erased.by, erased.role) = (HOSTILE[3].into(), HOSTILE[0].into());
    }
    page
}
