import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

/** Where the server under test listens. */
export const url = (process.env.STOA_URL ?? "http://127.0.0.1:8080").replace(/\/$/, "");

/** The administrator that the tests set up, or sign in as when there is no set-up link. */
export const admin = {
  name: "Ada Lovelace",
  email: process.env.STOA_EMAIL ?? "ada@example.org",
  password: process.env.STOA_PASSWORD ?? "correct horse battery",
};

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });

/**
 * A browser with an empty profile. Whatever its pages complain about lands in
 * `complaints`: exceptions, console errors, violations of the content policy,
 * and answers of the server that blame itself. Refusals (4xx) are no complaint.
 * Nothing moves: what fades in would be measured half seen.
 */
export async function visitor(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(60_000);
  const complaints = [];
  await context.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)),
  );
  context.on("weberror", (e) => complaints.push(`exception: ${e.error().message}`));
  context.on("console", (m) => {
    if (m.type() === "error" && !m.text().startsWith("Failed to load resource")) complaints.push(`console: ${m.text()}`);
  });
  context.on("response", (r) => {
    if (r.status() >= 500) complaints.push(`${r.status()} ${r.request().method()} ${r.url()}`);
  });
  const page = await context.newPage();
  return { context, page, complaints };
}

/** Fills in the sign-in screen that is shown, and sends it. */
export async function signIn(page, { email, password } = admin) {
  await page.getByLabel("E-mail").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** A visitor who has signed in as the administrator, and is at Run. */
export async function signedIn(browser, options) {
  const person = await visitor(browser, options);
  await person.page.goto(`${url}/sign-in`);
  await signIn(person.page);
  await person.page.waitForURL("**/run");
  return person;
}

/** Replaces what the editor holds. */
export async function type(page, source) {
  await page.locator(".cm-content").first().click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(source);
}

/** Chooses a runtime as a person does: by typing its name. */
export async function choose(page, label) {
  const picker = page.getByRole("combobox", { name: "Runtime" }).or(page.getByRole("textbox", { name: "Runtime" })).first();
  await picker.click();
  await picker.fill(label);
  await page.getByRole("option", { name: new RegExp(`^${label.replace(/[.+]/g, "\\$&")}`, "i") }).first().click();
}

/** Presses Run and answers with the id of the execution that came of it. */
export async function run(page) {
  const details = page.getByRole("link", { name: "Details" });
  const before = (await details.count()) ? await details.getAttribute("href") : null;
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction((old) => {
    const link = [...document.querySelectorAll("a")].find((a) => a.textContent?.includes("Details"));
    return link && link.getAttribute("href") !== old;
  }, before);
  return (await details.getAttribute("href")).split("/").at(-1);
}

/** Waits until the execution on screen has one of these statuses. */
export async function status(page, ...names) {
  await page.locator(names.map((n) => `[data-status="${n}"]`).join(",")).first().waitFor();
}

export const output = (page) => page.getByRole("log", { name: "Output" });

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What keeps people who use a keyboard or a screen reader out, in one line each. */
export async function barriers(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
    return result.violations.map((v) => ({ id: v.id, impact: v.impact, where: v.nodes.map((n) => n.target.join(" ")).slice(0, 3), help: v.nodes[0]?.failureSummary }));
  });
  return found.filter((v) => v.impact === "critical" || v.impact === "serious").map((v) => `${v.id} at ${v.where.join(", ")}: ${v.help}`);
}

/** The code that an authenticator app shows (RFC 6238), some steps from now. */
export const totp = (secret, ahead = 0) => {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};
