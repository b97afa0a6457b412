/** Objects of the Kubernetes API, as far as a rollout reads them. */
import { z } from "zod";

const backendRef = z.looseObject({ name: z.string(), weight: z.int().optional() });
const rule = z.looseObject({ backendRefs: z.array(backendRef).optional(), matches: z.array(z.unknown()).optional() });

export const routeSchema = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string(),
    generation: z.int(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({ rules: z.array(rule) }),
  status: z
    .looseObject({
      parents: z.array(
        z.looseObject({ conditions: z.array(z.looseObject({ observedGeneration: z.int().optional() })).optional() }),
      ),
    })
    .optional(),
});
export type Route = z.infer<typeof routeSchema>;
export type Rule = Route["spec"]["rules"][number];

export const deploymentSchema = z.looseObject({
  metadata: z.looseObject({ generation: z.int() }),
  spec: z.looseObject({
    replicas: z.int(),
    template: z.looseObject({
      metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).optional() }).optional(),
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }),
    }),
  }),
  status: z.looseObject({
    observedGeneration: z.int().optional(),
    replicas: z.int().default(0),
    updatedReplicas: z.int().default(0),
    readyReplicas: z.int().default(0),
  }),
});
export type Deployment = z.infer<typeof deploymentSchema>;
export type Template = Deployment["spec"]["template"];

export const configMapSchema = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).optional() }),
  data: z.record(z.string(), z.string()).optional(),
});
export type ConfigMap = z.infer<typeof configMapSchema>;

const ended = z.looseObject({ reason: z.string().optional(), exitCode: z.int().optional() });
const containerStatus = z.looseObject({
  name: z.string(),
  restartCount: z.int(),
  state: z.looseObject({ waiting: ended.optional(), terminated: ended.optional() }).optional(),
  lastState: z.looseObject({ terminated: ended.optional() }).optional(),
});

export const podListSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), deletionTimestamp: z.string().optional() }),
      status: z.looseObject({
        initContainerStatuses: z.array(containerStatus).optional(),
        containerStatuses: z.array(containerStatus).optional(),
      }),
    }),
  ),
});
export type Pod = z.infer<typeof podListSchema>["items"][number];
