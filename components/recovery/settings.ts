import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { environment, type Given, type VariableKey, VARIABLES } from "../../backup/contract/variables.ts";

type EnvVar = types.input.core.v1.EnvVar;

/** Variables of the tools' contract, for a container. */
export const variables = (given: Given<pulumi.Input<string>>): EnvVar[] =>
  Object.entries(environment(given)).map(([name, value]) => ({ name, value }));

/** A variable whose value Kubernetes fills in, from a field of the pod or from a key of a Secret. */
export const reference = (key: VariableKey, valueFrom: types.input.core.v1.EnvVarSource): EnvVar => ({
  name: VARIABLES[key].name,
  valueFrom,
});

/** A grant of variables alone, without a volume. */
export const settings = (given: Given<pulumi.Input<string>>) => ({ env: variables(given) });
