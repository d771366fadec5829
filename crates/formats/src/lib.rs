//! Foreign documents, read into the words of the trade.
//!
//! One module for each family of formats. A reader takes bytes and gives a value of `aftercare-vocab`
//! with the problems met on the way, each with its place; or it refuses and says why. Readers do no
//! I/O, keep nothing, never panic on hostile input, and bound time and memory by named limits.

pub mod feed;
pub mod sbom;
