// Chromium with a fresh profile, and a tab that remembers everything that went wrong in it.

import { chromium } from "playwright-core";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";

export const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** Longest wait for one page or one action, in milliseconds. */
export const PATIENCE = 20_000;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Whatever a page asks for, no name but this machine's own is ever looked up.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

/** Opens a tab on a screen, hands it to `work`, and closes the browser whatever happens. */
export async function withTab({ executable, scratch, screen, base }, work) {
  const profile = await mkdtemp(path.join(scratch, "profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable,
    args: FLAGS,
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    ...SCREENS[screen],
  });
  try {
    context.setDefaultTimeout(PATIENCE);
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`content security policy: ${event.violatedDirective}: ${event.blockedURI}`);
      });
    });
    const page = context.pages()[0] ?? (await context.newPage());
    return await work(new Tab(page, base));
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** A page in a browser, and what was heard from it since the last `listen`. */
export class Tab {
  constructor(page, base) {
    this.page = page;
    this.base = base;
    this.status = 0;
    this.listen();
    page.on("console", (message) => {
      if (message.type() === "error") {
        this.errors.push({ text: message.text(), url: message.location().url });
      }
    });
    page.on("pageerror", (error) => this.errors.push({ text: String(error), url: page.url() }));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== base) this.foreign.push(url.href);
    });
    page.on("response", (response) => {
      const request = response.request();
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
        this.status = response.status();
      }
    });
  }

  /** Forgets what was heard so far. */
  listen() {
    this.errors = [];
    this.foreign = [];
  }

  /** Path and query of the page shown. */
  get place() {
    const url = new URL(this.page.url());
    return url.pathname + url.search;
  }

  /** Starts at `/` and takes each step as a person would. */
  async walk(way) {
    await this.page.goto(`${this.base}/`);
    for (const step of way) {
      this.listen();
      await this.step(step);
    }
  }

  async step(step) {
    if (step.open !== undefined) {
      await this.page.goto(this.base + step.open);
    } else if (step.ask !== undefined) {
      const box = this.page.locator("#ask");
      await box.fill(step.ask);
      await this.arrive(() => box.press("Enter"));
    } else {
      const link = await this.link(step.follow);
      await this.arrive(() => link.click());
    }
  }

  /** The first visible link whose address matches. */
  async link(pattern) {
    const links = await this.page.locator("a[href]").all();
    for (const link of links) {
      const address = await link.getAttribute("href");
      if (pattern.test(address) && (await link.isVisible())) return link;
    }
    throw new Error(`no visible link to ${pattern} on ${this.place}`);
  }

  /** Does something that leads to another page, and waits until that is loaded. */
  async arrive(act) {
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), act()]);
  }
}
