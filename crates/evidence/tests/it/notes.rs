use super::leaves;
use aftercare_evidence::{
    Checkpoint, Note, Signer, Verifier,
    key::NotAKey,
    note::{NOTE_LIMIT, NotSigned, SIGNATURES_LIMIT},
    root,
};
use serde_json::Value;

const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::from_seed(name, &[seed; 32]).expect("a name")
}

#[test]
fn the_public_example_of_a_signed_note_verifies_and_an_altered_one_does_not() {
    let keys = [VKEY.parse::<Verifier>().expect("a key")];
    let note = Note::read(NOTE.as_bytes()).expect("a note");
    assert_eq!(note.signers(&keys).expect("signed"), [&keys[0]]);
    assert_eq!(note.to_string(), NOTE);
    let altered = Note::read(NOTE.replace("example message", "other message").as_bytes());
    let judged = altered.expect("a note").signers(&keys).map(|_| ());
    assert_eq!(judged, Err(NotSigned::Wrong { key: VKEY.into() }));
}

#[test]
fn the_shared_checkpoint_example_comes_out_byte_for_byte() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/reference/tables/merkle-vectors.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("NOT RUN: shared data absent ({path})");
        return;
    };
    let table: Value = serde_json::from_str(&text).expect("the table is JSON");
    let example = &table["checkpoint_example"];
    let field = |name: &str| example[name].as_str().expect("text");
    let seed: Vec<u8> = (0..32).collect();
    let seed = <&[u8; 32]>::try_from(seed.as_slice()).expect("32 bytes"); // as the table's seed reads
    let signer = Signer::from_seed("log.example/evidence", seed).expect("a name");
    assert_eq!(signer.verifier().to_string(), field("vkey"));
    let note = Note::read(field("note").as_bytes()).expect("a note");
    let checkpoint = Checkpoint::read(note.text()).expect("a checkpoint");
    assert_eq!(checkpoint.size, 8);
    assert_eq!(checkpoint.text(), note.text());
    let again = Note::sign(&checkpoint.text(), &[&signer]).expect("signs");
    assert_eq!(again.to_string(), field("note"));
    let public = &table["signed_note_public_example"];
    assert_eq!((public["vkey"].as_str(), public["note"].as_str()), (Some(VKEY), Some(NOTE)));
}

#[test]
fn signatures_of_strangers_say_nothing_and_a_known_one_that_fails_condemns() {
    let (ours, theirs) = (signer("a/log", 1), signer("witness", 2));
    let note = Note::sign("text\n", &[&theirs, &ours]).expect("signs");
    let known = [ours.verifier()];
    assert_eq!(note.signers(&known).expect("signed"), [&known[0]]);
    let stranger = [signer("a/log", 3).verifier()];
    let unknown = note.signers(&stranger).expect_err("nobody we know");
    assert!(unknown.to_string().contains("witness+"), "{unknown}");
    // One bit of our line turned, the witness's line untouched: still condemned.
    let both = [theirs.verifier(), ours.verifier()];
    let mut lines: Vec<String> = note.to_string().lines().map(str::to_owned).collect();
    let ours_line = lines.last_mut().expect("a line");
    let turned = if ours_line.as_bytes()[20] == b'A' { "B" } else { "A" };
    ours_line.replace_range(20..21, turned);
    let forged = Note::read((lines.join("\n") + "\n").as_bytes()).expect("a note");
    assert!(matches!(forged.signers(&both), Err(NotSigned::Wrong { .. })));
}

#[test]
fn a_note_that_two_readers_could_read_differently_is_refused() {
    let line = NOTE.split("\n\n").nth(1).expect("a line");
    for (bad, why) in [
        ("text".to_owned(), "blank line"),
        ("text\n\n".to_owned(), "cut off"),
        (format!("text\n\n{}", line.trim_end()), "cut off"),
        (format!("te\rxt\n\n{line}"), "control"),
        (format!("text\n\n{line}more\n"), "no signature"),
        (format!("text\n\n{}", line.replace('\u{2014}', "-")), "no signature"),
        (format!("text\n\n{}", line.replace("/foo ", "+foo ")), "name a key"),
        (format!("text\n\n{}", line.replace("Q=\n", "R=\n").replace("M=\n", "N=\n")), "base64"),
        ("text\n\n\u{2014} a QUFB\n".to_owned(), "too short"),
        (format!("text\n\n{}", line.repeat(SIGNATURES_LIMIT + 1)), "more signatures"),
        ("x".repeat(NOTE_LIMIT + 1), "longer"),
    ] {
        let refused = Note::read(bad.as_bytes()).expect_err(&bad).to_string();
        assert!(refused.contains(why), "{bad:.60}: {refused}");
    }
    assert!(Note::read(b"\xff\n\n").is_err());
    assert!(Note::sign("no line feed", &[]).is_err());
}

#[test]
fn a_checkpoint_has_exactly_one_spelling() {
    let good = Checkpoint { origin: "a/log".into(), size: 30, root: root(&leaves(30)) };
    assert_eq!(Checkpoint::read(&good.text()), Ok(good.clone()));
    let extended = format!("{}an extension\n", good.text());
    assert_eq!(Checkpoint::read(&extended), Ok(good.clone()));
    let text = good.text();
    for bad in [
        text.replace("30", "030"),
        text.replace("30", "+30"),
        text.replace("30", "-1"),
        text.replace("30", "18446744073709551616"),
        text.replace("a/log", "a log"),
        text.replace("a/log", ""),
        text.replace('=', ""),
        text.replace("\n30\n", "\n"),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        String::new(),
    ] {
        assert!(Checkpoint::read(&bad).is_err(), "{bad:?}");
    }
}

#[test]
fn keys_go_to_text_and_back_and_a_changed_character_is_noticed() {
    let ours = signer("a/log", 7);
    let public = ours.verifier().to_string();
    assert_eq!(public.parse::<Verifier>(), Ok(ours.verifier()));
    let secret = ours.to_secret();
    let again = Signer::from_secret(&secret).expect("reads");
    assert_eq!(again.verifier(), ours.verifier());
    for at in 0..public.len() {
        let mut changed = public.clone();
        changed.replace_range(at..=at, if &public[at..=at] == "0" { "1" } else { "0" });
        assert!(changed.parse::<Verifier>().is_err(), "{changed}");
    }
    let NotAKey { wanted, why } =
        Signer::from_secret(&secret.replace("a/log", "b/log")).expect_err("another name");
    assert!(wanted.contains("PRIVATE+KEY") && why.contains("damaged"), "{wanted} {why}");
    assert!(!format!("{ours:?}").contains(secret.trim_end().rsplit('+').next().expect("a part")));
    for bad in ["", "a+b", "a b", "a\u{a0}b", "a\tb"] {
        assert!(Signer::from_seed(bad, &[0; 32]).is_none(), "{bad:?}");
    }
}
