import { imagesOf } from "../../policy/model/workloads";
import { judge } from "../../policy/judge";
import { parseImage } from "../../policy/model/image";
import { waivers } from "../../policy/waivers";
import { STACKS } from "../stack-config";
import { subjectsOf } from "./recorded";

test.each(STACKS)("%s violates no mandatory rule, and says what no rule could see", async (stack) => {
  const violations = judge(await subjectsOf(stack));
  expect(violations.filter(({ level }) => level === "mandatory")).toEqual([]);
  expect(violations.map(({ message }) => message)).toEqual([
    "platform-cert-manager, platform-cloudnative-pg, platform-traefik: objects must be known to be checked, got charts " +
      "that are not local; review their values by hand",
  ]);
});

test.each(STACKS)("the rules see the containers inside %s's release", async (stack) => {
  const releases = (await subjectsOf(stack)).filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  expect(releases.flatMap(imagesOf).map(({ where }) => where)).toEqual([
    "Deployment acci-framework of release application, container migrate",
    "Deployment acci-framework of release application, container acci",
  ]);
});

test("every waived repository is one that a stack runs, or that the embedded platform builds", async () => {
  const subjects = (await Promise.all(STACKS.map(subjectsOf))).flat();
  const run = subjects.flatMap(imagesOf).map(({ image }) => parseImage(image).repository);
  const unused = waivers.filter(({ rule, subject }) => rule === "run-images-by-digest" && !run.includes(subject));
  expect(unused.map(({ subject }) => subject)).toEqual(["docker.io/library/redis"]);
});
