import { isSchedule, longestGapSeconds, skippedTime } from "./schedules.ts";

const SUMMER = new Date("2026-11-28T07:00:00Z");

describe("a schedule that Kubernetes understands", () => {
  test.each(["0 2 * * *", "*/15 0-6 1,15 * *", "0 4 * * SUN", "0 4 * jan-mar mon", "30 23 31 12 *"])(
    "%s",
    (schedule) => {
      expect(isSchedule(schedule)).toBe(true);
    },
  );

  test.each([
    ["no minute 99", "99 2 * * *"],
    ["no hour 24", "0 24 * * *"],
    ["no day 0", "0 2 0 * *"],
    ["no weekday of that name", "0 2 * * never"],
    ["no last day of a month", "0 2 L * *"],
    ["no third Friday", "0 2 * * FRI#3"],
    ["no seconds", "0 0 2 * * *"],
    ["no shorthand", "@daily"],
    ["no day that never comes", "0 2 30 2 *"],
  ])("has %s", (_, schedule) => {
    expect(isSchedule(schedule)).toBe(false);
  });
});

describe("a clock change", () => {
  test.each([
    ["30 2 * * *", "Europe/Berlin", { date: "2027-03-28", time: "02:30" }],
    ["0 2 * * *", "Europe/Paris", { date: "2027-03-28", time: "02:00" }],
    ["*/20 * * * *", "Europe/Berlin", { date: "2027-03-28", time: "02:00" }],
    ["15 2 * * *", "America/New_York", { date: "2027-03-14", time: "02:15" }],
    // Half an hour only, and in the other hemisphere.
    ["10 2 * * *", "Australia/Lord_Howe", { date: "2027-10-03", time: "02:10" }],
    ["0 0 * * *", "Africa/Cairo", { date: "2027-04-30", time: "00:00" }],
  ])("skips %s in %s", (schedule, zone, skipped) => {
    expect(skippedTime(schedule, zone, SUMMER)).toEqual(skipped);
  });

  test.each([
    ["0 3 * * *", "Europe/Berlin"],
    ["59 1 * * *", "Europe/Berlin"],
    ["30 2 * * *", "Etc/UTC"],
    ["30 2 * * *", "Asia/Tokyo"],
    ["45 2 * * *", "Australia/Lord_Howe"],
    // Its nights between Saturday and Sunday are left out alone.
    ["30 2 * * 1-6", "Europe/Berlin"],
    ["30 2 1 * *", "Europe/Berlin"],
  ])("does not skip %s in %s", (schedule, zone) => {
    expect(skippedTime(schedule, zone, SUMMER)).toBeUndefined();
  });
});

test.each([
  ["0 2 * * *", 24],
  ["0 */6 * * *", 6],
  ["0 2,4 * * *", 22],
  ["0 2 * * 0", 7 * 24],
  ["0 2 1 * *", 31 * 24],
  // From January to March, in a year without a 29 February.
  ["0 2 29 * *", 59 * 24],
  // From March to May.
  ["0 2 31 * *", 61 * 24],
  ["0 2 29 2 *", 4 * 366 * 24 - 3 * 24],
  ["* * * * *", 1 / 60],
])("the longest time between two runs of %s is %d hours", (schedule, hours) => {
  expect(longestGapSeconds(schedule)).toBe(hours * 3600);
});
