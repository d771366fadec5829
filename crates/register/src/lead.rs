//! Work that one process at a time does, where several serve one register.

use crate::{
    fault::Fault,
    open::Register,
    sql::{Session, Use},
};

/// Held by the process that does some work. It goes to another when this one ends, however it ends,
/// or loses its connection.
#[derive(Debug)]
pub struct Lead {
    session: Option<Session>,
}

impl Lead {
    /// Whether it is still held. Ask before each piece of the work.
    pub fn holds(&self) -> bool {
        self.session.as_ref().is_none_or(Session::lives)
    }
}

impl Register {
    /// Takes the lead in some work, unless another process has it.
    pub fn lead(&self, work: &'static str) -> Result<Option<Lead>, Fault> {
        if !self.writer()?.is_shared() {
            return Ok(Some(Lead { session: None }));
        }
        let session = Session::open(self.place(), Use::Read)?;
        Ok(session.try_hold(work)?.then_some(Lead { session: Some(session) }))
    }
}
