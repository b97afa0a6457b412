import { announce, toCome } from "./progress.ts";

it("counts no phase that runs beside others in the time that is left", () => {
  const tools = ["building kube", "building pulumi"];
  announce([...tools, "image docker.io/library/debian:bookworm-slim", "pulumi up"]);
  const all = toCome();
  announce(
    [...tools, "image docker.io/library/debian:bookworm-slim", "pulumi up"],
    ["image docker.io/library/debian:bookworm-slim"],
  );
  expect(toCome()).toBeLessThan(all);
  expect(toCome(2)).toBe(toCome(3));
});
