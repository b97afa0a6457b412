import { largest, quota } from "./resources.ts";

const APP = { limits: { cpu: "2", memory: "2Gi" }, requests: { cpu: "1", memory: "1Gi" } };
const DATABASE = { limits: { cpu: "4", memory: "8Gi" }, requests: { cpu: "2000m", memory: "4Gi" } };

test("the quota is the sum of what is meant to run, and four small pods", () => {
  expect(
    quota([
      { pods: 3, resources: APP },
      { pods: 1, resources: DATABASE },
    ]),
  ).toEqual({
    pods: "8",
    "limits.cpu": "12",
    "limits.memory": "16Gi",
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
  ).toEqual({ cpu: "4", memory: "8Gi" });
});

test("a container that is given no size of its own fits, however small the others are", () => {
  const resources = { limits: { cpu: "100m", memory: "64Mi" }, requests: { cpu: "10m", memory: "32Mi" } };
  expect(largest([{ pods: 1, resources }])).toEqual({ cpu: "500m", memory: "512Mi" });
});
