//! Matching against real snapshots, the sample manufacturer and hand-made tables.

mod build;
mod expected;
mod rules;
mod truth;
