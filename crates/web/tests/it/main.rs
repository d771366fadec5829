//! What must hold on every page, checked on all pages of the gallery.

#![allow(clippy::expect_used, reason = "a test may fail by panicking")]

mod access;
mod advisories;
mod attachments;
mod attacks;
mod cases;
mod change;
mod contacts;
mod decisions;
mod duty;
mod failure;
mod gallery;
mod house;
mod key;
mod mapping;
mod markup;
mod notices;
mod pages;
mod passkeys;
mod past;
mod people;
mod policies;
mod portal;
mod provider;
mod rights;
mod rubric;
mod run;
mod server;
mod signals;
mod signer;
mod style;
mod twins;
mod usage;
mod workspaces;
