//! Addresses of signals, and of the portal where they come from outside.

use super::{Links, encoded};
use aftercare_vocab::id::SignalId;

impl Links {
    /// The queue of signals.
    pub fn signals(&self) -> String {
        self.signals_with(&[])
    }

    /// The queue, narrowed or turned over.
    pub fn signals_with(&self, values: &[(&str, &str)]) -> String {
        self.address("/signals", values)
    }

    /// The form for a signal.
    pub fn new_signal(&self) -> String {
        self.at(None).address("/signals/new", &[])
    }

    /// Where rows of the queue are triaged.
    pub fn triage(&self) -> String {
        self.at(None).address("/signals/triage", &[])
    }

    /// One signal.
    pub fn signal(&self, id: SignalId) -> String {
        self.address(&format!("/signals/{id}"), &[])
    }

    /// A form about a signal: `settlement`, `owner`, `messages`, `erasure`.
    pub fn signal_form(&self, id: SignalId, form: &str) -> String {
        self.at(None).address(&format!("/signals/{id}/{form}"), &[])
    }

    /// The file that came with a signal.
    pub fn signal_file(&self, id: SignalId) -> String {
        self.address(&format!("/api/v1/signals/{id}/file"), &[])
    }

    /// The public form for reports.
    pub fn report(&self) -> String {
        self.at(None).address("/report", &[])
    }

    /// What whoever has the key sees of their report.
    pub fn report_thread(&self, key: &str) -> String {
        self.at(None).address(&format!("/report/{}", encoded(key)), &[])
    }

    /// The disclosure policy.
    pub fn security_policy(&self) -> String {
        self.at(None).address("/security-policy", &[])
    }
}
