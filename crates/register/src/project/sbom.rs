//! SBOMs, their distinct components, and where each stands.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{Value, statements, values},
};
use aftercare_domain::{
    component::{identity_document, keys},
    sbom::SbomReceived,
    text::folded,
};
use aftercare_vocab::inventory::{Component, Inventory};
use std::collections::BTreeMap;

statements! {
    SBOM_NO = "SELECT no FROM sbom WHERE digest = $1 AND inventory = $2";
    ADD_SBOM = "INSERT INTO sbom (no, since, digest, inventory, format, spec_version, size, reader,
        components, dependencies, warnings, name, serial, created, root)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    END_ATTACHED = "UPDATE attached SET until = $1 WHERE version = $2 AND until IS NULL
        AND sbom IN (SELECT no FROM sbom WHERE digest = $3)";
    ADD_ATTACHED = "INSERT INTO attached (version, sbom, since, until, received_from)
        VALUES ($1, $2, $3, NULL, $4)";
    NEWEST_COMPONENT = "SELECT coalesce(max(no), 0) FROM component";
    COMPONENT_NO = "SELECT no FROM component WHERE identity = $1";
    ADD_COMPONENT = "INSERT INTO component (no, since, identity, name, folded, group_name, version,
        purl, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ADD_KEY = "INSERT INTO component_key (kind, key, component) VALUES ($1, $2, $3)";
    ADD_INSTANCE = "INSERT INTO instance (component, sbom, position, repeat) VALUES ($1, $2, $3, $4)";
}

impl Projector<'_> {
    pub(super) fn sbom_received(&self, seq: i64, e: &SbomReceived) -> Result<(), Fault> {
        let version = self.version_no(e.version.as_bytes())?;
        for digest in &e.replaces {
            self.session.send(END_ATTACHED, values![seq, version, digest.as_bytes()])?;
        }
        let known = self.session.first(
            SBOM_NO,
            values![e.sbom.as_bytes(), e.inventory.as_bytes()],
            |row| row.int(0),
        )?;
        let sbom = if let Some(sbom) = known {
            sbom
        } else {
            let inventory = self.documents.inventory(&e.inventory)?;
            self.add_sbom(seq, e, &inventory)?;
            self.add_components(seq, &inventory)?;
            seq
        };
        self.session.send(ADD_ATTACHED, values![version, sbom, seq, e.received_from.as_ref()])
    }

    fn add_sbom(&self, seq: i64, e: &SbomReceived, inventory: &Inventory) -> Result<(), Fault> {
        let format = serde_json::to_value(e.format).map_err(|e| Fault::shape("a format", e))?;
        self.session.send(
            ADD_SBOM,
            values![
                seq,
                seq,
                e.sbom.as_bytes(),
                e.inventory.as_bytes(),
                format.as_str().unwrap_or_default(),
                &e.spec_version,
                e.size,
                &e.reader,
                e.components,
                e.dependencies,
                e.warnings,
                inventory.name.as_ref(),
                inventory.serial.as_ref(),
                inventory.created.as_ref(),
                inventory.root
            ],
        )
    }

    fn add_components(&self, seq: i64, inventory: &Inventory) -> Result<(), Fault> {
        let mut next = self.session.number(NEWEST_COMPONENT, &[])? + 1;
        let mut repeats: BTreeMap<i64, i64> = BTreeMap::new();
        let mut instances = Vec::with_capacity(inventory.components.len());
        for (position, component) in inventory.components.iter().enumerate() {
            let (digest, document) =
                identity_document(component).map_err(|e| Fault::shape("a component", e))?;
            let known =
                self.session.first(COMPONENT_NO, values![digest.as_bytes()], |row| row.int(0))?;
            let no = if let Some(no) = known {
                no
            } else {
                self.add_component(seq, next, digest.as_bytes(), component, &document)?;
                next += 1;
                next - 1
            };
            let repeat = repeats.entry(no).and_modify(|n| *n += 1).or_insert(0);
            instances.push((no, position as i64, *repeat));
        }
        instances.sort_unstable(); // the inverted index is clustered by component
        self.session.bulk(
            ADD_INSTANCE,
            instances.into_iter().map(|(no, position, repeat)| {
                [no.into(), seq.into(), position.into(), repeat.into()]
            }),
        )
    }

    fn add_component(
        &self,
        seq: i64,
        no: i64,
        identity: &[u8; 32],
        component: &Component,
        document: &str,
    ) -> Result<(), Fault> {
        let purl = component.purls.first().map(ToString::to_string);
        self.session.send(
            ADD_COMPONENT,
            values![
                no,
                seq,
                identity,
                &component.name,
                &folded(&component.name),
                component.group.as_ref(),
                component.version.as_ref(),
                purl.as_ref(),
                document
            ],
        )?;
        let keys = keys(component);
        self.session.bulk(
            ADD_KEY,
            keys.iter()
                .map(|(kind, key)| [Value::from(kind.code()), Value::from(key), Value::from(no)]),
        )
    }
}
