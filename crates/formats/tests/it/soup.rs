//! Lists of software items: delimited text and workbooks, as people really keep them.

#![allow(clippy::expect_used, reason = "helpers of tests")]

use aftercare_formats::sbom::{
    Limits, Recognised, read, read_as, recognise,
    soup::{self, Columns, Field, Preview, preview},
};
use aftercare_vocab::{
    inventory::{Format, Inventory},
    problem::{Problem, Read},
};
use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

fn sound(bytes: impl AsRef<[u8]>) -> Read<Inventory> {
    read(bytes.as_ref(), &Limits::default()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn chosen(bytes: impl AsRef<[u8]>, columns: &str) -> Result<Read<Inventory>, Vec<Problem>> {
    soup::read(bytes.as_ref(), &columns.parse().expect("columns"), &Limits::default())
}

fn seen(bytes: impl AsRef<[u8]>) -> Preview {
    preview(bytes.as_ref(), &Columns::default(), &Limits::default()).expect("a preview")
}

fn warned(problems: &[Problem]) -> Vec<(&str, &str)> {
    problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
}

/// Place, name and version of every component.
fn items(read: &Read<Inventory>) -> Vec<(&str, &str, Option<&str>)> {
    let components = read.value.components.iter();
    components.map(|c| (c.place.as_str(), c.name.as_str(), c.version.as_deref())).collect()
}

const LIST: &str = "\
SOUP list of the infusion pump;;;;;
Approved: 2026-03-01;;;;;
;;;;;
No.;Software item;Version (installed);Manufacturer;Package URL;End of support
1;FreeRTOS;10.4.3;Amazon;;2027-06-30
2;\"mbed TLS; with patches\";2.28.1;Arm Ltd.;pkg:generic/mbedtls@2.28.1;
3;;1.0;;pkg:npm/left-pad@1.0;
4;;1.1;;;
;;;;;
5;Vendor BSP;n/a;Acme, Inc.;;
6;lwIP;2.1.x;;;
";

#[test]
fn headings_are_found_below_titles_and_rows_keep_their_lines() {
    let read = sound(LIST);
    assert_eq!(read.value.format, Format::SoupCsv);
    assert_eq!(
        items(&read),
        [
            ("line 5", "FreeRTOS", Some("10.4.3")),
            ("line 6", "mbed TLS; with patches", Some("2.28.1")),
            ("line 7", "left-pad", Some("1.0")),
            ("line 10", "Vendor BSP", None),
            ("line 11", "lwIP", None),
        ]
    );
    let [first, second, .., last] = &read.value.components[..] else { panic!("five") };
    assert_eq!(first.supplier.as_deref(), Some("Amazon"));
    assert_eq!(first.end_of_support.as_deref(), Some("2027-06-30"));
    assert_eq!(second.purls[0].to_string(), "pkg:generic/mbedtls@2.28.1");
    assert_eq!(last.version_range.as_deref(), Some("2.1.x"));
    assert_eq!(
        warned(&read.problems),
        [
            ("row_skipped", "line 8"),
            ("version_missing", "line 10"),
            ("version_is_range", "line 11.version"),
        ]
    );
}

#[test]
fn a_preview_shows_columns_first_rows_and_what_is_skipped() {
    let preview = seen(LIST);
    assert_eq!((preview.heading_row, preview.delimiter, preview.encoding), (4, Some(';'), "UTF-8"));
    let columns: Vec<_> =
        preview.columns.iter().map(|c| (c.letter.as_str(), c.heading.as_str(), c.field)).collect();
    assert_eq!(
        columns,
        [
            ("A", "No.", None),
            ("B", "Software item", Some(Field::Name)),
            ("C", "Version (installed)", Some(Field::Version)),
            ("D", "Manufacturer", Some(Field::Supplier)),
            ("E", "Package URL", Some(Field::Purl)),
            ("F", "End of support", Some(Field::EndOfSupport)),
        ]
    );
    assert_eq!((preview.read, preview.skipped), (5, 2));
    assert_eq!(preview.skipped_rows, [(8, "no name and no identity")]);
    assert_eq!(
        preview.rows[0],
        (
            5,
            vec![
                (Field::Name, "FreeRTOS".to_owned()),
                (Field::Version, "10.4.3".to_owned()),
                (Field::Supplier, "Amazon".to_owned()),
                (Field::EndOfSupport, "2027-06-30".to_owned()),
            ]
        )
    );
    assert_eq!(warned(&preview.problems)[0], ("row_skipped", "line 8"));
}

#[test]
fn columns_can_be_chosen_by_letter_and_by_heading() {
    let text = "Id,What,Which,Old\n1,zlib,1.2.11,1.2.8\n2,expat,2.5.0,2.4.0\n";
    assert_eq!(
        read(text.as_bytes(), &Limits::default()).expect_err("no headings")[0].code,
        "not_an_sbom"
    );
    let by_letter = chosen(text, "name=B,version=C").expect("read");
    // without a known heading the first row could be an item: nothing is dropped silently
    assert_eq!(items(&by_letter)[0], ("line 1", "What", Some("Which")));
    let by_heading = chosen(text, "name=what,version=Which").expect("read");
    assert_eq!(
        items(&by_heading),
        [("line 2", "zlib", Some("1.2.11")), ("line 3", "expat", Some("2.5.0"))]
    );
    let with_row =
        Columns { heading_row: Some(1), ..("name=B,version=D".parse().expect("columns")) };
    let read = soup::read(text.as_bytes(), &with_row, &Limits::default()).expect("read");
    assert_eq!(items(&read)[0], ("line 2", "zlib", Some("1.2.8")));
    assert_eq!(chosen(text, "name=Title").expect_err("absent")[0].code, "column_not_found");
    assert_eq!(
        soup::read(text.as_bytes(), &Columns::default(), &Limits::default()).expect_err("none")[0]
            .code,
        "no_headings"
    );
}

#[test]
fn a_guess_can_be_overruled_and_doubles_are_told() {
    let text = "Name,Component,Version,Supplier\nPump,zlib,1.2.11,x\n";
    let guessed = sound(text);
    assert_eq!(items(&guessed), [("line 2", "Pump", Some("1.2.11"))]);
    assert_eq!(warned(&guessed.problems), [("column_not_read", "B")]);
    let overruled = chosen(text, "name=B,supplier=-").expect("read");
    assert_eq!(items(&overruled), [("line 2", "zlib", Some("1.2.11"))]);
    assert_eq!(overruled.value.components[0].supplier, None);
}

#[test]
fn delimiters_quotes_and_markdown_are_understood() {
    for text in [
        "name,version\nzlib,1.2.11\n",
        "name\tversion\nzlib\t1.2.11\n",
        "\"name\"|\"version\"\n\"zlib\"|\"1.2.11\"\n",
        "sep=;\nname;version\nzlib;1.2.11\n",
        "| Name | Version |\n|------|:-------:|\n| zlib | 1.2.11 |\n",
        "\u{feff}Name;Version\r\nzlib;1.2.11\r\nName;Version\r\n",
    ] {
        let read = sound(text);
        let zlib =
            items(&read).into_iter().map(|(_, name, version)| (name, version)).collect::<Vec<_>>();
        assert_eq!(zlib, [("zlib", Some("1.2.11"))], "{text}");
    }
    let open = format!("name,version\n\"zlib,1\n{}", "expat,2\n".repeat(30));
    assert_eq!(warned(&sound(open).problems)[0], ("quote_not_closed", "line 2"));
}

#[test]
fn a_quote_that_hides_rows_is_told() {
    let rows = "expat,2\ncurl,7.68.0\nlwip,2.1.2\nmbedtls,2.28.1\nsqlite,3.31.1\n";
    let told = |text: &str| {
        let read = sound(format!("name,version\n{text}"));
        let places: Vec<String> = read
            .problems
            .iter()
            .filter(|problem| problem.code == "quote_not_closed")
            .map(|problem| problem.place.clone())
            .collect();
        places
    };
    for text in [
        // to the end of the text
        format!("\"zlib,1\n{rows}"),
        format!("zlib,\"1\n{rows}"),
        format!("\"zlib\",\"1\n{rows}"),
        // up to the next quote
        format!("\"zlib,1\n{rows}\"bsp, patched\",1\nlinux,6.1\n"),
        format!("zlib,\"1\n{rows}\"bsp\",1\nlinux,6.1\n"),
        "zlib,\"1\n\"bsp\",1\nlinux,6.1\n".to_owned(),
        "zlib,\"1\n\"bsp,1\nlinux,6.1\n".to_owned(),
        format!("\"zlib,1\r{}", rows.replace('\n', "\r")),
        "zlib,\"1\nbsp\n".to_owned(),
        "zlib,\"1\nsay \"\"bsp\"\"\n".to_owned(),
    ] {
        assert_eq!(told(&text), ["line 2"], "{text}");
    }
    for text in [
        format!("\"zlib\n(patched)\",1\n{rows}"),
        format!("{rows}zlib,\"1\n(patched)\""),
        format!("{rows}zlib,\"1\n(patched)\"\r\n\r\n"),
        format!("\"zlib, patched\",1\n{rows}"),
        format!("\"zlib\n(\"\"patched\"\")\",1\n{rows}"),
        // nothing is hidden in it
        format!("{rows}zlib,\"1\n"),
        format!("zlib,1\"\n{rows}"),
    ] {
        assert!(told(&text).is_empty(), "{text}");
    }
}

#[test]
fn rows_after_empty_lines_and_long_cells_keep_their_line() {
    let read = sound("\r\nName,Version\r\n\r\n\r\n\"zlib\n(patched)\",1\r\n\r\nexpat,2\r\n");
    assert_eq!(
        items(&read),
        [("line 5", "zlib\n(patched)", Some("1")), ("line 8", "expat", Some("2"))]
    );
}

#[test]
fn wrong_encodings_are_converted_with_a_word() {
    let latin = sound(b"Name;Version;Hersteller\nzlib;1.2.11;M\xfcller\n");
    assert_eq!(latin.value.components[0].supplier.as_deref(), Some("Müller"));
    assert_eq!(warned(&latin.problems), [("encoding_guessed", "")]);
    let mut wide = vec![0xff, 0xfe];
    wide.extend("Name\tVersion\nzlib\t1\n".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(warned(&sound(&wide).problems), [("encoding_not_utf8", "")]);
    // the mark may be missing
    let read = sound(&wide[2..]);
    assert_eq!(items(&read), [("line 2", "zlib", Some("1"))]);
    assert_eq!(warned(&read.problems), [("encoding_not_utf8", "")]);
}

#[test]
fn formulas_in_text_are_never_calculated() {
    let read = sound("Name,Version\n=HYPERLINK(1),=1+1\n");
    assert_eq!(items(&read), [("line 2", "=HYPERLINK(1)", None)]);
    assert_eq!(read.value.components[0].version_range.as_deref(), Some("=1+1"));
    assert!(warned(&read.problems).contains(&("formulas", "")));
}

#[test]
fn what_is_not_known_of_a_list_is_told() {
    assert_eq!(
        warned(&chosen("Name,Owner\nzlib,me\n", "").expect("read").problems),
        [("versions_missing", ""), ("version_missing", "line 2")]
    );
}

#[test]
fn cells_beyond_the_headings_are_told_in_preview_and_reading() {
    let list = "Name,Version,Notes\nopenssl,3.0.9\nzlib,1.2.11,extra,cols\nexpat,2.5.0,,\n";
    let wanted = [("cells_beyond_headings", "line 3")];
    let read = sound(list);
    assert_eq!(warned(&read.problems), wanted);
    assert!(read.problems[0].what.contains("`cols`"), "{:?}", read.problems);
    assert_eq!(warned(&seen(list).problems), wanted);
}

#[test]
fn what_a_spreadsheet_or_its_keeper_made_of_a_version_is_told() {
    let read = sound("Name,Version\nA,Mar-21\nB,v1.2 (patched)\nC,1.0-1.5\nD,1.10\nE,3.0.9-1\n");
    assert_eq!(
        warned(&read.problems),
        [
            ("version_is_date", "line 2.version"),
            ("version_missing", "line 2"),
            ("version_has_remark", "line 3"),
            ("version_is_range", "line 4.version"),
        ]
    );
    let versions: Vec<Option<&str>> = items(&read).into_iter().map(|item| item.2).collect();
    assert_eq!(versions, [None, Some("v1.2 (patched)"), None, Some("1.10"), Some("3.0.9-1")]);
    assert_eq!(read.value.components[2].version_range.as_deref(), Some("1.0-1.5"));
}

// Workbooks

const TYPES: &str =
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";

/// A workbook of sheets given by their XML below `sheetData` and after it.
pub(crate) fn workbook(
    sheets: &[(&str, &str, &str)],
    strings: &[&str],
    formats: &[&str],
) -> Vec<u8> {
    let mut parts: Vec<(String, String)> = vec![("[Content_Types].xml".into(), TYPES.into())];
    let (mut list, mut relations) = (String::new(), String::new());
    for (index, (name, data, after)) in sheets.iter().enumerate() {
        write!(list, "<sheet name=\"{name}\" sheetId=\"{index}\" r:id=\"rId{index}\"/>")
            .expect("written");
        write!(relations, "<Relationship Id=\"rId{index}\" Target=\"worksheets/s{index}.xml\"/>")
            .expect("written");
        parts.push((
            format!("xl/worksheets/s{index}.xml"),
            format!(
                "<?xml version=\"1.0\"?><worksheet><sheetData>{data}</sheetData>{after}</worksheet>"
            ),
        ));
    }
    parts.push((
        "xl/workbook.xml".into(),
        format!("<workbook xmlns:r=\"r\"><sheets>{list}</sheets></workbook>"),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!("<Relationships>{relations}</Relationships>"),
    ));
    let joined = |texts: Vec<String>| texts.concat();
    let strings = joined(strings.iter().map(|text| format!("<si><t>{text}</t></si>")).collect());
    parts.push((
        "xl/sharedStrings.xml".into(),
        format!("<sst uniqueCount=\"99999999999999\">{strings}</sst>"),
    ));
    let (mut codes, mut styles) = (String::new(), String::new());
    for (at, code) in (200..).zip(formats) {
        write!(codes, "<numFmt numFmtId=\"{at}\" formatCode=\"{code}\"/>").expect("written");
        write!(styles, "<xf numFmtId=\"{at}\"/>").expect("written");
    }
    parts.push((
        "xl/styles.xml".into(),
        format!("<styleSheet><numFmts>{codes}</numFmts><cellXfs><xf numFmtId=\"0\"/>{styles}</cellXfs></styleSheet>"),
    ));
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

/// A row of inline texts from column A on; empty texts make no cell.
fn row(number: u32, texts: &[&str]) -> String {
    let cell = |(at, text): (usize, &&str)| {
        if text.is_empty() {
            return String::new();
        }
        let column = char::from(b'A' + u8::try_from(at).expect("few columns"));
        format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    format!("<row r=\"{number}\">{}</row>", texts.iter().enumerate().map(cell).collect::<String>())
}

#[test]
fn a_workbook_is_read_with_shared_texts_and_row_numbers() {
    let data = row(3, &["Name", "Version", "Supplier"])
        + "<row r=\"5\"><c r=\"A5\" t=\"s\"><v>0</v></c><c r=\"B5\" t=\"inlineStr\"><is><r><t>1.2</t></r><r><t>.11 &amp; &#x41;</t></r><rPh><t>no</t></rPh></is></c></row>";
    let bytes = workbook(&[("SOUP", &data, "")], &["zlib &amp; co"], &[]);
    assert_eq!(recognise(&bytes), Recognised::Sbom(Format::SoupXlsx));
    let read = sound(&bytes);
    assert_eq!(items(&read), [("row 5", "zlib & co", Some("1.2.11 & A"))]);
    assert_eq!(read.value.name.as_deref(), Some("SOUP"));
    assert_eq!(warned(&read.problems), []);
}

#[test]
fn numbers_and_dates_in_the_version_column_are_not_trusted() {
    let cell = |row: u32, style: usize, value: &str| {
        format!(
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>item {row}</t></is></c><c r=\"B{row}\" s=\"{style}\"><v>{value}</v></c></row>"
        )
    };
    let data = row(1, &["Name", "Version"])
        + &cell(2, 0, "1.1000000000000001")
        + &cell(3, 1, "1.1000000000000001")
        + &cell(4, 2, "44228")
        + &cell(5, 0, "7");
    let read = sound(workbook(&[("s", &data, "")], &[], &["0.00", "d/m/yyyy"]));
    assert_eq!(
        items(&read),
        [
            ("row 2", "item 2", Some("1.1")),
            ("row 3", "item 3", Some("1.10")),
            ("row 4", "item 4", None),
            ("row 5", "item 5", Some("7")),
        ]
    );
    assert_eq!(
        warned(&read.problems),
        [
            ("version_is_number", "row 2.version"),
            ("version_is_number", "row 3.version"),
            ("version_is_date", "row 4.version"),
            ("version_missing", "row 4"),
        ]
    );
}

#[test]
fn merged_cells_count_for_every_row_and_titles_are_skipped() {
    let data = row(1, &["Supplier", "Name", "Version"])
        + &row(2, &["Operating system"])
        + &row(3, &["Acme", "bsp", "1"])
        + &row(4, &["", "kernel", "5.10"])
        + &row(5, &["", "u-boot", "2020.04"])
        + &row(6, &["", "zlib", "1.2.11"]);
    let merges = "<mergeCells><mergeCell ref=\"A2:C2\"/><mergeCell ref=\"A3:A5\"/></mergeCells>";
    let read = sound(workbook(&[("s", &data, merges)], &[], &[]));
    let suppliers: Vec<_> =
        read.value.components.iter().map(|c| (c.name.as_str(), c.supplier.as_deref())).collect();
    assert_eq!(
        suppliers,
        [("bsp", Some("Acme")), ("kernel", Some("Acme")), ("u-boot", Some("Acme")), ("zlib", None)]
    );
    assert_eq!(warned(&read.problems), [("row_skipped", "row 2")]);
}

#[test]
fn formulas_give_their_last_value_or_nothing() {
    let data = row(1, &["Name", "Version"])
        + "<row r=\"2\"><c r=\"A2\" t=\"str\"><f>B9&amp;\"x\"</f><v>zlib</v></c><c r=\"B2\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row>"
        + "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>expat</t></is></c><c r=\"B3\"><f t=\"shared\" si=\"99999999999\" ref=\"B3:B4\">C3</f></c></row>";
    let read = sound(workbook(&[("s", &data, "")], &[], &[]));
    assert_eq!(items(&read), [("row 2", "zlib", None), ("row 3", "expat", None)]);
    assert_eq!(
        warned(&read.problems),
        [
            ("cell_error", "row 2.version"),
            ("version_missing", "row 2"),
            ("cell_error", "row 3.version"),
            ("version_missing", "row 3"),
            ("formulas", ""),
        ]
    );
}

#[test]
fn a_shared_text_that_is_not_there_is_told() {
    let cells = |row: u32, name: &str, version: &str| {
        let cell = |at: &str, index: &str| format!("<c r=\"{at}{row}\" t=\"s\"><v>{index}</v></c>");
        format!("<row r=\"{row}\">{}{}</row>", cell("A", name), cell("B", version))
    };
    let data = row(1, &["Name", "Version"])
        + &cells(2, "0", "1")
        + &cells(3, "0", "7")
        + &cells(4, "9", "1")
        + &cells(5, "0", "x")
        // a text that is there and empty
        + &cells(6, "0", "2");
    let read = sound(workbook(&[("s", &data, "")], &["zlib", "1.2.11", ""], &[]));
    assert_eq!(
        items(&read),
        [
            ("row 2", "zlib", Some("1.2.11")),
            ("row 3", "zlib", None),
            ("row 4", "", Some("1.2.11")),
            ("row 5", "zlib", None),
            ("row 6", "zlib", None),
        ]
    );
    let told: Vec<_> =
        warned(&read.problems).into_iter().filter(|(code, _)| *code == "cell_error").collect();
    assert_eq!(
        told,
        [
            ("cell_error", "row 3.version"),
            ("cell_error", "row 4.name"),
            ("cell_error", "row 5.version"),
        ]
    );
    let headings = data.replacen(
        "<c r=\"B1\" t=\"inlineStr\"><is><t>Version</t></is></c>",
        "<c r=\"B1\" t=\"s\"><v>7</v></c>",
        1,
    );
    let read = sound(workbook(&[("s", &headings, "")], &["zlib"], &[]));
    assert_eq!(warned(&read.problems)[..2], [("cell_error", "B"), ("versions_missing", "")]);
}

#[test]
fn the_best_sheet_is_read_and_the_others_are_named() {
    let cover = row(1, &["Revision", "Date"]) + &row(2, &["A", "2026"]);
    let old = row(1, &["Name", "Version"]) + &row(2, &["zlib", "1.2.8"]);
    let new = row(1, &["Name", "Version", "Supplier"]) + &row(2, &["zlib", "1.2.11", "x"]);
    let bytes =
        workbook(&[("Cover", &cover, ""), ("2019", &old, ""), ("2026", &new, "")], &[], &[]);
    let best = sound(&bytes);
    assert_eq!(items(&best), [("row 2", "zlib", Some("1.2.11"))]);
    assert_eq!(warned(&best.problems), [("sheets_not_read", "")]);
    assert!(best.problems[0].what.contains("`2019`"), "{}", best.problems[0].what);
    assert_eq!(seen(&bytes).sheets, ["Cover", "2019", "2026"]);
    let named = Columns { sheet: Some("2019".into()), ..Columns::default() };
    let read = soup::read(&bytes, &named, &Limits::default()).expect("read");
    assert_eq!(items(&read), [("row 2", "zlib", Some("1.2.8"))]);
    let absent = Columns { sheet: Some("2020".into()), ..Columns::default() };
    assert_eq!(
        soup::read(&bytes, &absent, &Limits::default()).expect_err("none")[0].code,
        "sheet_not_found"
    );
}

/// A workbook whose sheets of these names are hidden.
fn hidden(bytes: &[u8], names: &[&str]) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).expect("a part");
        let own = part.name().expect("a name").into_owned();
        let mut text = std::io::read_to_string(&mut part).expect("text");
        for name in names {
            let said = format!("name=\"{name}\"");
            text = text.replace(&said, &format!("{said} state=\"veryHidden\""));
        }
        new.start_file(own, zip::write::SimpleFileOptions::default()).expect("begun");
        new.write_all(text.as_bytes()).expect("written");
    }
    new.finish().expect("finished").into_inner()
}

#[test]
fn a_hidden_sheet_is_read_only_where_no_other_is_a_list() {
    let old = row(1, &["Name", "Version", "Supplier"]) + &row(2, &["old", "0.9", "x"]);
    let new = row(1, &["Name", "Version"]) + &row(2, &["new", "1.0"]);
    let notes = row(1, &["Notes"]) + &row(2, &["none"]);
    let both = workbook(&[("Old", &old, ""), ("Now", &new, "")], &[], &[]);
    assert_eq!(items(&sound(&both)), [("row 2", "old", Some("0.9"))], "the one that fits best");
    let read = sound(hidden(&both, &["Old"]));
    assert_eq!(items(&read), [("row 2", "new", Some("1.0"))]);
    assert!(read.problems[0].what.contains("`Old` (hidden)"), "{:?}", read.problems);
    let one = workbook(&[("Old", &old, ""), ("Notes", &notes, "")], &[], &[]);
    let read = sound(hidden(&one, &["Old"]));
    assert_eq!(items(&read), [("row 2", "old", Some("0.9"))]);
    assert_eq!(warned(&read.problems)[0], ("sheet_hidden", ""));
}

#[test]
fn what_spreadsheets_and_people_make_of_versions_is_told() {
    let list =
        "Name;Version\na;Version 1.2.3\nb;01. Okt\nc;1,10\nd;1.0.2\u{200b}\nopen\u{ad}ssl;3.0.1\n";
    let read = sound(list);
    assert_eq!(
        items(&read),
        [
            ("line 2", "a", Some("1.2.3")),
            ("line 3", "b", None),
            ("line 4", "c", None),
            ("line 5", "d", Some("1.0.2")),
            ("line 6", "openssl", Some("3.0.1")),
        ]
    );
    assert_eq!(read.value.components[2].version_range.as_deref(), Some("1,10"));
    assert_eq!(
        warned(&read.problems),
        [
            ("version_is_date", "line 3.version"),
            ("version_missing", "line 3"),
            ("version_has_commas", "line 4.version"),
            ("characters_unseen", "line 5.version"),
            ("characters_unseen", "line 6.name"),
        ]
    );
    // a time of day is no number
    let cell = "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>a</t></is></c><c r=\"B2\" s=\"1\"><v>0.048611</v></c></row>";
    let data = row(1, &["Name", "Version"]) + cell;
    let read = sound(workbook(&[("s", &data, "")], &[], &["h:mm"]));
    assert_eq!((items(&read)[0].2, read.problems[0].code), (None, "version_is_date"));
}

#[test]
fn chosen_columns_count_for_lists_and_not_for_sboms() {
    let columns: Columns = "name=B,version=C".parse().expect("columns");
    let as_list = |bytes: &[u8]| read_as(bytes, Some(&columns), &Limits::default());
    let list = as_list(b"1,zlib,1.2.11\n").expect("read");
    assert_eq!(items(&list), [("line 1", "zlib", Some("1.2.11"))]);
    for list in ["1;zlib;1.2.11\n2;expat;2.5.0\n", "1\tzlib\t1.2.11\n2\texpat\t2.5.0\n"] {
        let list = as_list(list.as_bytes()).expect("read");
        assert_eq!(
            items(&list),
            [("line 1", "zlib", Some("1.2.11")), ("line 2", "expat", Some("2.5.0"))]
        );
    }
    let sbom = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"expat","version":"2.5.0"}]}"#;
    let read = as_list(sbom).expect("read");
    assert_eq!(items(&read), [("components[0]", "expat", Some("2.5.0"))]);
}

#[test]
fn hostile_workbooks_end_in_a_refusal() {
    let outcome = |bytes: &[u8], limits: &Limits| match read(bytes, limits) {
        Ok(read) => format!("{} read", read.value.components.len()),
        Err(problems) => problems[0].code.to_owned(),
    };
    let limits = Limits { bytes: 1_000_000, ..Limits::default() };
    // a part that unpacks to far more than it is packed
    let bomb = row(1, &["Name", "Version"]) + &" ".repeat(5_000_000);
    assert_eq!(outcome(&workbook(&[("s", &bomb, "")], &[], &[]), &limits), "too_large");
    // one long text in many cells
    let long = "x".repeat(10_000);
    let cell = |r| format!("<row r=\"{r}\"><c r=\"A{r}\" t=\"s\"><v>0</v></c></row>");
    let many = (2..2_000).map(cell).collect::<Vec<_>>().concat();
    let shared = row(1, &["Name", "Version"]) + &many;
    assert_eq!(outcome(&workbook(&[("s", &shared, "")], &[&long], &[]), &limits), "too_large");
    // cells stretched over everything, again and again
    let rows: String = (2..2_000).map(|r| row(r, &["x", "1"])).collect();
    let merges = format!(
        "<mergeCells>{}</mergeCells>",
        (0..1_000).map(|_| "<mergeCell ref=\"A2:A1048576\"/>").collect::<String>()
    );
    let stretched = row(1, &["Name", "Version"]) + &rows;
    assert_eq!(outcome(&workbook(&[("s", &stretched, &merges)], &[], &[]), &limits), "too_large");
    // a cell in the far corner costs nothing
    let corner = row(1, &["Name", "Version"])
        + "<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(outcome(&workbook(&[("s", &corner, "")], &[], &[]), &limits), "1 read");
    // entities of the document's own are not expanded
    let entity = "<!DOCTYPE x [<!ENTITY a \"boom\">]>".to_owned()
        + &row(1, &["Name", "Version"])
        + &row(2, &["&a;", "1"]);
    let read_entity = sound(workbook(&[("s", &entity, "")], &[], &[]));
    assert_eq!(items(&read_entity)[0].1, "&a;");
    for broken in ["<row r=\"1\"><c r=\"A1\"><v>1</c></row>", "<row", "</sheetData>"] {
        assert_eq!(outcome(&workbook(&[("s", broken, "")], &[], &[]), &limits), "workbook_damaged");
    }
}

#[test]
fn a_cut_or_changed_workbook_gives_its_rows_or_says_why_not() {
    let data = row(1, &["Name", "Version", "Supplier"])
        + "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" s=\"1\"><v>1.5</v></c></row>"
        + &row(3, &["zlib", "1.2.11", "x"]);
    let bytes = workbook(&[("s", &data, "")], &["bsp"], &["0.00"]);
    let whole = sound(&bytes);
    let rows = [("row 2", "bsp", Some("1.50")), ("row 3", "zlib", Some("1.2.11"))];
    assert_eq!(items(&whole), rows);
    let told = warned(&whole.problems);
    assert_eq!(told, [("version_is_number", "row 2.version")]);
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end], &Limits::default()).is_err(), "cut at {end}");
    }
    for at in 0..bytes.len() {
        for bits in [0x55, 0x01, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bits;
            let Ok(read) = read(&changed, &Limits::default()) else { continue };
            let is_whole =
                items(&read) == rows && read.value.components[1].supplier.as_deref() == Some("x");
            assert!(
                is_whole || warned(&read.problems) != told,
                "byte {at} by {bits}: {:?}",
                items(&read)
            );
        }
    }
}

#[test]
fn an_archive_that_is_no_workbook_and_an_old_workbook_are_refused_by_name() {
    let problem =
        |bytes: &[u8]| read(bytes, &Limits::default()).expect_err("refused").swap_remove(0);
    assert_eq!(problem(b"PK\x03\x04 xl/workbook.xml").code, "workbook_damaged");
    let old = problem(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest");
    assert!(old.what.contains("old kind") && old.next.contains("XLSX"), "{old}");
}
