/** @needs helm */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { KUBE_VERSION } from "../../tooling/helm.ts";
import { CHART, helm } from "./helm.ts";
import { EXTERNAL, GATEWAY } from "./value-sets.ts";

/** A copy of the chart with the notes as a manifest, because `helm template` leaves the notes out. */
const copy = mkdtempSync(join(tmpdir(), "acci-notes-"));
const PROBE = "templates/notes-probe.yaml";
beforeAll(() => {
  cpSync(CHART, copy, { recursive: true });
  writeFileSync(join(copy, PROBE), 'notes: {{ include "acci-framework/templates/NOTES.txt" . | toJson }}\n');
});
afterAll(() => rmSync(copy, { recursive: true }));

function notes(values: object = {}): string {
  const sets = Object.entries(values).flatMap(([key, value]) => ["--set-json", `${key}=${JSON.stringify(value)}`]);
  const args = ["--namespace", "shop", "--kube-version", KUBE_VERSION, "--show-only", PROBE, ...sets];
  const { stdout, stderr } = helm("template", "acci", copy, ...args);
  if (stdout === "") throw new Error(stderr);
  return (parse(stdout) as { notes: string }).notes;
}

test("say how to wait, test, reach, read and go back", () => {
  const name = "acci-acci-framework";
  const pods = "app.kubernetes.io/name=acci-framework,app.kubernetes.io/instance=acci";
  expect(notes(EXTERNAL).trimEnd().split("\n")).toEqual([
    "acci-framework 1.0.0 is installed as acci, revision 1.",
    "",
    `Wait for it:    kubectl --namespace shop rollout status deployment/${name}`,
    "Test it:        helm --namespace shop test acci",
    "Reach it:       https://api.acci-framework.dev/",
    `From here:      kubectl --namespace shop port-forward service/${name} 8080:8080`,
    `Logs:           kubectl --namespace shop logs --selector ${pods} --all-containers --follow`,
    "History:        helm --namespace shop history acci",
    "Go back:        helm --namespace shop rollback acci",
  ]);
});

test.each<[string, object, string]>([
  ["the Gateway's host", GATEWAY, "Reach it:       api.acci-framework.dev, through the Gateway public"],
  ["where its hosts are", { ...GATEWAY, "gateway.hostnames": [] }, "get httproute acci-acci-framework"],
  ["plain HTTP without a certificate", { "ingress.tls": [] }, "Reach it:       http://api.acci-framework.dev/"],
  ["the monitor", { "serviceMonitor.enabled": true }, "get servicemonitor acci-acci-framework"],
  ["the recommendations", { "verticalAutoscaling.enabled": true }, "describe verticalpodautoscaler"],
  ["the policies", { "networkPolicy.enabled": true }, "get networkpolicy --selector"],
  ["what the evaluation tier is not", {}, "one pod each, no backups, no TLS"],
])("tell %s", (_, values, text) => expect(notes(values)).toContain(text));

test("do not promise an address when there is no route", () => {
  expect(notes({ ...EXTERNAL, "ingress.enabled": false })).not.toContain("Reach it");
});
