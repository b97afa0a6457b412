import { FakeApi } from "../testing/fake-api.ts";
import { Plugin } from "../testing/plugin.ts";
import { secret, unknown, type Props } from "../serve/values.ts";

const configMap = "kubernetes:core/v1:ConfigMap";
const secretType = "kubernetes:core/v1:Secret";
const deploymentType = "kubernetes:apps/v1:Deployment";
const object = (kind: string, name: string, rest: Props): Props => ({
  apiVersion: "v1",
  kind,
  metadata: { name },
  ...rest,
});
const path = (plural: string, name: string) => `/api/v1/namespaces/here/${plural}/${name}`;

describe("the kubernetes provider over gRPC, on an API that only remembers", () => {
  const api = new FakeApi();
  const plugin = new Plugin("kubernetes");
  let kubeconfig = "";
  beforeAll(async () => {
    kubeconfig = await api.start();
    await plugin.configure({ kubeconfig });
  });
  afterAll(async () => {
    await plugin.stop();
    api.stop();
  });

  it("validates a preview by a dry run and leaves open what the server assigns", async () => {
    const inputs = object("ConfigMap", "preview", { data: { a: "1" } });
    const { id, state } = await plugin.create(configMap, "preview", inputs, { preview: true });
    expect(id).toBe("");
    expect(state).toMatchObject({ data: { a: "1" }, metadata: { name: "preview", namespace: "here", uid: unknown } });
    expect(api.objects.size).toBe(0);
    await expect(plugin.create(configMap, "x", { ...inputs, wrong: 1 }, { preview: true })).rejects.toThrow(
      "ConfigMap here/preview: .wrong: field not declared in schema",
    );
  });

  it("asks the server nothing while a value is unknown", async () => {
    const before = api.requests.length;
    const inputs = object("ConfigMap", "later", { data: { a: unknown } });
    expect((await plugin.create(configMap, "later", inputs, { preview: true })).state).toMatchObject({
      data: { a: unknown },
    });
    expect(api.requests.length).toBe(before);
  });

  it("creates, diffs, updates, reads and deletes", async () => {
    const inputs = object("ConfigMap", "one", { data: { a: "1" } });
    const { id, state } = await plugin.create(configMap, "one", inputs);
    expect(id).toBe("here/one");
    expect(state.metadata).not.toHaveProperty("managedFields");
    expect(await plugin.diff(configMap, id, inputs, state, inputs)).toEqual({
      detailed: {},
      deleteBeforeReplace: true,
    });

    const news = { ...inputs, metadata: { name: "one", labels: { a: "b" } } };
    expect((await plugin.diff(configMap, id, inputs, state, news)).detailed).toEqual({ "metadata.labels": "ADD" });
    const updated = await plugin.update(configMap, id, inputs, state, news);
    expect(updated).toMatchObject({ metadata: { labels: { a: "b" } } });

    const live = api.objects.get(path("configmaps", "one"));
    api.objects.set(path("configmaps", "one"), { ...live, data: { a: "by hand" } });
    expect((await plugin.read(configMap, id, news, updated)).inputs).toEqual({ ...news, data: { a: "by hand" } });

    await plugin.delete(configMap, id, news, updated);
    expect((await plugin.read(configMap, id, news, updated)).id).toBe("");
  });

  it("keeps secrets secret in what it records", async () => {
    const inputs = object("Secret", "s", { stringData: secret({ password: "x" }) });
    const { state } = await plugin.create(secretType, "s", inputs);
    expect(state).toMatchObject({ data: secret({ password: "eA==" }), stringData: secret({ password: "x" }) });
    expect((await plugin.read(secretType, "here/s", inputs, state)).inputs).toEqual(inputs);
  });

  it("imports an object by its id, its data secret", async () => {
    const { inputs } = await plugin.read(secretType, "here/s");
    expect(inputs).toMatchObject({
      kind: "Secret",
      metadata: { name: "s", namespace: "here" },
      data: secret({ password: "eA==" }),
    });
  });

  it("does not take over what exists, and says how to", async () => {
    const inputs = object("Secret", "s", {});
    await expect(plugin.create(secretType, "s", inputs)).rejects.toThrow(
      "Secret here/s: already exists in the cluster; adopt it with `pulumi import kubernetes:core/v1:Secret s here/s` or delete it",
    );
  });

  it("says how to win a field that somebody else has set", async () => {
    const inputs = object("ConfigMap", "c", { data: { conflict: "1" } });
    await expect(plugin.create(configMap, "c", inputs)).rejects.toThrow(
      'set the annotation pulumi.com/patchForce: "true"',
    );
  });

  const deployment = { ...object("Deployment", "web", { spec: { replicas: 1 } }), apiVersion: "apps/v1" };

  it("records an object that does not become ready", async () => {
    const failure = await plugin
      .create(deploymentType, "web", deployment, { timeout: 1 })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: "Deployment here/web: not ready after 1 s: 0/1 updated",
      partial: { id: "here/web", state: { spec: { replicas: 1 } } },
    });
  });

  it("ends a wait when the engine cancels, and records the object too", async () => {
    const other = new Plugin("kubernetes");
    await other.configure({ kubeconfig });
    const inputs = { ...deployment, metadata: { name: "slow" } };
    const created = other.create(deploymentType, "slow", inputs).catch((error: unknown) => error);
    while (!api.objects.has("/apis/apps/v1/namespaces/here/deployments/slow"))
      await new Promise((done) => setTimeout(done, 20));
    await other.cancel();
    expect(await created).toMatchObject({
      message: "Deployment here/slow: cancelled while waiting: 0/1 updated",
      partial: { id: "here/slow" },
    });
    await other.stop();
  });

  it("names a cluster that cannot be reached, once and soon", async () => {
    const other = new Plugin("kubernetes");
    await other.configure({ kubeconfig: kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1") });
    await expect(other.create(configMap, "x", object("ConfigMap", "x", {}))).rejects.toThrow(
      'kubernetes: http://127.0.0.1:1 cannot be reached (ECONNREFUSED); check that the cluster runs and that context "fake" is the one you mean',
    );
    await other.stop();
  });

  it("names a type it does not have", async () => {
    await expect(plugin.check("kubernetes:helm.sh/v3:Chart", "x", {}, {})).rejects.toThrow(
      "kubernetes stand-in: kubernetes:helm.sh/v3:Chart is not implemented",
    );
  });
});
