//! The security record of what is read or taken away: made before the answer goes out.

use crate::{guard::RequestId, state::State, trouble::Failure};
use aftercare_desk::answers::{Contact, Who};
use aftercare_domain::{Channel, session::Taking};

impl State {
    /// Records that whoever asks read or exported something; `what` is its address without prefix.
    pub(crate) async fn taken(
        &self,
        request: &RequestId,
        channel: Channel,
        (way, what): (Taking, String),
    ) -> Result<(), Failure> {
        let (person, op) = (self.person()?.person, self.operation(channel, request));
        self.ask(move |desk| desk.note_taken(&op, person, way, &what)).await
    }

    /// Records that personal text about contacts was read; of erased ones there is none.
    pub(crate) async fn contacts_read(
        &self,
        request: &RequestId,
        channel: Channel,
        contacts: &[Contact],
    ) -> Result<(), Failure> {
        let shown = contacts.iter().find(|one| matches!(one.who, Who::Person { .. }));
        let Some(shown) = shown else { return Ok(()) };
        let what = format!("/consignees/{}/contacts", shown.consignee.id);
        self.taken(request, channel, (Taking::ReadSensitive, what)).await
    }
}
