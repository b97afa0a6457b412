import { largest, quota } from "../../lib/resources";

const APP = { limits: { cpu: "2", memory: "2Gi" }, requests: { cpu: "1", memory: "1Gi" } };
const DATABASE = { limits: { cpu: "4000m", memory: "8Gi" }, requests: { cpu: "2000m", memory: "4Gi" } };

test("the quota is the sum of what is meant to run, and four small pods", () => {
  expect(
    quota([
      { pods: 3, resources: APP },
      { pods: 1, resources: DATABASE },
    ]),
  ).toEqual({
    pods: "8",
    "limits.cpu": "12000m",
    "limits.memory": "16384Mi",
    "requests.cpu": "5400m",
    "requests.memory": "7680Mi",
  });
});

test("no container may be larger than the largest one", () => {
  expect(
    largest([
      { pods: 3, resources: APP },
      { pods: 1, resources: DATABASE },
    ]),
  ).toEqual({ cpu: "4000m", memory: "8192Mi" });
});
