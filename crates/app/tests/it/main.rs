//! The built program, run as people and scripts run it: what it prints and how it ends.

mod bench;
mod check;
mod corpus;
mod record;
mod settings;
