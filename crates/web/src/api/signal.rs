//! Signals: the queue, entering and settling them, threads with who reported, triage of several at once.

use super::{Made, because, decision::sight, json, sending::Change as Sending, sent, versioned};
use crate::{
    guard::RequestId,
    moment::At,
    query::{Asked, id},
    signal_forms::{coded, wish},
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::{
    Letter, LetterFile, NewSignal, Settling, Telling, Triage, TriageDone, Trouble,
    answers::{self, LetterSheet},
};
use aftercare_domain::{
    Channel,
    case::{Justification, Told},
    session::Taking,
    signal::{Dismissal, HarmScreen, SignalChannel, SignalKind},
};
use aftercare_vocab::{
    digest::Digest,
    id::{CaseId, FamilyId, PersonId, SignalId},
    instant::Instant,
};
use axum::{
    Extension,
    extract::Path,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// The queue: signals that wait, and findings that no case is about and no decision covers. What is about the
/// same vulnerability is one row.
#[utoipa::path(get, path = "/api/v1/signals", tag = "signals",
    params(
        ("only" = Option<String>, Query, description = "`waiting` (the default), `proposed` (findings with an open proposal that nothing is affected) or `settled` (recorded signals, the newest first)"),
        ("kind" = Option<String>, Query, description = "Only with a signal of this kind: `sbom_match`, `researcher`, `customer`, `field`, `supplier`, `lifecycle`, `threat_intelligence`, `isao`, `internal_test`"),
        ("answer" = Option<String>, Query, description = "Only with this worst answer of its findings: `affected` or `undetermined`"),
        ("family" = Option<String>, Query, description = "Only about this product family, or about nobody knows which"),
        ("q" = Option<String>, Query, description = "Text in titles, identifiers and sources. What is kept sealed is not searched"),
        ("rows" = Option<u32>, Query, description = "How many rows, 1 to 500; 50 by default"),
        ("after" = Option<String>, Query, description = "Cursor from `next`"),
    ),
    responses((status = 200, body = answers::SignalQueue)))]
pub(crate) async fn signals(At(state): At, uri: Uri) -> Answered {
    let (wish, viewer) = (wish(&uri)?, state.viewer.clone());
    json(StatusCode::OK, &state.ask(move |desk| desk.queue(&wish, viewer.as_deref())).await?)
}

/// One signal: what came, its thread, what became of it. That sealed text was read stands in the security
/// record.
#[utoipa::path(get, path = "/api/v1/signals/{signal}", tag = "signals",
    params(("signal" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::SignalSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn signal(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(signal): Path<String>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let (signal, viewer) = (id::<_>(&signal)?, state.viewer.clone());
    let sheet = state.ask(move |desk| desk.signal(signal, viewer.as_deref())).await?;
    state.signal_read(&request, Channel::Api, &sheet).await?;
    versioned(&sheet, sheet.entity_version)
}

impl State {
    /// Records that sealed text of a signal was read; of an erased one there is none.
    pub(crate) async fn signal_read(
        &self,
        request: &RequestId,
        channel: Channel,
        sheet: &answers::SignalSheet,
    ) -> Result<(), Failure> {
        if !sheet.sealed || !matches!(sheet.letter, LetterSheet::Text(_)) {
            return Ok(());
        }
        let what = format!("/signals/{}", sheet.id);
        self.taken(request, channel, (Taking::ReadSensitive, what)).await
    }
}

/// The file that came with a signal, byte for byte. It was written by somebody outside and checked by nobody:
/// open it where it can do no harm.
#[utoipa::path(get, path = "/api/v1/signals/{signal}/file", tag = "signals",
    params(("signal" = String, Path, description = "Identifier")),
    responses((status = 200, description = "The bytes", body = String, content_type = "application/octet-stream"), (status = 404, body = ProblemDetails)))]
pub(crate) async fn file(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(signal): Path<String>,
    uri: Uri,
) -> Answered {
    Asked::of(&uri, &[])?;
    let (signal, viewer): (SignalId, _) = (id(&signal)?, state.viewer.clone());
    let (_, bytes) = state.ask(move |desk| desk.signal_file(signal, viewer.as_deref())).await?;
    let what = format!("/signals/{signal}/file");
    state.taken(&request, Channel::Api, (Taking::Exported, what)).await?;
    // Neither shown nor named as its sender wanted: both are text from outside.
    let name = format!("attachment; filename=\"{signal}.bin\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::ETAG, super::tags::weak(&Digest::of(&bytes))),
    ];
    Ok((headers, bytes).into_response())
}

/// A signal to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnteredSignal {
    /// What it is: `customer`, `supplier`, `field`; not `sbom_match`, which follows from findings.
    #[schema(value_type = String)]
    kind: SignalKind,
    /// The door it came through: `mail`, `phone`, `letter` or `monitor`.
    #[schema(value_type = String)]
    channel: SignalChannel,
    /// Who or what it comes from. No names of persons: it stays in the ledger.
    source: String,
    /// In one line. No names of persons.
    title: String,
    /// When it reached the maker; absent = now.
    #[schema(value_type = Option<String>)]
    received_at: Option<Instant>,
    /// When the first employee became aware; absent = when it was received.
    #[schema(value_type = Option<String>)]
    aware_at: Option<Instant>,
    /// Identifiers of vulnerabilities that it names.
    #[serde(default)]
    vulnerabilities: Vec<String>,
    /// The families it is about; null = all, empty = not known yet.
    #[serde(deserialize_with = "super::said")]
    #[schema(required, value_type = Option<Vec<String>>)]
    families: Option<Vec<FamilyId>>,
    /// Whether a patient came to harm: `yes` (or possibly), `no` or `unknown`.
    #[schema(value_type = String)]
    harm: HarmScreen,
    /// The complaint record.
    complaint: Option<String>,
    /// What came, as it was written.
    text: String,
    /// Who wrote. With a name or a contact it is kept sealed.
    name: Option<String>,
    /// Where they can be reached.
    contact: Option<String>,
    /// Whether the text names a person: then it is kept sealed, and can be erased.
    names_person: bool,
    /// Whether somebody outside waits for an answer.
    awaits_answer: bool,
    /// The file that came with it.
    file: Option<EnteredFile>,
}

/// A file that came with a signal, at most 700 KB here; larger ones by the form, up to 5 MiB.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnteredFile {
    /// Its name.
    name: String,
    /// Its bytes in base64.
    base64: String,
}

/// Enters a signal that came by mail, by telephone, on paper or from a watched source.
#[utoipa::path(post, path = "/api/v1/signals", tag = "signals", request_body = EnteredSignal,
    responses((status = 201, body = Made), (status = 422, body = ProblemDetails)))]
pub(crate) async fn enter(change: Sending) -> Answered {
    let enter = move |state: State, op, new: EnteredSignal| async move {
        let file = new.file.map(|file| LetterFile::of_base64(&file.name, &file.base64));
        let letter = Letter {
            what: new.text,
            name: new.name,
            contact: new.contact,
            file: file.transpose().map_err(Trouble::from)?,
            ..Letter::default()
        };
        let new = NewSignal {
            kind: new.kind,
            channel: new.channel,
            source: new.source,
            title: new.title,
            received_at: new.received_at,
            aware_at: new.aware_at,
            vulnerabilities: new.vulnerabilities,
            families: sight(new.families),
            harm: new.harm,
            complaint: new.complaint,
            letter,
            names_person: new.names_person,
            awaits_answer: new.awaits_answer,
        };
        let made = state.ask(move |desk| desk.enter_signal(&op, new)).await?.to_string();
        let location = state.links.api_thing("signals", &made);
        sent(StatusCode::CREATED, Some(location), &Made { id: made })
    };
    change.json(enter).await
}

/// What becomes of a signal: one of `case` and `dismiss`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedSettlement {
    /// The case it joins. A signal that was dismissed can still join one.
    #[schema(value_type = Option<String>)]
    case: Option<CaseId>,
    /// Why no case comes of it: `spam`, `not_ours`, `no_security` or `unintelligible`.
    #[schema(value_type = Option<String>)]
    dismiss: Option<Dismissal>,
    /// The reason in a sentence; a dismissal needs one.
    reason: Option<String>,
}

/// Settles a signal: it joins a case, or is dismissed with a reason.
#[utoipa::path(post, path = "/api/v1/signals/{signal}/settlement", tag = "signals",
    params(("signal" = String, Path, description = "Identifier")), request_body = WishedSettlement,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn settle(Path(signal): Path<String>, change: Sending) -> Answered {
    let signal: SignalId = id(&signal)?;
    let settle = move |state: State, op, wish: WishedSettlement| async move {
        let op = because(op, wish.reason)?;
        let settling = match (wish.case, wish.dismiss) {
            (Some(case), None) => Settling::Join(case),
            (None, Some(why)) => Settling::Dismiss(why),
            _ => return Err(coded("one of `case` and `dismiss`", "both or neither")),
        };
        let viewer = state.viewer.clone();
        state
            .ask(move |desk| desk.settle_signal(&op, signal, &settling, viewer.as_deref()))
            .await?;
        sent(StatusCode::OK, None, &Made { id: signal.to_string() })
    };
    change.json(settle).await
}

/// Who looks after a signal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedOwner {
    /// Somebody who may settle signals.
    #[schema(value_type = String)]
    person: PersonId,
}

/// Gives a signal that waits an owner.
#[utoipa::path(post, path = "/api/v1/signals/{signal}/owner", tag = "signals",
    params(("signal" = String, Path, description = "Identifier")), request_body = WishedOwner,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn own(Path(signal): Path<String>, change: Sending) -> Answered {
    let signal: SignalId = id(&signal)?;
    let own = move |state: State, op, wish: WishedOwner| async move {
        state.ask(move |desk| desk.assign_signal(&op, signal, wish.person)).await?;
        sent(StatusCode::OK, None, &Made { id: signal.to_string() })
    };
    change.json(own).await
}

/// A message to who reported a signal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessage {
    /// What it tells, which the case keeps: `acknowledged`, `progress` or `outcome`.
    #[schema(value_type = String)]
    told: Told,
    /// The text. It leaves the house.
    text: String,
}

/// Writes to who reported a signal by the public form. They read it under the address of their receipt.
#[utoipa::path(post, path = "/api/v1/signals/{signal}/messages", tag = "signals",
    params(("signal" = String, Path, description = "Identifier")), request_body = NewMessage,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn write(Path(signal): Path<String>, change: Sending) -> Answered {
    let signal: SignalId = id(&signal)?;
    let write = move |state: State, op, wish: NewMessage| async move {
        let (viewer, telling) = (state.viewer.clone(), Telling(wish.told));
        state
            .ask(move |desk| {
                desk.write_to_reporter(&op, signal, telling, &wish.text, viewer.as_deref())
            })
            .await?;
        sent(StatusCode::CREATED, None, &Made { id: signal.to_string() })
    };
    change.json(write).await
}

/// Erases for ever what a sealed signal and its thread say. The entries stay provable.
#[utoipa::path(post, path = "/api/v1/signals/{signal}/erasure", tag = "signals",
    params(("signal" = String, Path, description = "Identifier")), request_body = super::contact::ErasureWish,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn erase(Path(signal): Path<String>, change: Sending) -> Answered {
    let signal: SignalId = id(&signal)?;
    let erase = move |state: State, op, wish: super::contact::ErasureWish| async move {
        let op = because(op, wish.reason)?;
        state.ask(move |desk| desk.erase_signal(&op, signal)).await?;
        sent(StatusCode::OK, None, &Made { id: signal.to_string() })
    };
    change.json(erase).await
}

/// That nothing is affected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedNotAffected {
    /// Why not: a justification of VEX, such as `vulnerable_code_not_in_execute_path`.
    #[schema(value_type = String)]
    justification: Justification,
    /// The title of the decision.
    title: String,
    /// The evidence.
    statement: String,
}

/// What is to be done with rows of the queue: exactly one of the last three.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedTriage {
    /// Keys of the rows, as the queue gave them.
    rows: BTreeSet<String>,
    /// To propose one decision that none of their findings affects the versions they are found in.
    not_affected: Option<WishedNotAffected>,
    /// To open one case about all of them, with this title.
    open: Option<String>,
    /// To dismiss their signals: `spam`, `not_ours`, `no_security` or `unintelligible`.
    #[schema(value_type = Option<String>)]
    dismiss: Option<Dismissal>,
    /// The reason of a dismissal.
    reason: Option<String>,
}

/// What came of a triage.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Triaged {
    /// The decision that is proposed.
    decision: Option<String>,
    /// The case that was opened.
    case: Option<String>,
    /// How many signals were dismissed.
    dismissed: u64,
}

/// Triages rows of the queue together. A row that says something else by now refuses all of them.
#[utoipa::path(post, path = "/api/v1/signals/triage", tag = "signals", request_body = WishedTriage,
    responses((status = 200, body = Triaged), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn triage(change: Sending) -> Answered {
    let triage = move |state: State, op, wish: WishedTriage| async move {
        let op = because(op, wish.reason)?;
        let triage = match (wish.not_affected, wish.open, wish.dismiss) {
            (Some(one), None, None) => Triage::NotAffected {
                because: one.justification,
                title: one.title,
                statement: one.statement,
            },
            (None, Some(title), None) => Triage::Open { title },
            (None, None, Some(why)) => Triage::Dismiss(why),
            _ => {
                let wanted = "exactly one of `not_affected`, `open` and `dismiss`";
                return Err(coded(wanted, "another number of them"));
            }
        };
        let (rows, viewer) = (wish.rows, state.viewer.clone());
        let done =
            state.ask(move |desk| desk.triage(&op, &rows, triage, viewer.as_deref())).await?;
        let none = Triaged::default();
        let answer = match done {
            TriageDone::Proposed(id) => Triaged { decision: Some(id.to_string()), ..none },
            TriageDone::Opened(id) => Triaged { case: Some(id.to_string()), ..none },
            TriageDone::Dismissed(dismissed) => Triaged { dismissed, ..none },
        };
        sent(StatusCode::OK, None, &answer)
    };
    change.json(triage).await
}
