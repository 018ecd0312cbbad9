import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BrowserPage, chromiumPath } from "./browser.test.kit.ts";
import { examplePlan, exampleReplay } from "./report.test.kit.ts";
import { writeReport } from "./write-report.ts";

const bodyColours = `JSON.stringify([getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor])`;

describe.skipIf(chromiumPath === undefined)("a report in Chromium (skipped where it is not installed)", () => {
  const urls: string[] = [];
  let page: BrowserPage;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "shardrock-report-"));
    for (const [name, report] of [
      ["plan.html", await examplePlan()],
      ["replay.html", await exampleReplay()],
    ] as const) {
      await writeReport(report, join(folder, name));
      urls.push(pathToFileURL(join(folder, name)).href);
    }
    page = await BrowserPage.open(chromiumPath ?? "");
  }, 30_000);

  afterAll(async () => {
    await page.close();
  });

  const plan = (): string => urls[0] ?? "";

  it("asks for nothing but itself and tells no error", async () => {
    for (const url of urls) {
      page.events.length = 0;
      await page.go(url);

      const asked = page.events.filter(({ method }) => method === "Network.requestWillBeSent");
      expect(asked.map(({ params }) => (params["request"] as { readonly url: string }).url)).toEqual([url]);
      expect(
        page.events.filter(({ method }) => /^(Log.entryAdded|Runtime.(consoleAPI|exception))/.test(method)),
      ).toEqual([]);
      // That its style is let through by its own policy.
      expect(await page.evaluate(`getComputedStyle(document.querySelector(".frame")).overflowX`)).toBe("auto");
    }
  });

  it("lets nothing be fetched, even by what was put into it", async () => {
    await page.go(plan());
    page.events.length = 0;

    await page.evaluate(
      `document.body.insertAdjacentHTML("beforeend", '<img src="http://127.0.0.1:9/pixel.png"><iframe src="http://127.0.0.1:9/"></iframe>')`,
    );
    const isRefused = (): boolean => page.events.filter(({ method }) => method === "Log.entryAdded").length >= 2;
    await expect.poll(isRefused).toBe(true);

    const entries = page.events
      .filter(({ method }) => method === "Log.entryAdded")
      .map(({ params }) => JSON.stringify(params));
    for (const entry of entries) expect(entry).toContain("Content Security Policy");
  });

  it("has headings in order, and a table with headers for every chart", async () => {
    await page.go(plan());

    const levels = await page.evaluate(
      `[...document.querySelectorAll("h1,h2,h3")].map((each) => +each.tagName[1]).join("")`,
    );
    expect(levels).toMatch(/^1(23*)+$/);
    expect(await page.evaluate(`document.querySelectorAll("svg[role=img]").length`)).toBeGreaterThanOrEqual(6);
    expect(await page.evaluate(`document.querySelectorAll("svg[role=img]:not([aria-label])").length`)).toBe(0);
    expect(
      await page.evaluate(
        `[...document.querySelectorAll("table")].filter((each) => !each.caption || !each.querySelector("thead th[scope=col]") || !each.querySelector("tbody th[scope=row]")).length`,
      ),
    ).toBe(0);
    expect(
      await page.evaluate(
        `[...document.querySelectorAll(".chart")].filter((each) => !/^(DETAILS|DIV)$/.test(each.nextElementSibling?.tagName) || !each.nextElementSibling.querySelector("table")).length`,
      ),
    ).toBe(0);
  });

  it("is reached by keyboard, all of it and in the order it stands, with the focus to be seen", async () => {
    await page.go(plan());
    await page.evaluate(`document.querySelectorAll("details").forEach((each) => (each.open = true))`);
    const all = await page.evaluate(`document.querySelectorAll("a, summary, .frame").length`);
    await page.evaluate(
      `window.stops = []; document.addEventListener("focusin", ({ target }) => stops.push([...document.querySelectorAll("a, summary, .frame")].indexOf(target) + (getComputedStyle(target).outlineStyle === "solid" ? 0 : 0.5)))`,
    );

    for (let stop = 0; stop < Number(all); stop += 1) await page.press("Tab");

    expect(await page.evaluate(`stops.join()`)).toBe(Array.from({ length: Number(all) }, (_, place) => place).join());
  });

  it("opens a chart's table by keyboard", async () => {
    await page.go(plan());
    await page.evaluate(`document.querySelector("summary").focus()`);

    await page.press("Enter");

    expect(await page.evaluate(`document.querySelector("details").open`)).toBe(true);
  });

  it("is dark where that is preferred, and light on paper", async () => {
    await page.go(plan());
    const looks = [];
    for (const [media, scheme] of [
      ["screen", "light"],
      ["screen", "dark"],
      ["print", "dark"],
    ] as const) {
      await page.media(media, scheme);
      looks.push(await page.evaluate(bodyColours));
    }
    const isNavigation = await page.evaluate(`getComputedStyle(document.querySelector("nav")).display`);
    await page.media("screen", "light");

    expect(looks[1]).not.toBe(looks[0]);
    expect(looks[2]).toBe(looks[0]);
    expect(isNavigation).toBe("none");
  });

  it.each([1_280, 390])("is never wider than a window of %d pixels", async (width) => {
    await page.width(width);
    for (const url of urls) {
      await page.go(url);

      expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(width);
    }
  });
});
