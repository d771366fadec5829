// A passkey, made and used in Chromium with the authenticator that the browser plays itself (WebDriver's
// "virtual authenticator", through the DevTools protocol).

import { barriers } from "./checks.mjs";
import { enter, main, propose, says } from "./signing.mjs";

const KEY = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};

/** Browsers keep passkeys for names, not for numbers. */
export const byName = (base) => base.replace("127.0.0.1", "localhost");

/** Registered, signed in with, signed with; and refused when the device does not know who holds it. */
export async function passkey(tab, all) {
  const checks = [];
  const check = (what, problem) => checks.push({ what, problem: problem || undefined });
  const browser = await tab.page.context().newCDPSession(tab.page);
  await browser.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", { options: KEY });
  const keys = async () => (await browser.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  const press = (form) => tab.page.locator(`${form} [data-passkey] button`).first();
  const jon = all.get("jon.lind");

  await enter(tab, all.get("tomas.quill"));
  const place = await propose(tab, "Close it with a passkey");
  await tab.page.context().clearCookies();

  await enter(tab, jon);
  await tab.step({ open: "/account" });
  tab.listen();
  await tab.page.locator("#passkeys summary", { hasText: "Register a passkey" }).click();
  await tab.page.fill("#passkey-name", "Key of the trial");
  await tab.page.fill("#passkey-password", jon.password);
  await tab.arrive(() => press("#passkeys").click());
  says(checks, await main(tab), /Key of the trial/);
  check("the key is kept on the device", (await keys()).length === 1 ? "" : JSON.stringify(await keys()));
  check("is accessible with a passkey", await barriers(tab.page));

  await tab.page.context().clearCookies();
  await tab.step({ open: "/sign-in" });
  await tab.arrive(() => press("main form").click());
  await tab.step({ open: "/account" });
  says(checks, await main(tab), /Jon Lind[\s\S]*passkey/);
  const [used] = await tab.page.locator("#sessions tr", { hasText: "This one" }).allInnerTexts();
  check("the session says by what", /passkey/.test(used ?? "") ? "" : `its row says: ${used}`);

  await tab.step({ open: place });
  await browser.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await press("#sign form").click();
  const told = tab.page.locator("#sign [data-passkey] [role=alert]");
  await told.filter({ hasText: /No passkey answered/ }).waitFor();
  await tab.step({ open: place });
  check("a device that does not know who holds it signs nothing", /Signed version/.test(await main(tab)) ? "it signed" : "");
  await browser.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await tab.arrive(() => press("#sign form").click());
  says(checks, await main(tab), /Jon Lind, Quality\s+Signed version 1, meaning review[^\n]+\s+Shown by passkey\. Over sha256:/);

  await browser.send("WebAuthn.clearCredentials", { authenticatorId });
  await tab.page.context().clearCookies();
  await tab.step({ open: "/sign-in" });
  await press("main form").click();
  await tab.page.locator("main [data-passkey] [role=alert]", { hasText: /No passkey answered/ }).first().waitFor();
  check("without the key nobody is signed in", /\/sign-in/.test(tab.page.url()) ? "" : tab.page.url());
  check("is quiet", tab.errors.map((error) => error.text).join("; "));
  check("asks no other host", tab.foreign.join(", "));
  return checks;
}
