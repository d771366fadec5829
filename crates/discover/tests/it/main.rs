//! The search through its public doors: files on disk and in archives.

#![allow(clippy::expect_used, reason = "helpers of tests")]

mod binaries;
mod build;
mod hostile;
mod images;
mod locks;
mod nested;
mod packages;
mod rpm;
mod systems;
mod unknown;
