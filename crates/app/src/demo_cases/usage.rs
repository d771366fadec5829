//! What the sample manufacturer states of the use of its products. Of one it states less, of others nothing, so that
//! the pages show what is unknown, too.

use super::{LEAD, OWNER, SAFETY, Story, lacking};
use crate::{demo::SAMPLE, ending::Failure};
use aftercare_desk::NewRiskFile;
use aftercare_vocab::id::ProductId;

impl Story<'_> {
    /// Risk files, environments and cycles, stated before the first case.
    pub(super) fn use_stated(&self) -> Result<(), Failure> {
        self.clock.go_to(68);
        let pump = self.product("Vellum A infusion pump")?;
        let scale = "S1=negligible, S2=minor, S3=serious, S4=critical, S5=catastrophic";
        self.risk_file(pump, "vellum-a-infusion-pump.csv", scale)?;
        self.environment(
            pump,
            "Ward",
            "Nurses, at the bed, day and night",
            "Wi-Fi and cable of the hospital, to the pump gateway",
            "A network of its own for infusion devices, as the instructions for use ask for",
        )?;
        self.cycle(pump, 180, "Updates are installed at the half-yearly check of the pump; known flaws of controlled risk do not grow more severe within that time.")?;
        let gateway = self.product("Cairn imaging gateway")?;
        self.risk_file(gateway, "cairn-imaging-gateway.csv", "")?;
        self.environment(
            gateway,
            "Radiology",
            "Radiographers and radiologists, in working hours",
            "Network of radiology, with a way out to remote service",
            "Outbound connections only to the named service addresses",
        )?;
        self.cycle(gateway, 90, "Updates are installed from remote within two weeks; a quarter leaves time for the validation of studies.")?;
        let patch = self.product("Harrow T telemetry patch")?;
        self.environment(
            patch,
            "Ward",
            "Patients who walk about, watched from the station",
            "Bluetooth Low Energy to the monitor",
            "",
        )
    }

    fn product(&self, name: &str) -> Result<ProductId, Failure> {
        self.products.get(name).copied().ok_or_else(|| lacking(name))
    }

    fn risk_file(&self, product: ProductId, name: &str, scale: &str) -> Result<(), Failure> {
        let file = SAMPLE.get_file(format!("risk-files/{name}")).ok_or_else(|| lacking(name))?;
        let new = NewRiskFile {
            file_name: name.to_owned(),
            columns: String::new(),
            scale: scale.to_owned(),
        };
        let op = self.op(SAFETY)?;
        self.desk.adopt_risk_file(&op, None, product, &new, file.contents())?;
        Ok(())
    }

    fn environment(
        &self,
        product: ProductId,
        name: &str,
        description: &str,
        network: &str,
        measures: &str,
    ) -> Result<(), Failure> {
        let said = [name, description, network, measures].map(str::to_owned);
        Ok(self.desk.state_environment(&self.op(LEAD)?, None, product, said)?)
    }

    fn cycle(&self, product: ProductId, days: u32, why: &str) -> Result<(), Failure> {
        Ok(self.desk.state_cycle(&self.op(OWNER)?, None, product, days, why.to_owned())?)
    }
}
