import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { NotStarted, run } from "../../tooling/run.ts";

/** Chromium by the names that distributions give it. */
const BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
const WIDTH = 1400;
/** Of time as the page has it, which stands still while an answer is on its way; below the page's next look. */
const BUDGET_MS = 8000;

const OPTIONS = [
  "--headless",
  "--disable-gpu",
  "--hide-scrollbars",
  `--virtual-time-budget=${BUDGET_MS}`,
  // Chromium's own sandbox refuses root; the page is ours, and loads nothing from elsewhere.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/** Takes a picture of each page, as high as it is, into a file of the folder, and tells of each. */
export async function takePictures(
  folder: string,
  pages: Readonly<Record<string, string>>,
  tell: (line: string) => void,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, address] of Object.entries(pages)) {
    const page = await browser([`--window-size=${WIDTH},900`, "--dump-dom", address]);
    const [, height] = /data-height="(\d+)"/.exec(page) ?? [];
    if (height === undefined) throw new Error(`${address}: must show panels, got a page without any`);
    const file = path.join(folder, `${name}.webp`);
    await browser([`--window-size=${WIDTH},${height}`, `--screenshot=${file}`, address]);
    tell(`${file}: ${Math.round(statSync(file).size / 1000)} kB`);
  }
}

async function browser(args: readonly string[]): Promise<string> {
  for (const name of BROWSERS)
    try {
      return await run(name, [...OPTIONS, ...args]);
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error;
    }
  throw new Error(`--pictures: must have a Chromium, got none of ${BROWSERS.join(", ")}; install one`);
}
