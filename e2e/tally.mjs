// Counts checks and prints what failed; the closing line is read by the workshop.

export class Tally {
  passed = 0;
  failed = 0;

  /** Counts checks `{ what, problem }` under a heading. */
  add(heading, checks) {
    const problems = checks.filter((check) => check.problem);
    this.failed += problems.length;
    this.passed += checks.length - problems.length;
    console.log(`${problems.length ? "FAILED" : "ok    "} ${heading} (${checks.length} checks)`);
    for (const { what, problem } of problems) console.log(`    ${what}: ${problem}`);
  }

  /** Does some work that answers checks; work that breaks off is one failed check. */
  async run(heading, work) {
    try {
      this.add(heading, await work());
    } catch (error) {
      this.add(heading, [{ what: "broke off", problem: error.message.split("\n").slice(0, 6).join("\n    ") }]);
    }
  }

  close() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed ? 1 : 0;
  }
}
