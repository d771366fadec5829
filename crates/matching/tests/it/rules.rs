//! Rules, one table each.
