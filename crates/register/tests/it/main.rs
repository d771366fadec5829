//! The register as its users meet it: one directory, one pen, readers of any day.

mod faults;
mod findings;
mod group;
mod house;
mod past;
mod rebuild;
mod rules;
mod tamper;
