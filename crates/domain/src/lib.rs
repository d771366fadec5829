//! The rules of the record: nouns, commands, events and deciders. No I/O, no clock, no database.
//!
//! Each noun has one module with the same parts: an *event* (what was decided, kept for ever), a
//! *command* (what somebody wants), *facts* (what the register knows that matters for it) and a
//! decider, a pure function from facts and command to events or a [`Refusal`](refusal::Refusal).
//! Foreign text enters through [`text`], which gives it its normal form or refuses it.
//!
//! What this crate is not: it never reads the register (facts are handed in), never draws an
//! identifier (commands carry them, from [`Operation::new_id`](operation::Operation::new_id)) and
//! never decides whether a component is vulnerable (crate `matching`).
//!
//! To add a noun: one module here, one line in [`event`], one golden file for each event under
//! `tests/golden/`, then the same word in the register's `project/`, `facts/` and `read/`.

pub mod absence;
pub mod access;
pub mod access_review;
pub mod advisory;
pub mod canonical;
pub mod case;
pub mod clock;
pub mod component;
pub mod conflict;
pub mod consignee;
pub mod contact;
pub mod credential;
pub mod decision;
pub mod delegation;
pub mod difference;
pub mod duty;
pub mod edition;
pub mod entry;
pub mod event;
pub mod family;
pub mod finding;
pub mod grant;
pub mod harm;
pub mod log_key;
pub mod mapping;
pub mod moment;
pub mod notice;
pub mod operation;
pub mod person;
pub mod policy;
pub mod product;
pub mod quality;
pub mod reason;
pub mod refusal;
pub mod replay;
pub mod reporting;
pub mod rights;
pub mod role;
pub mod roster;
pub mod rules;
pub mod sbom;
pub mod session;
pub mod sight;
pub mod signal;
pub mod signature;
pub mod site;
pub mod ssvc;
pub mod stated;
pub mod subject;
pub mod supplier;
pub mod text;
pub mod token;
pub mod training;
pub mod twin;
pub mod unit;
pub mod usage;
pub mod version;
pub mod workspace;

pub use conflict::Conflict;
pub use entry::Entry;
pub use event::Event;
pub use moment::When;
pub use operation::{Actor, Channel, Operation, Role};
pub use refusal::Refusal;
pub use sight::Sight;
pub use workspace::WorkspaceName;

/// A calendar date without time and zone, written `2026-11-23`.
pub use jiff::civil::Date;
