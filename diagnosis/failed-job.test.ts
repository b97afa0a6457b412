import { removeFailedJob } from "./failed-job.ts";
import { ApiError, type KubeApi, type Request } from "../kubernetes/api.ts";

const job = (...types: string[]) => ({
  metadata: { uid: "1" },
  status: { conditions: types.map((type) => ({ type, status: "True" })) },
});

/** A cluster that shows one answer after the other for the Job, nothing at the end. */
function cluster(...answers: object[]) {
  const deleted: Request[] = [];
  const ask = async (path: string, request: Request = {}) => {
    expect(path).toBe("/apis/batch/v1/namespaces/acci/jobs/restore");
    if (request.method === "DELETE") return deleted.push(request);
    const answer = answers.shift();
    if (!answer) throw new ApiError(404, "not found");
    return answer;
  };
  return { api: { ask } as unknown as KubeApi, deleted };
}

test("one that failed goes with its pods before another takes its name", async () => {
  const { api, deleted } = cluster(job("FailureTarget", "Failed"), job("Failed"), job("Failed"));
  await removeFailedJob(api, "acci", "restore", 1);
  expect(deleted).toEqual([
    { method: "DELETE", body: { propagationPolicy: "Foreground", preconditions: { uid: "1" } } },
  ]);
});

test.each([
  ["none", []],
  ["one at work", [job()]],
  ["one that is done", [job("SuccessCriteriaMet", "Complete")]],
])("%s is left alone", async (_, answers) => {
  const { api, deleted } = cluster(...answers);
  await removeFailedJob(api, "acci", "restore");
  expect(deleted).toEqual([]);
});
