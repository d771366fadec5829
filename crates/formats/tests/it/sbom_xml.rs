//! CycloneDX XML and what is hostile in XML.

#![allow(clippy::expect_used, reason = "helpers of tests")]

use aftercare_formats::sbom::{Limits, read};
use aftercare_vocab::{
    inventory::{Format, Inventory, Scope},
    problem::{Problem, Read},
};
use std::fmt::Write as _;

/// A CycloneDX 1.6 document with this content; the content begins in line 2.
fn cyclonedx(content: &str) -> String {
    format!(
        "<?xml version='1.0'?>\n<bom xmlns='http://cyclonedx.org/schema/bom/1.6'>{content}</bom>"
    )
}

fn sound(text: &str) -> Read<Inventory> {
    read(text.as_bytes(), &Limits::default())
        .unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

fn refusal(text: &str) -> Problem {
    read(text.as_bytes(), &Limits::default()).expect_err(text).swap_remove(0)
}

/// Code and place of the first refusal.
fn refused(text: &str) -> (&'static str, String) {
    let first = refusal(text);
    (first.code, first.place)
}

fn warned(read: &Read<Inventory>) -> Vec<(&str, &str)> {
    read.problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
}

/// The arrows of the dependency graph by name.
fn arrows(inventory: &Inventory) -> Vec<(&str, &str)> {
    let name = |index: u32| inventory.components[index as usize].name.as_str();
    inventory.dependencies.iter().map(|d| (name(d.from), name(d.to))).collect()
}

fn component(name: &str) -> String {
    format!(
        "<component type='library' bom-ref='{name}'><name>{name}</name><version>1</version></component>"
    )
}

#[test]
fn a_component_keeps_everything_the_document_says_of_it() {
    let read = sound(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="2">
  <metadata>
    <timestamp>2026-01-02T03:04:05Z</timestamp>
    <tools><tool><vendor>A</vendor><name>syft</name><version>1.2</version></tool></tools>
    <authors><author><name>Jo</name></author><author><email>ann@example.org</email></author></authors>
    <component type="device" bom-ref="pump"><name>Pump</name><version>3</version></component>
    <supplier><name>Pump Makers</name></supplier>
  </metadata>
  <components>
    <component type="Library" bom-ref="a" mime-type="x/y">
      <supplier><name>Acme &amp; S&#xf6;hne</name><url>https://example.org</url></supplier>
      <publisher>Other</publisher>
      <group>org.acme</group>
      <name><![CDATA[co<re>]]></name>
      <version> 1.2 </version>
      <scope>optional</scope>
      <hashes><hash alg="SHA-1">E6B1000B94E835FFD37F4C6DCBDAD43F4B48A02A</hash></hashes>
      <licenses>
        <license><id>MIT</id><text>long</text></license>
        <license><name>Acme licence</name></license>
        <expression acknowledgement="declared">MIT OR X</expression>
        <expression-detailed expression="MIT AND Y"><details license-identifier="MIT"/></expression-detailed>
      </licenses>
      <cpe>cpe:2.3:a:acme:core:1.2:*:*:*:*:*:*:*</cpe>
      <purl>pkg:maven/org.acme/core@1.2</purl>
      <omniborId>gitoid:1</omniborId>
      <omniborId>gitoid:2</omniborId>
      <swhid>swh:1:cnt:2</swhid>
      <swid tagId="tag-1" name="core"><text>…</text></swid>
      <pedigree>
        <ancestors><component type="library"><name>old</name></component></ancestors>
        <patches><patch type="backport"><diff><text>+</text></diff><resolves><issue type="security"><id>CVE-2024-1</id></issue></resolves></patch></patches>
      </pedigree>
      <properties>
        <property name="acme:end-of-support">2030-01-01</property>
        <property name="Acme:SupportLevel">maintained</property>
        <property name="syft:cpe23">cpe:2.3:a:other:core:1.2:*:*:*:*:*:*:*</property>
      </properties>
      <components><component type="file"><name>inner</name><version>1</version></component></components>
      <evidence>
        <identity><field>purl</field><concludedValue>pkg:maven/org.acme/core@1.2?type=jar</concludedValue></identity>
        <identity><field>cpe</field><concludedValue>cpe:2.3:a:third:core:1.2:*:*:*:*:*:*:*</concludedValue></identity>
      </evidence>
    </component>
  </components>
  <services><service bom-ref="s"><name>S</name><services><service bom-ref="t"/></services></service></services>
  <dependencies>
    <dependency ref="pump"><provides ref="s"/><dependency ref="a"/><provides ref="t"/><dependency ref="s"/></dependency>
    <dependency ref="a"/>
  </dependencies>
</bom>"#,
    );
    assert_eq!(
        warned(&read),
        [
            ("services_not_compared", "services, line 2"),
            ("ancestor_not_compared", "components[0].pedigree.ancestors[0], line 32"),
        ]
    );
    let inventory = read.value;
    assert_eq!(inventory.format, Format::CyclonedxXml);
    assert_eq!(inventory.spec_version, "1.6");
    assert_eq!(inventory.serial.as_deref(), Some("urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"));
    assert_eq!(inventory.created.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(
        (inventory.tools, inventory.authors),
        (vec!["syft 1.2".to_owned()], vec!["Jo".to_owned(), "ann@example.org".to_owned()])
    );
    let [pump, core, inner] = inventory.components.as_slice() else {
        panic!("{:?}", inventory.components)
    };
    assert_eq!((inventory.root, pump.supplier.as_deref()), (Some(0), Some("Pump Makers")));
    assert_eq!((core.reference.as_str(), core.place.as_str()), ("a", "components[0]"));
    assert_eq!((core.name.as_str(), core.version.as_deref()), ("co<re>", Some("1.2")));
    assert_eq!((core.kind.as_deref(), core.group.as_deref()), (Some("library"), Some("org.acme")));
    assert_eq!((core.supplier.as_deref(), core.scope), (Some("Acme & Söhne"), Scope::Optional));
    assert_eq!(core.purls.len(), 2);
    assert_eq!(core.cpes.len(), 3);
    assert_eq!(core.hashes[0].1, "e6b1000b94e835ffd37f4c6dcbdad43f4b48a02a");
    assert_eq!(core.licences, ["MIT", "Acme licence", "MIT OR X", "MIT AND Y"]);
    let others: Vec<_> =
        core.other_identities.iter().map(|(k, t)| (k.as_str(), t.as_str())).collect();
    assert_eq!(
        others,
        [
            ("omniborid", "gitoid:1"),
            ("omniborid", "gitoid:2"),
            ("swhid", "swh:1:cnt:2"),
            ("swid", "tag-1")
        ]
    );
    let patched: Vec<String> = core.patched.iter().map(ToString::to_string).collect();
    assert_eq!(patched, ["CVE-2024-1 (backport)"]);
    assert_eq!(core.end_of_support.as_deref(), Some("2030-01-01"));
    assert_eq!(core.support_level.as_deref(), Some("maintained"));
    assert_eq!(inner.place, "components[0].components[0]");
    assert!(!inventory.graph_has_holes);
    assert_eq!(inventory.dependencies.len(), 2);
}

#[test]
fn problems_name_path_and_line() {
    let read = sound(&cyclonedx(
        "\n<metadata><timestamp>today</timestamp></metadata>
<components>
  <component type='library' bom-ref='a'>
    <name>a</name>
    <purl>nonsense</purl>
    <hashes>
      <hash alg='MD5'>x</hash>
    </hashes>
  </component>
  <component bom-ref='a'><name>b</name><version>1</version></component>
</components>
<dependencies>
  <dependency ref='a'>
    <dependency ref='gone'/>
  </dependency>
  <dependency/>
</dependencies>",
    ));
    assert_eq!(
        warned(&read),
        [
            ("time_unreadable", "metadata.timestamp, line 3"),
            ("hash_malformed", "components[0].hashes[0], line 9"),
            ("purl_unreadable", "components[0].purl, line 5"),
            ("version_missing", "components[0], line 5"),
            ("component_type_missing", "components[1], line 12"),
            ("bom_ref_repeated", "components[1].bom-ref, line 12"),
            ("dependency_ref_missing", "dependencies[1], line 18"),
            ("root_missing", "metadata.component, line 2"),
            ("dangling_reference", "dependencies[0].dependsOn[0], line 16"),
        ]
    );
    assert!(read.value.graph_has_holes);
}

#[test]
fn prefixes_other_namespaces_and_old_graphs_are_understood() {
    let read = sound(&format!(
        "<c:bom xmlns:c='http://cyclonedx.org/schema/bom/1.1' xmlns:x='urn:x' xmlns:dg='http://cyclonedx.org/schema/ext/dependency-graph/1.0' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a b'>
        <x:components><x:component/></x:components><c:components><x:extra><name>no</name></x:extra>{}</c:components>
        <dg:dependencies><dg:dependency ref='a'><dg:dependency ref='b'><dg:dependency ref='c'/></dg:dependency></dg:dependency></dg:dependencies></c:bom>",
        ["a", "b", "c"].map(|name| format!("<c:component type='library' bom-ref='{name}'><c:name>{name}</c:name><x:name>no</x:name><c:version>1</c:version></c:component>")).concat()
    ));
    assert_eq!(read.value.spec_version, "1.1");
    assert_eq!(read.value.components.len(), 3);
    // what is told inside another entry is told all the same
    assert_eq!(arrows(&read.value), [("a", "b"), ("b", "c")]);
}

#[test]
fn deeply_nested_dependencies_lose_nothing() {
    let names: Vec<String> = (0..100).map(|n| format!("n{n}")).collect();
    let list: String = names.iter().map(|name| component(name)).collect();
    let mut graph = String::new();
    for name in &names {
        let _ = write!(graph, "<dependency ref='{name}'>");
    }
    graph.push_str(&"</dependency>".repeat(names.len()));
    let read = sound(&cyclonedx(&format!(
        "<components>{list}</components><dependencies>{graph}</dependencies>"
    )));
    let mut arrows = arrows(&read.value);
    arrows.sort_unstable();
    let mut wanted: Vec<_> =
        names.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    wanted.sort_unstable();
    assert_eq!(arrows, wanted);
}

#[test]
fn definitions_and_entities_are_refused_where_they_stand() {
    let bomb = "<?xml version='1.0'?>\n<!DOCTYPE bom [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>\n<bom xmlns='http://cyclonedx.org/schema/bom/1.6'><components><component type='library'><name>&b;</name></component></components></bom>";
    assert_eq!(refused(bomb), ("dtd_refused", "line 2 column 1".to_owned()));
    let outside = "<!DOCTYPE bom SYSTEM 'file:///etc/passwd'><bom xmlns='http://cyclonedx.org/schema/bom/1.6'/>";
    assert_eq!(refused(outside), ("dtd_refused", "line 1 column 1".to_owned()));
    let unfinished = "<!-- cyclonedx.org/schema/bom --><!DOCTYPE bom [";
    assert_eq!(refused(unfinished).0, "dtd_refused");
    assert_eq!(
        refused(&cyclonedx(
            "<components>\n<component><name>&file;</name></component></components>"
        )),
        ("entity_unknown", "line 3 column 18".to_owned())
    );
    assert_eq!(
        refused(&cyclonedx("<components><component type='&x;'/></components>")).0,
        "entity_unknown"
    );
    // the five that XML knows, and characters by number
    let name = "&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;";
    let read = sound(&cyclonedx(&format!(
        "<components><component type='library'><name>{name}</name></component></components>"
    )));
    assert_eq!(read.value.components[0].name, "<>&\"'A😀");
}

#[test]
fn broken_xml_is_refused_where_it_breaks() {
    let inside = |text: &str| cyclonedx(&format!("\n<components>{text}</components>"));
    for (text, code, place) in [
        (inside("<component>"), "not_xml", "line 3 column 24"),
        (inside("<component a='1' a='2'/>"), "not_xml", "line 3 column 13"),
        (inside("<component a=1/>"), "not_xml", "line 3 column 13"),
        (inside("<y:component/>"), "not_xml", "line 3 column 13"),
        (inside("<component><name>&#0;</name></component>"), "not_xml", "line 3 column 30"),
        (cyclonedx("") + "<bom/>", "not_xml", "line 2 column 56"),
        (cyclonedx("") + "text", "not_xml", "line 2 column 56"),
        (cyclonedx("").replace("</bom>", ""), "truncated", "line 2 column 50"),
        (
            inside("<component><na").replace("</components></bom>", ""),
            "truncated",
            "line 3 column 27",
        ),
    ] {
        assert_eq!(refused(&text), (code, place.to_owned()), "{text}: {}", refusal(&text));
    }
}

#[test]
fn elements_in_the_wrong_place_are_refused_with_path_and_line() {
    let component = |inside: &str| {
        cyclonedx(&format!("<components>\n<component>{inside}</component></components>"))
    };
    for (text, code, path) in [
        (component("<name>a<b/></name>"), "wrong_type", "components[0].name"),
        (component("<name>a</name><name>b</name>"), "duplicate_key", "components[0]"),
        (
            component("<name>a</name><version>1</version><hashes/><hashes/>"),
            "duplicate_key",
            "components[0]",
        ),
        (cyclonedx("<components/><components/>"), "duplicate_key", ""),
        (component("<version>1</version>"), "component_name_missing", "components[0], line 3"),
        (
            component("").replace("<component>", "<component isExternal='perhaps'>"),
            "wrong_type",
            "components[0].isExternal",
        ),
        (cyclonedx("").replace("'>", "' version='one'>"), "wrong_type", "version"),
        (
            cyclonedx("").replace("'>", "' version='0'>"),
            "document_version_below_one",
            "version, line 2",
        ),
        (
            cyclonedx("").replace("'>", "' serialNumber='7'>"),
            "serial_number_malformed",
            "serialNumber, line 2",
        ),
    ] {
        let first = refusal(&text);
        assert_eq!(first.code, code, "{text}: {first}");
        assert!(first.place.starts_with(path), "{first}");
        assert!(first.to_string().contains("line "), "{first}");
    }
}

#[test]
fn versions_and_roots_that_are_not_cyclonedx_are_named() {
    for version in ["0.9", "1.8", "2.0", ""] {
        let text = format!("<bom xmlns='http://cyclonedx.org/schema/bom/{version}'/>");
        assert_eq!(refused(&text), ("spec_version_unknown", "line 1 column 1".to_owned()));
    }
    let text = "<BOM xmlns='http://cyclonedx.org/schema/bom/1.4'/>";
    assert_eq!(refused(text).0, "not_an_sbom");
    let text = "<bom><x xmlns='http://cyclonedx.org/schema/bom/1.4'/></bom>";
    assert_eq!(refused(text).0, "not_an_sbom");
}

#[test]
fn encodings_other_than_utf8_are_refused() {
    let declared = |encoding: &str, name: &str| {
        format!(
            "<?xml version='1.0' encoding='{encoding}'?><bom xmlns='http://cyclonedx.org/schema/bom/1.6'><components><component type='library'><name>{name}</name></component></components></bom>"
        )
    };
    assert_eq!(refused(&declared("ISO-8859-1", "é")).0, "encoding_not_utf8");
    assert_eq!(refused(&declared("windows-1252", "é")).0, "encoding_not_utf8");
    // a text in ASCII is the same in all of these, and UTF-16 cannot be taken for UTF-8
    for (encoding, name) in [("ISO-8859-1", "e"), ("utf-16", "é"), ("UTF-8", "é"), ("utf8", "é")]
    {
        assert_eq!(sound(&declared(encoding, name)).value.components[0].name, name);
    }
    let mut latin = declared("ISO-8859-1", "?").into_bytes();
    let at = latin.iter().rposition(|b| *b == b'?').expect("the mark");
    latin[at] = 0xe9;
    let first = read(&latin, &Limits::default()).expect_err("a refusal").swap_remove(0);
    assert_eq!((first.code, first.place), ("encoding_not_utf8", format!("byte {at}")));
    let wide: Vec<u8> = declared("utf-16", "e").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        read(&wide, &Limits::default()).expect_err("a refusal")[0].code,
        "encoding_not_utf8"
    );
}

#[test]
fn depth_and_limits_hold_in_xml() {
    let nested = |levels: usize| {
        let open = "<components><component type='file'><name>n</name><version>1</version>";
        cyclonedx(&format!("{}{}", open.repeat(levels), "</component></components>".repeat(levels)))
    };
    assert_eq!(sound(&nested(51)).value.components.len(), 51);
    assert_eq!(refusal(&nested(52)).code, "too_deep");
    assert_eq!(refusal(&nested(5_000)).code, "too_deep");
    let deep =
        |levels: usize| cyclonedx(&format!("{}{}", "<x>".repeat(levels), "</x>".repeat(levels)));
    assert_eq!(sound(&deep(126)).value.components.len(), 0);
    assert_eq!(refusal(&deep(127)).code, "too_deep");
    assert_eq!(refusal(&format!("{}<x", deep(1_000_000))).code, "too_deep");
    let services =
        format!("{}{}", "<services><service>".repeat(100), "</service></services>".repeat(100));
    assert_eq!(refusal(&cyclonedx(&services)).code, "too_deep");

    let limits = Limits { components: 2, relations: 2, items: 2, ..Limits::default() };
    let code = |text: &str| read(text.as_bytes(), &limits).expect_err("a refusal")[0].clone();
    let three = cyclonedx(&format!("<components>{}</components>", component("a").repeat(3)));
    assert_eq!(code(&three).code, "too_many_components");
    assert_eq!(code(&three).place, "components[2], line 2");
    let many = format!("<components>{}</components>", component("a").replace("<version>", "<licenses><expression>A</expression><expression>B</expression><expression>C</expression></licenses><version>"));
    assert_eq!(code(&cyclonedx(&many)).code, "too_many_entries");
    let graph = "<dependencies><dependency ref='a'><dependency ref='b'/><dependency ref='c'/></dependency></dependencies>";
    assert_eq!(code(&cyclonedx(graph)).code, "too_many_relations");
}

#[test]
fn attributes_and_namespaces_are_bounded() {
    let attributes: String = (0..1_001).map(|n| format!(" a{n}=''")).collect::<Vec<_>>().concat();
    assert_eq!(refusal(&cyclonedx(&format!("<x{attributes}/>"))).code, "too_many_attributes");
    let spaces = (0..64).map(|n| format!("<x xmlns='urn:{n}'/>")).collect::<Vec<_>>().concat();
    assert_eq!(refusal(&cyclonedx(&spaces)).code, "too_many_namespaces");
    assert_eq!(
        sound(&cyclonedx(&spaces.replacen("<x xmlns='urn:0'/>", "", 1))).value.spec_version,
        "1.6"
    );
}

#[test]
fn a_version_is_text_and_a_range_needs_an_external_component() {
    let read = sound(
        "<bom xmlns='http://cyclonedx.org/schema/bom/1.7'><components>
        <component type='library'><name>a</name><version>1.10</version></component>
        <component type='library' isExternal='1'><name>b</name><versionRange>vers:npm/>=1</versionRange></component>
        </components></bom>",
    );
    assert_eq!(read.value.components[0].version.as_deref(), Some("1.10"));
    assert_eq!(read.value.components[1].version_range.as_deref(), Some("vers:npm/>=1"));
    assert_eq!(warned(&read)[0], ("version_range", "components[1].versionRange, line 3"));
}

#[test]
fn what_is_missing_or_not_weighed_is_told_with_its_line() {
    let read = sound(
        r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.5">
<metadata><component type="device" bom-ref="p"><name>p</name><version>1</version></component></metadata>
<components><component type="operating-system"><name>rootfs</name><version>1</version>
<externalReferences><reference type="bom"><url>urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1</url></reference></externalReferences>
</component></components>
<compositions><composition><aggregate>incomplete</aggregate><assemblies><assembly ref="p"/></assemblies></composition></compositions>
<vulnerabilities><vulnerability><id>CVE-2099-1</id><analysis><state>exploitable</state></analysis></vulnerability></vulnerabilities>
</bom>"#,
    );
    let codes: Vec<&str> = read.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["parts_elsewhere", "statements_not_weighed", "parts_missing"]);
    let places = warned(&read);
    assert!(places[0].1.starts_with("components[0].externalReferences[0], line "), "{places:?}");
    assert!(places[2].1.starts_with("compositions[0].aggregate, line "), "{places:?}");
    assert!(read.problems[1].next.contains("CycloneDX JSON"), "{:?}", read.problems);
    assert!(read.value.graph_has_holes);
}
