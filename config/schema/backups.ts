import { z } from "zod";
import { SECRETS } from "../../backup/contract/files.ts";
import { DEFAULTS } from "../../backup/contract/variables.ts";
import { DRILL_INTERVALS, DRILLS } from "../drill-intervals.ts";
import {
  choice,
  cron,
  imageReference,
  leaf,
  list,
  memory,
  pattern,
  resources,
  section,
  text,
  wholeNumber,
} from "./types.ts";

const amountKept = (periods: string) => wholeNumber(0, 1000, `The newest dump of so many ${periods}.`);
const storeKey = (description: string) =>
  section(description, { accessKeyId: text("Access key.", "AKIA…"), secretAccessKey: text("Secret key.", "…") });
const keep = section("How many verified dumps are kept of each period; the newest one always is.", {
  hourly: amountKept("hours").default(0),
  daily: amountKept("days").default(7),
  weekly: amountKept("weeks").default(5),
  monthly: amountKept("months").default(12),
  yearly: amountKept("years").default(3),
}).prefault({});
const store = (description: string) =>
  section(description, {
    endpoint: pattern(
      /^https?:\/\//,
      "an address",
      "Of a server other than Amazon's own.",
      "https://s3.example.com",
    ).optional(),
    region: text("Region.", "eu-central-1"),
    bucket: text("Bucket.", "acci-backups"),
    prefix: pattern(/^[\w.-]+(\/[\w.-]+)*$/, "a path", "Folder in the bucket.", "acci").default("acci"),
    caBundle: text(
      "PEM certificates the store is trusted by, for a private CA.",
      "-----BEGIN CERTIFICATE-----…",
    ).optional(),
    cidrs: list(
      pattern(/^[0-9a-f.:]+\/\d{1,3}$/, "an address range", "Address range.", "10.0.0.0/8"),
      "Where the store is, for the egress rule of the pods that talk to it.",
      "[0.0.0.0/0]",
    ).default(["0.0.0.0/0"]),
  });

export const backups = section("Scheduled dumps, each verified by a restore before it counts; none when unset.", {
  image: section("The image with the tools.", {
    repository: imageReference(
      "Repository without a tag; that of the application with `-backup` when unset.",
      "ghcr.io/acme/backup",
    ).optional(),
    platforms: list(
      choice(["linux/amd64", "linux/arm64"], "Platform."),
      "Platforms it is built for, where it is built, and must have, where it is promoted.",
      "[linux/amd64]",
    ).default(["linux/amd64"]),
  }).prefault({}),
  schedule: cron("When.", "0 2 * * *"),
  timeZone: pattern(
    /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/,
    "a name of the tz database",
    "Time zone of the schedules.",
    "Europe/Paris",
  ).default("Etc/UTC"),
  deadlineMinutes: wholeNumber(5, 2880, "How long a run may take, the verification included.").default(360),
  parallelism: wholeNumber(1, 16, "Tables that are read or restored at once.").default(DEFAULTS.parallelism),
  heartbeatTimeoutSeconds: wholeNumber(
    10,
    3600,
    "How long the active site must have given no heartbeat to be taken for dead; longer than its agent may be away.",
  ).default(DEFAULTS.heartbeatTimeoutSeconds),
  adopt: pattern(
    /^\d+$/,
    "a number in quotes",
    "System identifier of a database that was upgraded in place (pg_upgrade gives it another): its dumps go on from those before.",
    '"7300000000000000000"',
  ).optional(),
  recipients: leaf(z.array(z.string().regex(/^age1[0-9a-z]{58}$/)), {
    description: "age public keys that dumps are encrypted to; the store's own encryption alone when empty.",
    rule: "a list of age public keys",
    example: "[age1…]",
  }).default([]),
  keep,
  store: store("The S3 bucket, the same for all stacks that stand in for each other."),
  offsite: section("A second store, to which verified dumps are copied; none when unset.", {
    schedule: cron("When; after the dump, the verification included.", "0 5 * * *"),
    keep,
    lockDays: wholeNumber(
      1,
      36_500,
      "For how many days a copied object cannot be removed; the bucket must have been made with object lock.",
    ).optional(),
    lockMode: choice(
      ["governance", "compliance"],
      "Whether the holder of that right can lift a lock, or no account can.",
    ).default("governance"),
    store: store("Its S3 bucket, which should share neither account nor region with the first."),
  }).optional(),
  drill: section("The rehearsal of a recovery, beside the site and without a trace on it.", {
    every: choice(
      DRILL_INTERVALS,
      `How often: ${Object.entries(DRILLS)
        .map(([every, { words }]) => `${every} (${words})`)
        .join(", ")}, or never.`,
    ).default("week"),
  }).prefault({}),
  verification: section("The volume of the server that verifies a dump.", {
    storage: memory("Its size; that of the database's volume when unset.").optional(),
    storageClass: text("Storage class; that of the database when unset.", "fast").optional(),
  }).prefault({}),
  resources: resources("the verification server, and as much again for the tools,"),
}).optional();

export const storeKeys = section(
  `Secret: the keys of the store. Unset: the Secrets ${SECRETS.store.writer} and ${SECRETS.store.pruner} are made outside the program.`,
  {
    writer: storeKey("Reads and writes, but need not be able to delete: makes dumps and publishes them."),
    pruner: storeKey("Deletes as well: removes dumps that retention no longer keeps."),
    offsite: section(
      `Of the second store. Unset: the Secrets ${SECRETS.secondStore.writer} and ${SECRETS.secondStore.pruner} are made outside the program.`,
      { writer: storeKey("Reads and writes."), pruner: storeKey("Deletes as well.") },
    ).optional(),
    walArchive: storeKey(
      `Reads, writes and deletes in the folder wal of the prefix alone: archives WAL. Unset: the Secret ${SECRETS.walArchive} is made outside the program.`,
    ).optional(),
  },
).optional();
