import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { tmpdir } from "node:os";
import { Readable, Writable } from "node:stream";
import { z } from "zod";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** Where Chromium is installed; undefined: it is not. */
export const chromiumPath: string | undefined = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false; // not there, or not to be run: the next
    }
  });

type Fields = Readonly<Record<string, unknown>>;

interface Answer {
  readonly id: number;
  readonly result?: Fields | undefined;
  readonly error?: unknown;
}

export interface BrowserEvent {
  readonly method: string;
  readonly params: Fields;
}

const fields: z.ZodType<Fields> = z.record(z.string(), z.unknown());
const answerSchema: z.ZodType<Answer> = z.object({
  id: z.number(),
  result: fields.optional(),
  error: z.unknown().optional(),
});
const eventSchema: z.ZodType<BrowserEvent> = z.object({ method: z.string(), params: fields });
const targetsSchema: z.ZodType<{ targetId: string; type: string }[]> = z.array(
  z.object({ targetId: z.string(), type: z.string() }),
);
const valueSchema: z.ZodType<{ value?: unknown }> = z.object({ value: z.unknown().optional() });

/**
 * A page of headless Chromium, spoken to over a pipe.
 * Source: Chrome DevTools Protocol, `--remote-debugging-pipe`: JSON texts ended by a zero (read 2026-11-23).
 */
export class BrowserPage {
  /** All that the page told, in order. */
  readonly events: BrowserEvent[] = [];
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #out: Writable;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #sessionId: unknown;
  #asked = 0;
  #rest = "";

  static async open(path: string): Promise<BrowserPage> {
    const page = new BrowserPage(path);
    const { targetInfos } = await page.send("Target.getTargets");
    const target = targetsSchema.parse(targetInfos).find(({ type }) => type === "page");
    const { sessionId } = await page.send("Target.attachToTarget", { targetId: target?.targetId, flatten: true });
    page.#sessionId = sessionId;
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.send(`${domain}.enable`);
    return page;
  }

  private constructor(path: string) {
    this.#profile = mkdtempSync(join(tmpdir(), "shardrock-chromium-"));
    const flags = [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
    ];
    this.#child = spawn(
      path,
      [...flags, "--remote-debugging-pipe", `--user-data-dir=${this.#profile}`, "about:blank"],
      {
        stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      },
    );
    const [, , , out, answers] = this.#child.stdio;
    if (!(out instanceof Writable) || !(answers instanceof Readable)) throw new Error("Chromium was given no pipes");
    this.#out = out;
    answers.setEncoding("utf8").on("data", (text: string) => this.#read(text));
  }

  async send(method: string, params: Fields = {}): Promise<Fields> {
    const id = (this.#asked += 1);
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId: this.#sessionId })}\0`);
    const { error, result } = await answer;
    if (result === undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  /** Opens an address, and waits until all of it is there. */
  async go(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
    while ((await this.evaluate(`document.readyState + location.href`)) !== `complete${url}`);
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.send("Runtime.evaluate", { expression, returnByValue: true });
    return valueSchema.parse(result).value;
  }

  async press(key: string): Promise<void> {
    const code = { key, code: key, windowsVirtualKeyCode: key === "Tab" ? 9 : 13, text: key === "Enter" ? "\r" : "" };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...code });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...code });
  }

  async media(media: "screen" | "print", scheme: "light" | "dark"): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { media, features });
  }

  async width(width: number): Promise<void> {
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 };
    await this.send("Emulation.setDeviceMetricsOverride", size);
  }

  async close(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  #read(text: string): void {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop() ?? "";
    for (const message of messages) {
      const told: unknown = JSON.parse(message);
      const answer = answerSchema.safeParse(told);
      if (answer.success) this.#waiting.get(answer.data.id)?.(answer.data);
      else this.events.push(eventSchema.parse(told));
    }
  }
}
