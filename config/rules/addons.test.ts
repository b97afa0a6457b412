import { type Breach, breaks, problemsOf, withKey } from "../testing/problems.ts";

test.each<Breach>([
  [
    "dev",
    "addons.traefik.version",
    undefined,
    "acci:addons.traefik.version: is required to install it, got nothing; set it to the chart version",
  ],
  [
    "dev",
    "addons.traefik",
    { mode: "preinstalled", tlsProfile: "modern" },
    "acci:addons.traefik.tlsProfile: must be unset when Traefik is preinstalled, got modern; set the TLS options of that Traefik",
  ],
])("%s: %s = %j breaks a rule", (...breach) => breaks(breach));

test("a local chart needs no version", () => {
  const values = withKey("dev", "addons.traefik", { mode: "install", chart: "./mirror/traefik.tgz" });
  expect(problemsOf("dev", values)).toEqual([]);
});
