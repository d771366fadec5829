// One case from outside to outside: a finder reports it on the public form, people of the maker work through all
// stages in their roles and sign what they must, customers are told and confirm, the advisory is published, the
// case is closed, and its evidence holds every step.

import { createServer } from "node:net";
import { barriers, excerpt } from "./checks.mjs";
import { be, main, prove, says, send } from "./signing.mjs";

const TITLE = "A crafted worklist answer restarts the gateway";
const FOUND = "An answer of the worklist with a name of 70,000 letters restarts the gateway.";
const AFFECTED = ["Cairn imaging gateway 3.2"];
const FIXED = "Cairn imaging gateway 4.0";
const OTHERS = ["Cairn imaging gateway 2.3", "Cairn imaging gateway 3.0", "Cairn imaging gateway 3.1", FIXED];

const [ANALYST, SAFETY, QUALITY, REGULATORY, OWNER, DEVELOPER, VERIFIER, RELEASER] = [
  "tomas.quill", "mary.okafor", "jon.lind", "sofia.reyes", "lena.vogt", "ravi.nair", "ines.pratt", "carl.moe",
];
/** Whoever is asked to sign, in this order; nobody signs who need not. */
const SIGNERS = [
  "lead.person", SAFETY, QUALITY, REGULATORY, DEVELOPER, OWNER, RELEASER, "per.holm", VERIFIER, ANALYST,
];

/** A port of this machine that nobody listens on, for a server that is told its own address. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

class Casework {
  constructor(tab, all) {
    this.tab = tab;
    this.all = all;
    this.checks = [];
  }

  get page() {
    return this.tab.page;
  }

  async as(login) {
    await be(this.tab, this.all.get(login));
  }

  async outside() {
    await this.page.context().clearCookies();
  }

  /** What the page calls something. */
  async named(pattern) {
    const text = await main(this.tab);
    const [found] = text.match(pattern) ?? [];
    if (!found) throw new Error(`no ${pattern}: ${excerpt(text)}`);
    return found;
  }

  /** The page is for everybody, and as wide as the screen, on a desktop and on a phone. */
  async looks(what) {
    this.checks.push({ what: `${what} is accessible`, problem: (await barriers(this.page)) || undefined });
    const desktop = this.page.viewportSize();
    for (const size of [desktop, { width: 390, height: 844 }]) {
      await this.page.setViewportSize(size);
      const [width, room] = await this.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      this.checks.push({ what: `${what} fits ${size.width} px`, problem: width > room ? `${width} px wide` : undefined });
    }
    await this.page.setViewportSize(desktop);
  }

  /** Fills a form by the names of its fields: text, a choice, `true` for a box, or labels of boxes to tick. */
  async fill(form, fields) {
    for (const [name, value] of Object.entries(fields)) {
      if (Array.isArray(value)) {
        for (const box of await this.page.locator(`${form} input[type="checkbox"][name^="${name}_"]`).all()) {
          const label = await box.evaluate((el) => el.closest("label").innerText);
          await box.setChecked(value.some((one) => label.includes(one)));
        }
        continue;
      }
      const field = this.page.locator(`${form} [name="${name}"]`);
      const tag = await field.first().evaluate((el) => el.tagName);
      if (tag === "SELECT") await field.selectOption(value);
      else await field.fill(value);
    }
  }

  /** Somebody records a fact by its form. */
  async fact(login, form, fields, query = "") {
    await this.as(login);
    await this.tab.step({ open: `${this.place}/record/${form}${query}` });
    await this.fill("main form.stacked", fields);
    await send(this.tab, "main form.stacked");
    if (this.tab.status >= 400 || !this.tab.place.startsWith(this.place)) {
      throw new Error(`${login} records ${form}: ${excerpt(await main(this.tab))}`);
    }
  }

  async vouch(login, guard, statement) {
    await this.fact(login, "attested", { guard, statement });
  }

  /** Somebody proposes a decision about the case, and everybody signs who must. */
  async decide(login, kind, fields) {
    await this.as(login);
    await this.tab.step({ open: `${this.place}/decide/${kind}` });
    await this.fill("main form.stacked", fields);
    await send(this.tab, "main form.stacked");
    await this.signed();
  }

  /** Signs the decision that is shown, until it is taken. */
  async signed() {
    const decision = this.tab.place;
    if (!decision.startsWith("/decisions/")) throw new Error(`no decision: ${excerpt(await main(this.tab))}`);
    const names = [];
    for (let round = 0; round < 2; round += 1) {
      for (const login of SIGNERS) {
        await this.as(login);
        await this.tab.step({ open: decision });
        if (/\. Taken since/.test(await main(this.tab))) return names;
        if ((await this.page.locator("#sign form").count()) === 0) continue;
        await prove(this.tab, this.all.get(login), "sign");
        await send(this.tab, "#sign form");
        names.push(login);
      }
    }
    throw new Error(`not taken: ${excerpt(await main(this.tab))}`);
  }

  async stage(pattern) {
    await this.tab.step({ open: this.place });
    const tags = await this.page.locator("main .tags").first().innerText();
    this.checks.push({ what: `the case is at ${pattern}`, problem: pattern.test(tags) ? undefined : excerpt(tags) });
  }

  async intake() {
    await this.outside();
    await this.tab.step({ open: "/report" });
    await this.fill("main form", { what: FOUND, product: "Cairn imaging gateway", version: "3.2" });
    await this.page.check("#harm-no");
    await this.tab.arrive(() => this.page.locator("main form button[type=submit]").click());
    this.receipt = this.tab.place;
    says(this.checks, await main(this.tab), /70,000 letters/);

    await this.as(ANALYST);
    await this.tab.step({ open: "/signals?kind=researcher" });
    await this.tab.step({ follow: /^\/signals\/sgn_/ });
    this.signal = this.tab.place;
    says(this.checks, await main(this.tab), /70,000 letters/);
    await this.page.fill("#case-title", TITLE);
    await this.tab.arrive(() => this.page.locator('#settle button[value="open"]').click());
    this.place = this.tab.place;
    this.number = await this.named(/PMC-[\d-]+/);
    await this.tell("acknowledged", "Thank you; we look at it.");

    await this.fact(ANALYST, "owner", { owner: { label: "Lea Dorn" } });
    await this.fact(ANALYST, "families", { families: ["Imaging gateways"] });
    await this.fact(ANALYST, "harm_screened", { answer: "no" });
    await this.vouch(ANALYST, "not_spam", "A finder with steps that work.");
    await this.fact(ANALYST, "credible", { words: "Seen again on the bench." });
    await this.fact(ANALYST, "weakness", { words: "CWE-121: the name is copied into 64 kB without looking." });
    await this.stage(/Triage/);
  }

  /** Writes to whoever reported it. */
  async tell(told, words) {
    await this.as(ANALYST);
    await this.tab.step({ open: this.signal });
    await this.page.selectOption("#told", told);
    await this.page.fill("#message", words);
    await send(this.tab, "#thread form");
  }

  async triage() {
    const why = "not_affected:vulnerable_code_not_present";
    await this.fact(ANALYST, "applicability", { versions: AFFECTED, applies: "affected", statement: "Seen on the bench." });
    await this.fact(ANALYST, "applicability", { versions: OTHERS, applies: why, statement: "The parser is another one." });
    await this.fact(ANALYST, "exposed", {
      versions: AFFECTED, environment: "Radiology", from: "network", interfaces: "DICOM on port 104",
      privileges: "None", measures: "A network of its own", reachable: "yes", evidence: "Test on the bench",
    });
    await this.vouch(ANALYST, "variants_checked", "No other product asks a worklist.");
    await this.stage(/Risk assessment/);
    await this.fact(ANALYST, "exploited", {
      vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", in_kev: "no", exploit: "proof_of_concept",
      reasons: "One answer is enough; only the finder has shown it.",
    });
    await this.fact(ANALYST, "selected", { E: "P", U: "S", TI: "P", PSI: "S" });
    await this.fact(SAFETY, "harmed", {
      versions: AFFECTED, severity: "serious", essential_performance: "yes", hazards: "HZ-014",
      reasoning: "Images that come late delay a diagnosis.",
    });
    await this.fact(SAFETY, "controls", { words: "The gateway starts again by itself within a minute." });
    await this.fact(SAFETY, "linked", { kind: "risk_file", label: "RMF-G-044" });
    await this.stage(/Determination/);
    await this.decide(ANALYST, "controlled", {
      version: AFFECTED, answer: "uncontrolled", title: "Uncontrolled on Cairn 3.2",
      statement: "Easy to do from the hospital's network, and a diagnosis can come late.",
    });
    await this.decide(ANALYST, "not_affected", {
      version: OTHERS, answer: why, title: "The other versions are not affected", statement: "Looked up in the builds.",
    });
    await this.fact(REGULATORY, "answered", { question: "harm_known", yes: "no", statement: "No complaint names it." });
    await this.fact(REGULATORY, "answered", { question: "isao_member", yes: "yes", statement: "Since 2022." });
    await this.fact(REGULATORY, "answered", { question: "controls_add_risk", yes: "no", statement: "Assessed." });
    await this.stage(/Mitigation planning/);
  }

  async plan() {
    const described = {
      versions: AFFECTED, skill: "Network administration", exploitability_after: "low",
      clinical_effect: "None", new_risks: "None", adds_risk: "no", verification: "Tried on the bench", residual_risk: "Small",
    };
    await this.fact(ANALYST, "described", {
      title: "Let only the worklist server answer", kind: "network", acts_in: "external", who_applies: "Hospital IT", ...described,
    });
    await this.fact(ANALYST, "described", {
      title: "Update to 4.0", kind: "patch", acts_in: "device", who_applies: "Field service", ...described,
    });
    await this.fact(OWNER, "planned", {
      chosen: ["worklist server", "Update to 4.0"], alternatives: "A filter in 3.2 was compared; 4.0 is nearly out.",
      interim: "Only the worklist server answers.", train: "out_of_cycle", target: day(20), rationale: "Verification takes two weeks.",
    });
    await this.decide(OWNER, "priority", {
      answer: "out_of_cycle", until: day(20), title: "Out of cycle", statement: "Before FDA's 60 days end.",
    });
    await this.vouch(REGULATORY, "communication_planned", "All customers in week one, the public with the fix.");
    await this.fact(OWNER, "linked", { kind: "change_request", label: "CR-3001" });
    await this.stage(/Remediation/);
  }

  /** An advisory is drafted, approved by signatures over its very documents, and let out. */
  async advisory(audience, action, proposer) {
    await this.as(ANALYST);
    await this.tab.step({ open: `${this.place}/advisories/new?audience=${audience}` });
    await this.fill("main form.stacked", {
      title: TITLE, summary: FOUND, impact: "Images may come late.", action, fix: "Version 4.0 mends it.",
    });
    await this.tab.arrive(() => this.page.locator('main form button[value="keep"]').click());
    const draft = this.tab.place;
    this.psa = await this.named(/PSA-\d{4}-\d{4}/);
    await this.as(proposer);
    await this.tab.step({ open: draft });
    await this.tab.arrive(() => this.page.locator("#next button").first().click());
    await this.signed();
    await this.as(REGULATORY);
    await this.tab.step({ open: draft });
    await this.tab.arrive(() => this.page.locator("#next form button").first().click());
    says(this.checks, await this.page.locator("main .tags").first().innerText(), /Published/);
    return draft;
  }

  async customers() {
    const draft = await this.advisory("customers", "Let only the worklist server answer.", REGULATORY);
    await this.tab.step({ open: draft });
    await this.tab.step({ follow: /\/notices$/ });
    const text = await main(this.tab);
    says(this.checks, text, /May be concerned: nobody knows what is installed/);
    await this.looks("the list of customers");
    await this.tab.arrive(() => this.page.locator('#issue button[value="all"]').click());
    const list = this.tab.place;
    says(this.checks, await main(this.tab), /Waits to go/);

    // One goes by hand and is confirmed by its address; of the others it is said why not.
    const cookies = await this.page.context().cookies();
    const card = this.page.locator("#customers article").first();
    const href = await card.locator("a[download]").first().getAttribute("href");
    const letter = await (await this.page.request.get(this.tab.base + href)).text();
    says(this.checks, letter.replace(/\s+/g, " "), /Let only the worklist server answer/);
    await this.tab.arrive(() => card.locator("button", { hasText: "It went by hand" }).click());
    const link = new URL(letter.match(/https?:\/\/\S+\/notices\/\S+/)[0]);
    await this.outside();
    await this.tab.step({ open: link.pathname });
    await this.looks("the notice");
    await this.tab.arrive(() => this.page.locator("#acknowledge button").click());
    says(this.checks, await main(this.tab), /Confirmed/);
    await this.page.context().addCookies(cookies);
    await this.tab.step({ open: `${list}?reach=acknowledged` });
    says(this.checks, await main(this.tab), /by the address in the letter/);
    await this.page.fill("#exceptions", "Their letters go with the next post.");
    await send(this.tab, "#record form");
    says(this.checks, await main(this.tab), /1 consignee/);
  }

  async fix() {
    await this.fact(REGULATORY, "happened", { what: "isao_told", at: moment(), statement: "Shared." });
    const on = (version) => ({ version: { label: version } });
    await this.fact(ANALYST, "tested", {
      kind: "security_before", ...on(AFFECTED[0]), passed: "no", statement: "The long name restarts 3.2.",
    });
    await this.fact(DEVELOPER, "changed", { ...on(FIXED), statement: "The length is looked at; baseline 4.0-rc3." });
    await this.vouch(DEVELOPER, "threat_model_updated", "TM-G rev. 12.");
    await this.stage(/Verification/);
    for (const kind of ["security_after", "regression", "safety_impact", "update", "rollback"]) {
      await this.fact(VERIFIER, "tested", { kind, ...on(FIXED), passed: "yes", statement: "Report TR-900." });
    }
    await this.vouch(VERIFIER, "trace_complete", "SR-91, HZ-014, CR-3001, TR-900.");
    await this.stage(/Release approval/);
    await this.fact(QUALITY, "happened", { what: "fix_validated", at: moment(), statement: "VR-400." });
    await this.vouch(REGULATORY, "submission_assessed", "Letter to file.");
    await this.vouch(REGULATORY, "notes_approved", "RN-4.0.");
    await this.vouch(RELEASER, "package_signed", "With the release key.");
    await this.vouch(ANALYST, "vex_fixed_ready", "4.0 is stated as fixed.");
    await this.decide(DEVELOPER, "release", { title: "Release of Cairn 4.0", statement: "Verified and validated." });
    await this.fact(REGULATORY, "happened", { what: "fix_available", at: moment(), statement: "Offered." });
    await this.fact(REGULATORY, "happened", { what: "fix_distributed", at: moment(), statement: "Sent to all." });
    await this.stage(/Deployment/);
    await this.fact(REGULATORY, "answered", { question: "residual_acceptable", yes: "yes", statement: "It is gone." });
    await this.vouch(OWNER, "rate_measured", "30 of 50 run 4.0.");
    await this.vouch(OWNER, "rest_followed_up", "The others let only the worklist server answer.");
    await this.stage(/Effectiveness/);
    await this.vouch(OWNER, "adoption_met", "The rest is assessed: RMF-G-044.");
    await this.vouch(QUALITY, "no_related_complaints", "None.");
    await this.vouch(ANALYST, "monitoring_in_place", "A rule watches restarts.");
    await this.stage(/Closure review/);
  }

  async published() {
    await this.advisory("public", "Update to version 4.0.", "lead.person");
    await this.outside();
    await this.tab.step({ open: "/advisories" });
    await this.tab.step({ open: `/advisories/${this.psa}` });
    const text = await main(this.tab);
    for (const pattern of [/restarts the gateway/, /Update to version 4\.0/, /Affected/, /Update to Cairn imaging gateway 4\.0/]) {
      says(this.checks, text, pattern);
    }
    await this.looks("the advisory");
    const csaf = await this.page.request.get(`${this.tab.base}/advisories/${this.psa.toLowerCase()}.json`);
    const { document } = await csaf.json();
    this.checks.push({
      what: "its CSAF document is served",
      problem: document.tracking.id === this.psa ? undefined : JSON.stringify(document.tracking),
    });
  }

  async close() {
    await this.decide(REGULATORY, "reportability", {
      answer: "not_reportable", title: "No report under 806", statement: "The conditions of discretion are met.",
    });
    await this.vouch(REGULATORY, "advisory_final", this.psa);
    await this.vouch(QUALITY, "lessons_learned", "Lengths are part of the review list.");
    await this.tell("outcome", "It is mended in 4.0. Thank you.");
    await this.decide(ANALYST, "closure", { title: `Close ${this.number}`, statement: "Everything is there." });
    await this.stage(/Closed/);
    says(this.checks, await main(this.tab), /nothing is to be done/i);
    await this.tab.step({ open: `${this.place}/evidence` });
    const text = await main(this.tab);
    for (const pattern of [
      /CWE-121/, /Seen on the bench/, /CVSS:3\.1\/AV:N/, /RMF-G-044/, /Uncontrolled on Cairn 3\.2/, /CR-3001/,
      /Let only the worklist server answer/, /The long name restarts 3\.2/, /4\.0-rc3/, /TR-900/, /Letter to file/,
      /Release of Cairn 4\.0/, /1 consignee/, /No report under 806/, /Lengths are part of the review list/,
      /Lea Dorn/, /Jon Lind/, /sha256:/,
    ]) says(this.checks, text, pattern);
    await this.looks("the evidence");
    const file = await (await this.page.request.get(`${this.tab.base}/api/v1${this.place}/evidence`)).text();
    for (const words of ["CWE-121", "4.0-rc3", "TR-900", "Close PMC-", "Uncontrolled on Cairn 3.2"]) {
      this.checks.push({ what: `the evidence file holds ${words}`, problem: file.includes(words) ? undefined : excerpt(file) });
    }
    await this.outside();
    await this.tab.step({ open: this.receipt });
    says(this.checks, await main(this.tab), /It is mended in 4\.0/);
  }
}

/** A day so many days from now, as a date field takes it. */
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
/** This minute in UTC, as a field for date and time takes it. */
const moment = () => new Date().toISOString().slice(0, 16);

/** The whole way. Each part gives its checks; one that breaks off ends the way. */
export const CASEWORK = [
  ["a finder's report becomes a case", "intake"],
  ["versions, exposure, harm and risk are determined and signed", "triage"],
  ["the mitigation is planned and its priority signed", "plan"],
  ["customers concerned are told and confirm", "customers"],
  ["the fix is verified, released by signatures, and followed up", "fix"],
  ["the advisory is signed, published and seen by everybody", "published"],
  ["the case is closed with its evidence, and the finder knows", "close"],
];

export function casework(tab, all) {
  const work = new Casework(tab, all);
  return async (part) => {
    work.checks = [];
    await work[part]();
    const heard = work.tab.errors.map((error) => error.text).join("; ");
    work.checks.push({ what: "nothing went wrong in the browser", problem: heard || undefined });
    return work.checks;
  };
}
