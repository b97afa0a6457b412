import { until } from "./until.ts";

it("asks again after an error and after no", async () => {
  const answers = [
    () => Promise.reject(new Error("refused")),
    () => Promise.resolve(false),
    () => Promise.resolve(true),
  ];
  let asked = 0;
  await until("the server", 10, () => answers[asked++]!());
  expect(asked).toBe(3);
});

it("names what it waited for and the last error", async () => {
  await expect(until("the server", 0, () => Promise.reject(new Error("refused")))).rejects.toThrow(
    "the server: not ready after 0 s: refused",
  );
});
