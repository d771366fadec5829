//! Pages: pure functions from an answer to markup, one noun a file.

pub mod account;
pub mod ask;
pub mod blast_radius;
pub mod changes;
pub mod component_places;
pub mod components;
pub mod consignee;
pub mod contacts;
pub mod finding;
pub mod form;
pub mod frame;
pub mod icons;
pub mod ledger;
mod moment;
pub mod people;
pub mod person;
pub mod problem;
pub mod products;
pub mod roles;
pub mod security;
pub mod sign_in;
pub mod site;
pub mod twins;
pub mod upload;
pub mod version;
pub mod workspaces;
