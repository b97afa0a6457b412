/**
 * `node ci/kubeconfig.ts`: writes KUBECONFIG_CONTENT, a secret of the workflow, to a file that the job's later steps use. Does nothing
 * without the secret, as in a fork's pull request.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const { GITHUB_ENV: environment, KUBECONFIG_CONTENT: content, RUNNER_TEMP: folder } = process.env;
if (!content) {
  console.log("kubeconfig: not written, as there is no KUBECONFIG_CONTENT");
  process.exit(0);
}
if (!environment || !folder) {
  console.error("kubeconfig: GITHUB_ENV and RUNNER_TEMP: are required; run this in a workflow");
  process.exit(2);
}
const file = path.join(folder, "kubeconfig");
writeFileSync(file, content, { mode: 0o600 });
appendFileSync(environment, `KUBECONFIG=${file}\n`);
