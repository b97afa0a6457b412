/** Text of a kubeconfig whose only context, of that name, leads to the server. On several lines, because one line is taken for a path. */
export const kubeconfigOf = (server: string, context: string, user: object = {}): string =>
  JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: context, cluster: { server } }],
      users: [{ name: context, user }],
      contexts: [{ name: context, context: { cluster: context, user: context } }],
      "current-context": context,
    },
    null,
    1,
  );
