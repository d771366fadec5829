// The table of pages: how a person comes to each from `/`, and what must be on it.
//
// A step of the way is one of
//   { ask: text }       type into the ask box and submit
//   { follow: pattern } take the first visible link whose address matches
//   { open: path }      type an address; only for pages that nothing leads to
// `at` is matched against path and query. `shows` is matched against the visible text of `main`.
// `status` is the answer's code where it is not 200.

const LOG4SHELL = "CVE-2021-44228";
const toVulnerability = [{ ask: LOG4SHELL }, { follow: /^\/vulnerabilities\/CVE-2021-44228/ }];
const toVersion = [{ follow: /^\/products$/ }, { follow: /^\/versions\/[^/?#]+$/ }];
const toCase = (words) => [
  { open: `/cases?only=all&q=${encodeURIComponent(words)}` },
  { follow: /^\/cases\/case_[^/?#]+$/ },
];
const toSite = [...toVulnerability, { follow: /^\/sites\/[^/?#]+/ }];

export const PAGES = [
  {
    name: "ask",
    way: [],
    at: /^\/$/,
    shows: [/devices/i, /CVE-2021-44228/],
  },
  {
    name: "answer",
    way: [{ ask: LOG4SHELL }],
    at: /^\/\?q=CVE-2021-44228$/,
    shows: [/CVE-2021-44228/, /edition/i],
  },
  {
    name: "answer to an unknown vulnerability",
    way: [{ ask: "CVE-1999-99999" }],
    at: /^\/\?q=CVE-1999-99999$/,
    shows: [/CVE-1999-99999/, /not an all-clear/i],
  },
  {
    name: "products",
    way: [{ follow: /^\/products$/ }],
    at: /^\/products$/,
    shows: [/version/i, /units/i, /unknown/i],
  },
  {
    name: "cases",
    way: [{ follow: /^\/cases$/ }],
    at: /^\/cases$/,
    shows: [/infusion pump/i, /Mitigation planning/, /Uncontrolled/],
  },
  {
    name: "case with running clocks",
    way: toCase("infusion pump"),
    at: /^\/cases\/case_[^/]+$/,
    shows: [/To do/, /% of the time has run/, /Uncontrolled/, /enforcement discretion/i],
  },
  {
    name: "closed case",
    way: toCase("imaging"),
    at: /^\/cases\/case_[^/]+$/,
    shows: [/Closed/, /nothing is to be done/i, /Fixed/],
  },
  {
    name: "case in the past",
    way: [{ open: "/cases?as_of=entry:250" }, { follow: /^\/cases\/case_[^/?#]+\?as_of=entry%3A250$/ }],
    at: /as_of=entry%3A250$/,
    shows: [/Mitigation planning/, /Log4j|imaging gateway/i],
  },
  {
    name: "evidence of a case",
    way: [...toCase("imaging"), { follow: /^\/cases\/[^/]+\/evidence$/ }],
    at: /evidence$/,
    shows: [/Completeness/, /Verification and validation/, /Signatures/],
  },
  {
    name: "use of a product",
    way: [{ follow: /^\/products$/ }, { follow: /^\/products\/[^/?#]+\/use$/ }],
    at: /\/use$/,
    shows: [/Risk file/, /Environments of use/, /Regular cycle of updates/],
  },
  {
    name: "own mappings of identities",
    way: [{ follow: /^\/products$/ }, { follow: /^\/mappings$/ }],
    at: /^\/mappings$/,
    shows: [/Say what a component is/, /Identities that mean it/],
  },
  {
    name: "form of an exposure",
    way: [...toCase("infusion pump"), { follow: /\/record\/exposed$/ }],
    at: /record\/exposed$/,
    shows: [/Environment of use/, /risk file, environments, cycle/],
  },
  {
    name: "form of a fact",
    way: [...toCase("SSH"), { follow: /\/record\/harmed$/ }],
    at: /record\/harmed$/,
    shows: [/Clinical reasoning/, /Severity/],
  },
  {
    name: "form of a fact with a file",
    way: [...toCase("infusion pump"), { follow: /\/record\/attested$/ }],
    at: /record\/attested$/,
    shows: [/The record itself/, /At most|at most 10 MiB/],
  },
  {
    name: "interview for the vector of a case",
    way: [...toCase("SSH"), { follow: /\/rubric$/ }],
    at: /\/rubric$/,
    shows: [/Question XAVN/, /AV: open → N/, /No vector yet/],
  },
  {
    name: "interview with answers",
    way: [...toCase("SSH"), { follow: /\/rubric$/ }, { follow: /\/rubric\?answers=none&at=XACL$/ }],
    at: /\/rubric\?answers=none&at=XACL$/,
    shows: [/Question XACL/, /Attack complexity/],
  },
  {
    name: "form of a decision about a case",
    way: [...toCase("infusion pump"), { follow: /\/decide\/priority$/ }],
    at: /decide\/priority$/,
    shows: [/To be out by/, /lapses/],
  },
  {
    name: "open a case",
    way: [{ follow: /^\/cases$/ }, { follow: /^\/cases\/new$/ }],
    at: /^\/cases\/new$/,
    shows: [/families that could be concerned/i],
  },
  {
    name: "clocks",
    way: [{ follow: /^\/cases$/ }, { follow: /^\/clocks$/ }],
    at: /^\/clocks$/,
    shows: [/Missed/, /FDA/],
  },
  {
    name: "changes",
    way: [{ follow: /^\/changes$/ }],
    at: /^\/changes$/,
    shows: [/moment/i, /Compare/],
  },
  {
    name: "ledger",
    way: [{ follow: /^\/ledger$/ }],
    at: /^\/ledger$/,
    shows: [/recorded|signed|vouched|linked/i, /Entry/],
  },
  {
    name: "ledger entry",
    way: [{ follow: /^\/ledger$/ }, { follow: /^\/ledger\/\d+$/ }],
    at: /^\/ledger\/\d+$/,
    shows: [/as it is kept/i],
  },
  {
    name: "version in the past",
    way: [{ open: "/products?as_of=entry:90" }, { follow: /^\/versions\/[^/?#]+\?as_of=entry%3A90$/ }],
    at: /^\/versions\/[^/?]+\?as_of=entry%3A90$/,
    shows: [/findings/i, /components/i],
  },
  {
    name: "changes between two moments",
    way: [{ open: "/changes?from=entry:20&to=entry:90" }],
    at: /^\/changes\?from=entry:20&to=entry:90$/,
    shows: [/added/i, /changes/i],
  },
  {
    name: "version",
    way: toVersion,
    at: /^\/versions\/[^/?]+$/,
    shows: [/findings/i, /components/i, /SBOM/],
  },
  {
    name: "finding",
    way: [...toVulnerability, { follow: /^\/versions\/[^/]+\/findings\/\d+\/[^/]+$/ }],
    at: /^\/versions\/[^/]+\/findings\/\d+\/[^/]+$/,
    shows: [/CVE-2021-44228/, /log4j/i, /source/i, /edition/i, /affected/i],
  },
  {
    name: "vulnerability",
    way: toVulnerability,
    at: /^\/vulnerabilities\/CVE-2021-44228$/,
    shows: [/CVE-2021-44228/, /units/i, /sites/i, /unknown/i],
  },
  {
    name: "components",
    way: [{ ask: "log4j-core" }, { follow: /^\/components\?q=/ }],
    at: /^\/components\?q=/,
    shows: [/log4j-core/, /version/i],
  },
  {
    name: "site",
    way: toSite,
    at: /^\/sites\/[^/?]+$/,
    shows: [/units/i],
  },
  {
    name: "consignee",
    way: [...toSite, { follow: /^\/consignees\/[^/?#]+/ }],
    at: /^\/consignees\/[^/?]+$/,
    shows: [/units/i, /site/i],
  },
  {
    name: "not found",
    way: [{ open: "/no-such-page" }],
    at: /^\/no-such-page$/,
    status: 404,
    shows: [/not found/i, /ask/i],
  },
];

// A second manufacturer beside that of the demo.
export const NORTH = { name: "north", maker: "Northlight Pumps Ltd", product: "Northlight Mini" };
const toNorth = [{ follow: /^\/workspaces$/ }, { follow: /^\/w\/north\/$/ }];

/** The twin that is forked for the pages below. */
// What is seen before anybody signed in.
export const OUTSIDE = [
  {
    name: "sign in",
    way: [{ open: "/products" }],
    at: /^\/sign-in\?to=%2Fproducts$/,
    shows: [/Sign in/, /Login/, /invitation/i],
  },
  {
    name: "set the password",
    way: [{ open: "/join" }],
    at: /^\/join$/,
    shows: [/Invitation/, /At least 15 characters/],
  },
];

// What is seen of people and of what they decide.
export const PEOPLE = [
  {
    name: "account",
    way: [{ follow: /^\/account$/ }],
    at: /^\/account$/,
    shows: [/Anna Berg/, /Product security lead/, /Sessions/, /API tokens/],
  },
  {
    name: "people",
    way: [{ follow: /^\/people$/ }],
    at: /^\/people$/,
    shows: [/Mary O'Kafor/, /Administrator/],
  },
  {
    name: "person",
    way: [{ follow: /^\/people$/ }, { follow: /^\/people\/per_/ }],
    at: /^\/people\/per_/,
    shows: [/Training/i, /Identity/i],
  },
  {
    name: "roles",
    way: [{ open: "/roles" }],
    at: /^\/roles$/,
    shows: [/Quality/, /proposed/i],
  },
  {
    name: "access review",
    way: [{ open: "/access-review" }],
    at: /^\/access-review$/,
    shows: [/Anna Berg/, /proposed/i, /days/],
  },
  {
    name: "security record",
    way: [{ open: "/security" }],
    at: /^\/security$/,
    shows: [/signed in/i],
  },
  {
    name: "duty",
    way: [{ follow: /^\/people$/ }, { follow: /^\/duty$/ }],
    at: /^\/duty$/,
    shows: [/Duty/, /proposed/i],
  },
  {
    name: "governing documents",
    way: [{ follow: /^\/people$/ }, { follow: /^\/policies$/ }],
    at: /^\/policies$/,
    shows: [/document/i],
  },
  {
    name: "decisions",
    way: [{ follow: /^\/decisions$/ }],
    at: /^\/decisions$/,
    shows: [/Decisions/],
  },
  {
    name: "decision rights",
    way: [{ open: "/rights" }],
    at: /^\/rights$/,
    shows: [/Controlled or uncontrolled/, /approved by nobody/i],
  },
  {
    name: "rules of the programme",
    way: [{ follow: /^\/decisions$/ }, { follow: /^\/rules$/ }],
    at: /^\/rules$/,
    shows: [/Risk matrix/, /As the product proposes them/, /mitre:cvss-medical-rubric/],
  },
  {
    name: "an edition of the workflow",
    way: [{ open: "/rules" }, { follow: /^\/rules\/workflow\/1$/ }],
    at: /^\/rules\/workflow\/1$/,
    shows: [/stays: law/, /Came with the product/],
  },
  {
    name: "other clocks",
    way: [{ open: "/rules" }, { follow: /^\/rules\/clocks\/change$/ }],
    at: /^\/rules\/clocks\/change$/,
    shows: [/only a shorter target of your own/, /Show what would change/],
  },
  {
    name: "another risk matrix",
    way: [{ open: "/rules" }, { follow: /^\/rules\/risk_matrix\/change$/ }],
    at: /^\/rules\/risk_matrix\/change$/,
    shows: [/stays undetermined/, /Urgent at least/],
  },
];

// What is told from outside and found in SBOMs.
export const SIGNALS = [
  {
    name: "signals",
    way: [{ follow: /^\/signals$/ }],
    at: /^\/signals$/,
    shows: [/Signals/, /SBOM match/, /Waiting/],
  },
  {
    name: "enter a signal",
    way: [{ follow: /^\/signals$/ }, { follow: /^\/signals\/new$/ }],
    at: /^\/signals\/new$/,
    shows: [/What came/, /No names of persons/],
  },
];

// What anybody outside sees.
export const PORTAL = [
  {
    name: "report a vulnerability",
    way: [{ open: "/report" }],
    at: /^\/report$/,
    shows: [/What did you find/, /no account/i],
  },
  {
    name: "security policy",
    way: [{ open: "/report" }, { follow: /^\/security-policy$/ }],
    at: /^\/security-policy$/,
    shows: [/What we promise you/, /psirt@/],
  },
];

export const TWIN = "drill";
const toTwin = [{ follow: /^\/twins$/ }, { follow: /^\/t\/drill\/$/ }];

// What is seen when there is a twin.
export const TWINS = [
  {
    name: "twins",
    way: [{ follow: /^\/twins$/ }],
    at: /^\/twins$/,
    shows: [/drill/, /Exercise of the response team/, /nothing leaves it/i],
  },
  {
    name: "page of a twin",
    way: toTwin,
    at: /^\/t\/drill\/$/,
    shows: [/devices/i],
  },
  {
    name: "vulnerability in a twin",
    way: [...toTwin, { ask: LOG4SHELL }],
    at: /^\/t\/drill\/\?q=CVE-2021-44228$/,
    shows: [/CVE-2021-44228/],
  },
];

// What is seen when there is more than one workspace.
export const WORKSPACES = [
  {
    name: "workspaces",
    way: [{ follow: /^\/workspaces$/ }],
    at: /^\/workspaces$/,
    shows: [/Northlight Pumps Ltd/, /Vannmoor/, /entries/],
  },
  {
    name: "another workspace",
    way: toNorth,
    at: /^\/w\/north\/$/,
    shows: [/devices/i],
  },
  {
    name: "products of another workspace",
    way: [...toNorth, { follow: /^\/w\/north\/products$/ }],
    at: /^\/w\/north\/products$/,
    shows: [/Northlight Mini/],
  },
  {
    name: "vulnerability in another workspace",
    way: [...toNorth, { ask: LOG4SHELL }],
    at: /^\/w\/north\/\?q=CVE-2021-44228$/,
    shows: [/CVE-2021-44228/],
  },
  {
    name: "no such workspace",
    way: [{ open: "/w/nowhere/products" }],
    at: /^\/w\/nowhere\/products$/,
    status: 404,
    shows: [/no record at this address/i],
  },
];

// Where an SBOM is handed in by the form: the way there, and what the receipt says.
export const UPLOAD = {
  way: [...toVersion, { follow: /^\/versions\/[^/?]+\?tab=sbom$/ }],
  receipt: [/attached/i, /SHA-256/, /components/i],
  refusal: [/could not be read/i, /nothing was kept/i],
};

// Pictures that documents show, taken from the demo on a desktop.
export const PICTURES = [{ file: "docs/images/ask.png", way: [{ ask: LOG4SHELL }] }];
