//! Aftercare: testkit.
