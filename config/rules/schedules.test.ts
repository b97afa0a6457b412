import { stackValues } from "../../test/stack-config.ts";
import { parseConfig } from "../load.ts";

/** Problems of dev with other backups and objectives. */
function problemsOf(changes: object, slo: object = {}): string {
  const values = stackValues("dev");
  try {
    parseConfig("dev", { ...values, slo, backups: { ...values["backups"], ...changes } });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

test.each([
  [{ timeZone: "Europe/Berlin", schedule: "0 3 * * *" }],
  [{ timeZone: "Etc/UTC", schedule: "30 2 * * *" }],
  [{ timeZone: "Asia/Tokyo", schedule: "30 2 * * *" }],
])("accepts %j", (changes) => {
  expect(problemsOf(changes)).toBe("");
});

test("refuses a dump in an hour that a clock change skips, with the day", () => {
  expect(problemsOf({ timeZone: "Europe/Berlin", schedule: "30 2 * * *" })).toMatch(
    /acci:backups\.schedule: must be at times that every day has, got 30 2 \* \* \*, but the clocks of Europe\/Berlin skip 02:30 on \d{4}-03-\d\d and Kubernetes would start nothing; choose an hour outside the change, or set acci:backups\.timeZone to Etc\/UTC$/,
  );
});

test.each([
  [
    { schedule: "0 25 * * *" },
    "acci:backups.schedule: must be a cron expression that Kubernetes understands, got 0 25 * * *",
  ],
  [{ timeZone: "Europe/Pariss" }, "acci:backups.timeZone: must be a name of the tz database, got Europe/Pariss"],
])("refuses %j", (changes, problem) => {
  expect(problemsOf(changes)).toContain(problem);
});

test("refuses an age of the newest dump that passes before the next one is due", () => {
  expect(problemsOf({ schedule: "0 2 * * 0" })).toContain(
    "acci:slo.dumpAge.hours: must be more than the 168 hours that acci:backups.schedule leaves between two dumps, got 26; " +
      "set it to, for example, 170",
  );
  expect(problemsOf({ schedule: "0 2 * * 0" }, { dumpAge: { hours: 170 } })).toBe("");
});
