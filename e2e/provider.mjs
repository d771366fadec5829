// Single sign-on at a provider that others wrote (`fixtures/oidc/`): from the sign-in page to it and back.

import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { excerpt } from "./checks.mjs";
import { enter, main, says } from "./signing.mjs";

const NAME = "Maker SSO";

/** Starts the provider; answers what the product is told of it, how it learns our address, and `stop`. */
export async function startProvider(root) {
  const child = spawn(process.execPath, ["server.mjs"], {
    cwd: path.join(root, "fixtures/oidc"),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const issuer = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`fixtures/oidc/server.mjs ended (${code}) before it listened`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, address] = /^listening (.+)$/.exec(line) ?? [];
      if (address) resolve(address);
    });
  });
  return {
    issuer,
    settings: {
      AFTERCARE_OIDC_ISSUER: issuer,
      AFTERCARE_OIDC_CLIENT_ID: "aftercare-ES256",
      AFTERCARE_OIDC_CLIENT_SECRET: "a secret/with+signs",
      AFTERCARE_OIDC_NAME: NAME,
      AFTERCARE_OIDC_LINK: "username",
    },
    async knows(base) {
      const told = await fetch(`${issuer}/fixture/back`, { method: "POST", body: `${base}/sign-in/provider/back` });
      if (!told.ok) throw new Error(`the provider answers ${told.status}`);
    },
    stop() {
      child.stdin.end(); // it ends with its input
      return new Promise((ended) => (child.exitCode === null ? child.once("exit", ended) : ended()));
    },
  };
}

const button = (tab) => tab.page.locator("main button", { hasText: `Sign in with ${NAME}` });

/** To the provider, its two questions, and back; answers when a page of ours is shown. */
async function there(tab, issuer, login) {
  await tab.step({ open: "/sign-in?to=%2Fproducts" });
  await button(tab).click();
  const next = tab.page.locator("form [type=submit]").last();
  for (let step = 0; step < 4; step += 1) {
    await tab.page.waitForURL((url) => url.origin === issuer || /provider\/back|products/.test(url.pathname));
    if (new URL(tab.page.url()).origin !== issuer) return;
    const field = tab.page.locator('input[name="login"]');
    if ((await field.count()) > 0) {
      await field.fill(login);
      await tab.page.fill('input[name="password"]', "anything");
    }
    await tab.arrive(() => next.click());
  }
}

/** Somebody who was added is signed in; somebody who was not is told; whoever has a code generator gives its code. */
export async function singleSignOn(tab, all, { issuer }) {
  const checks = [];
  const check = (what, problem) => checks.push({ what, problem: problem || undefined });
  const fresh = () => tab.page.context().clearCookies();

  await there(tab, issuer, "anna.berg");
  check("leads to the page that was asked for", tab.place === "/products" ? "" : `${tab.place}: ${excerpt(await main(tab))}`);
  await tab.step({ open: "/account" });
  says(checks, await main(tab), /Anna Berg/);
  const [own] = await tab.page.locator("#sessions tr", { hasText: "This one" }).allInnerTexts();
  check("the session says by what", /identity provider/.test(own ?? "") ? "" : `its row says: ${own}`);

  await fresh();
  await there(tab, issuer, "mallory");
  says(checks, await main(tab), /nobody was added here under your login/);
  await tab.step({ open: "/products" });
  check("who was not added sees nothing", tab.place.startsWith("/sign-in") ? "" : tab.place);

  await fresh();
  const jon = all.get("jon.lind");
  await there(tab, issuer, jon.login);
  says(checks, await main(tab), /[Cc]ode/);
  await enter(tab, jon, { begun: true });
  check("the code of the generator lets in", tab.place === "/products" ? "" : tab.place);
  return checks;
}
