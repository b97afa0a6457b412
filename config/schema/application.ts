import { pattern, resources, section, wholeNumber } from "./types.ts";

const LEVEL = "([a-z_:]+=)?(error|warn|info|debug|trace)";

export const application = section("The application.", {
  replicas: wholeNumber(1, 50, "Pods, or the fewest when autoscaling is on."),
  autoscaling: section("Horizontal autoscaling; off when unset.", {
    maxReplicas: wholeNumber(2, 100, "The most pods."),
    cpuPercent: wholeNumber(10, 100, "Average CPU, in percent of the request, that is aimed at."),
    memoryPercent: wholeNumber(10, 100, "Average memory, in percent of the request, that is aimed at."),
  }).optional(),
  resources: resources("the application"),
  logLevel: pattern(
    new RegExp(`^${LEVEL}(,(${LEVEL}|[a-z_:]+=off))*$`),
    "error, warn, info, debug or trace, or a list with targets",
    "Log level, and those of targets that differ from it. A change of it restarts the pods, with the same image.",
    "info,sqlx=debug",
  ).default("info"),
  databaseMaxConnections: wholeNumber(1, 200, "Database connections of one pod.").default(10),
  cacheTtlSeconds: wholeNumber(1, 86400, "How long a cached answer lives.").default(60),
  timeoutSeconds: wholeNumber(30, 3600, "How long a release may take to be ready before it is rolled back.").default(
    300,
  ),
});
