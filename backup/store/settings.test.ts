import { mkdtempSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { storeSettings } from "./settings.ts";

const whole = { bucket: "b", region: "eu-1", accessKeyId: "id", secretAccessKey: "key\n" };

function folder(files: Record<string, string>): string {
  const root = mkdtempSync(path.join(tmpdir(), "acci-settings-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(root, name), content);
  return root;
}

const failure = (files: Record<string, string>) => {
  try {
    storeSettings(folder(files));
  } catch (error) {
    return (error as Error).message.split("\n").map((line) => line.replace(/^.*\/(?=[^/]*: )/, ""));
  }
  return [];
};

test("a mounted Secret becomes settings", () => {
  const root = folder({ ...whole, prefix: "/acci/prod/", endpoint: "https://s3.example.com\n", "ca.crt": "pem" });
  mkdirSync(path.join(root, "..data"));
  expect(storeSettings(root)).toEqual({
    bucket: "b",
    region: "eu-1",
    accessKeyId: "id",
    secretAccessKey: "key",
    prefix: "acci/prod",
    endpoint: "https://s3.example.com",
    caFile: path.join(root, "ca.crt"),
    forcePathStyle: true,
  });
});

test("the bucket is in the host's name at Amazon, and elsewhere only when asked for", () => {
  expect(storeSettings(folder(whole)).forcePathStyle).toBe(false);
  const elsewhere = { ...whole, endpoint: "https://s3.example.com", forcePathStyle: "false" };
  expect(storeSettings(folder(elsewhere)).forcePathStyle).toBe(false);
});

test("every problem is told at once, with the file and the cure", () => {
  expect(failure({ bucket: " ", region: "r", accessKeyId: "id", endpont: "x", forcePathStyle: "yes" })).toEqual([
    "bucket: is required, got nothing; put the store's bucket into this file",
    "secretAccessKey: is required, got nothing; put the store's secretAccessKey into this file",
    "endpont: is not a known setting; remove it, known are bucket, region, accessKeyId, secretAccessKey, endpoint, prefix, forcePathStyle, ca.crt",
    'forcePathStyle: must be true or false, got "yes"',
  ]);
  expect(failure({ ...whole, endpoint: "s3.example.com:9000" })).toEqual([
    'endpoint: must be a URL, got "s3.example.com:9000"; write, for example, https://s3.example.com',
  ]);
});

test("a folder that is not mounted is named", () => {
  expect(() => storeSettings("/nowhere/store")).toThrow("/nowhere/store: is not there; mount the store's settings");
});
