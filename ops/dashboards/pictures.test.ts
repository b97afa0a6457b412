import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { takePictures } from "./pictures.ts";

test("a machine without a browser is told what to install", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "pictures-"));
  const { PATH } = process.env;
  process.env.PATH = folder;
  try {
    const pages = { service: "http://localhost:1/#service" };
    await expect(takePictures(folder, pages, () => undefined)).rejects.toThrow(
      "--pictures: must have a Chromium, got none of chromium-headless-shell, chromium, chromium-browser, google-chrome; install one",
    );
  } finally {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  }
});
