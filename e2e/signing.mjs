// Several people decide together: they sign in, sign, co-sign, refuse and delegate, each in a browser of
// their own. Who they are, the demo wrote into `demo-sign-in.json` in its data folder.

import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { barriers, excerpt } from "./checks.mjs";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP = 30_000;

/** The people of the demo by login. */
export async function people(data) {
  const file = JSON.parse(await readFile(path.join(data, "demo-sign-in.json"), "utf8"));
  return new Map(file.people.map((one) => [one.login, { ...one, step: 0 }]));
}

/** What a code generator shows in a step (RFC 6238, SHA-1, six digits). */
export function shown(seed, step) {
  const bits = [...seed.toUpperCase().replace(/[^A-Z2-7]/g, "")]
    .map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac.at(-1) & 0x0f;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/**
 * A code that this person has not used: each counts once, so the next step is waited for when this one is
 * spent. One step early is accepted, which spares most of the waiting.
 */
async function code(person) {
  const next = () => Math.floor(Date.now() / STEP) + 1;
  while (person.step >= next()) {
    await new Promise((done) => setTimeout(done, STEP - (Date.now() % STEP)));
  }
  person.step = Math.max(person.step + 1, next() - 1);
  return shown(person.totp, person.step);
}

/** Signs in by the form, at the root or under the prefix of a twin or another workspace. */
export async function signIn(tab, person, prefix = "") {
  await tab.step({ open: `${prefix}/sign-in` });
  if (!new URL(tab.page.url()).pathname.endsWith("/sign-in")) return; // signed in already
  await tab.page.fill('input[name="login"]', person.login);
  await tab.page.fill('input[name="password"]', person.password);
  await tab.arrive(() => tab.page.locator('main button[type="submit"]').first().click());
}

/** Sets the password by an invitation, and is signed in. */
export async function join(tab, person, prefix, invitation) {
  await tab.step({ open: `${prefix}/join` });
  await tab.page.fill('input[name="login"]', person.login);
  await tab.page.fill('input[name="code"]', invitation);
  await tab.page.fill('input[name="password"]', person.password);
  await tab.arrive(() => tab.page.locator('main button[type="submit"]').first().click());
}

/** From here on the browser is somebody's: signed in once, then with the session they have. */
export async function be(tab, person) {
  const context = tab.page.context();
  await context.clearCookies();
  if (person.cookies) {
    await context.addCookies(person.cookies);
    return;
  }
  await enter(tab, person);
  person.cookies = await context.cookies();
}

/** Signs in by password, unless the first step was `begun` in another way; and by code where one is asked for. */
export async function enter(tab, person, { begun = false } = {}) {
  if (!begun) await signIn(tab, person);
  if (person.totp && (await tab.page.locator('main input[name="code"]').count()) > 0) {
    await tab.page.fill('main input[name="code"]', await code(person));
    await tab.arrive(() => tab.page.locator('main button[type="submit"]').first().click());
  }
}

export async function send(tab, form) {
  await tab.arrive(() => tab.page.locator(`${form} button[type="submit"]`).last().click());
}

export async function prove(tab, person, form) {
  await tab.page.fill(`#${form}-password`, person.password);
  await tab.page.fill(`#${form}-code`, await code(person));
}

export function says(checks, text, pattern) {
  checks.push({ what: `shows ${pattern}`, problem: pattern.test(text) ? undefined : `not in: ${excerpt(text)}` });
}

export const main = (tab) => tab.page.locator("main").innerText();

export async function propose(tab, title) {
  await tab.step({ open: "/decisions/new?kind=closure" });
  await tab.page.fill("#about", "CVE-2021-44228");
  await tab.page.fill("#title", title);
  await tab.page.fill("#statement", "Nothing is left to do: the fix is in the field.");
  await tab.page.check('input[name="family_all"]');
  await send(tab, "main form.stacked");
  return tab.place;
}

/** Proposed by one, signed by two others; shown with names, meaning and digest. */
export async function cosigned(tab, all) {
  const checks = [];
  await be(tab, all.get("tomas.quill"));
  const place = await propose(tab, "Close the case of Log4Shell");
  says(checks, await main(tab), /Still missing/);
  checks.push({ what: "is accessible", problem: (await barriers(tab.page)) || undefined });
  for (const [login, form] of [
    ["jon.lind", "sign"],
    ["lead.person", "sign"],
  ]) {
    const person = all.get(login);
    await be(tab, person);
    await tab.step({ open: "/decisions" });
    says(checks, await main(tab), /Close the case of Log4Shell/);
    await tab.step({ open: place });
    await prove(tab, person, form);
    await send(tab, "#sign form");
  }
  const text = await main(tab);
  for (const pattern of [/Jon Lind/, /Lea Dorn/, /approval/, /review/, /sha256:/, /Taken/]) says(checks, text, pattern);
  checks.push({ what: "is accessible when signed", problem: (await barriers(tab.page)) || undefined });
  return checks;
}

/** Refused with a reason, which whoever proposed it reads. */
export async function refused(tab, all) {
  const checks = [];
  await be(tab, all.get("tomas.quill"));
  const place = await propose(tab, "Close it too early");
  const jon = all.get("jon.lind");
  await be(tab, jon);
  await tab.step({ open: place });
  await tab.page.locator("#refuse summary").click();
  await tab.page.fill("#refuse-reason", "Two sites still run the old version.");
  await prove(tab, jon, "refuse");
  await send(tab, "#refuse form");
  const text = await main(tab);
  for (const pattern of [/Refused/, /Two sites still run the old version/, /Write a new version/]) says(checks, text, pattern);
  return checks;
}

/** A role is handed over; the delegate signs in their own name. */
export async function delegated(tab, all) {
  const checks = [];
  const [lea, tomas, jon] = ["lead.person", "tomas.quill", "jon.lind"].map((login) => all.get(login));
  await be(tab, lea);
  const place = await propose(tab, "Close it while Lea is away");
  await tab.step({ open: "/delegations/new" });
  await tab.page.selectOption("#to", { label: tomas.name });
  await prove(tab, lea, "delegate");
  await send(tab, "#give form");
  says(checks, await main(tab), new RegExp(tomas.name));
  await be(tab, tomas);
  await tab.step({ open: place });
  await prove(tab, tomas, "sign");
  await send(tab, "#sign form");
  says(checks, await main(tab), /By delegation of Lea Dorn/);
  await be(tab, jon);
  await tab.step({ open: place });
  await prove(tab, jon, "sign");
  await send(tab, "#sign form");
  says(checks, await main(tab), /Taken/);
  return checks;
}
