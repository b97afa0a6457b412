import pg from "pg";
import { BackupError } from "./errors.ts";
import { asFailure } from "./failure.ts";

const saidBy = (code: string, message: string) => {
  const error = new pg.DatabaseError(message, message.length, "error");
  error.code = code;
  return error;
};

test.each<[string, Error, number, RegExp]>([
  [
    "a table that stays locked",
    saidBy("55P03", "canceling statement due to lock timeout"),
    74,
    /^database: a table was locked by another session for longer than a minute, canceling .*; let that session end/,
  ],
  ["what the server says besides", saidBy("XX001", "could not read block 7"), 74, /^database: could not read block 7$/],
  [
    "a broken connection",
    new Error("read ECONNRESET"),
    74,
    /^database: went away in the middle, read ECONNRESET; look/,
  ],
  ["what nobody foresaw", new TypeError("x is not a function"), 70, /^x is not a function$/],
])("%s is told with what helps", (_, error, exitCode, message) => {
  expect(asFailure(error)).toMatchObject({ exitCode, message: expect.stringMatching(message) as string });
});

test("what was told already stays as it is", () => {
  const error = new BackupError("lease", "another run is at work");
  expect(asFailure(error)).toBe(error);
});
