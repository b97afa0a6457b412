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

  it("previews a new object as the dry run shows it, with an identity that will not be its own", async () => {
    const inputs = object("ConfigMap", "preview", { data: { a: "1" } });
    const { id, state } = await plugin.create(configMap, "preview", inputs, { preview: true });
    expect(id).toBe("");
    expect(state).toMatchObject({ data: { a: "1" }, metadata: { name: "preview", namespace: "here", uid: "uid-0" } });
    expect(state).not.toHaveProperty("status");
    expect(api.objects.size).toBe(0);
    await expect(plugin.create(configMap, "x", { ...inputs, wrong: 1 }, { preview: true })).rejects.toThrow(
      "ConfigMap here/preview: .wrong: field not declared in schema",
    );
  });

  it("asks the server nothing while a value is unknown, and shows the inputs as they are", async () => {
    const before = api.requests.length;
    const inputs = object("ConfigMap", "later", { data: { a: unknown } });
    expect((await plugin.create(configMap, "later", inputs, { preview: true })).state).toEqual(inputs);
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
    expect(state).toMatchObject({ data: secret({ password: "eA==" }), __inputs: inputs });
    expect(state).not.toHaveProperty("stringData");
    const read = await plugin.read(secretType, "here/s", inputs, state);
    expect(read.inputs).toEqual(object("Secret", "s", { data: secret({ password: "eA==" }) }));
    expect((await plugin.diff(secretType, "here/s", read.inputs, read.state, inputs)).detailed).toEqual({});
  });

  describe("with what the official provider leaves, and for what it reads (4.34.2)", () => {
    const inputs = object("ConfigMap", "shared", { data: { a: "1" } });
    const at = path("configmaps", "shared");
    const managers = () => (api.objects.get(at)?.metadata as { managedFields: Props[] }).managedFields;

    it("records the inputs, the first version and one field manager", async () => {
      const { state } = await plugin.create(configMap, "shared", inputs);
      expect(state).toMatchObject({ __inputs: inputs, __initialApiVersion: "v1", __fieldManager: "pulumi-kubernetes" });
      expect(api.managers.at(-1)).toBe("pulumi-kubernetes");
    });

    it("takes over a state of before without a replacement, at a refresh or an update", async () => {
      const { __inputs, __initialApiVersion, __fieldManager, ...old } = (
        await plugin.read(configMap, "here/shared", inputs)
      ).state;
      expect((await plugin.diff(configMap, "here/shared", inputs, old, inputs)).detailed).toEqual({});
      const added = { __inputs: inputs, __initialApiVersion: "v1", __fieldManager: "pulumi-kubernetes" };
      expect((await plugin.read(configMap, "here/shared", inputs, old)).state).toMatchObject(added);
      expect(await plugin.update(configMap, "here/shared", inputs, old, inputs)).toMatchObject(added);
    });

    it("keeps the manager of the state, and takes the fields that a plain create gave to another", async () => {
      const created = { manager: "pulumi-kubernetes", operation: "Update", fieldsV1: { "f:data": { "f:a": {} } } };
      api.objects.set(at, { ...inputs, metadata: { name: "shared", resourceVersion: "1", managedFields: [created] } });
      const state = {
        ...inputs,
        __inputs: inputs,
        __initialApiVersion: "v1",
        __fieldManager: "pulumi-kubernetes-1a2b3c4d",
      };
      const news = { ...inputs, data: { a: "2" } };
      expect(await plugin.update(configMap, "here/shared", inputs, state, news)).toMatchObject({
        __inputs: news,
        __fieldManager: "pulumi-kubernetes-1a2b3c4d",
      });
      expect(managers()).toEqual([{ ...created, manager: "pulumi-kubernetes-1a2b3c4d", operation: "Apply" }]);
    });

    it("lets go of the fields of a manager whose name the program no longer wants", async () => {
      const state = { ...inputs, __inputs: inputs, __fieldManager: "pulumi-kubernetes-1a2b3c4d" };
      const news = { ...inputs, metadata: { name: "shared", annotations: { "pulumi.com/patchFieldManager": "mine" } } };
      expect(await plugin.update(configMap, "here/shared", inputs, state, news)).toMatchObject({
        __fieldManager: "mine",
      });
      expect(api.managers.slice(-2)).toEqual(["mine", "pulumi-kubernetes-1a2b3c4d"]);
    });

    it("does not make an object anew that somebody deleted, before a refresh has found that", async () => {
      const { state } = await plugin.create(configMap, "gone", object("ConfigMap", "gone", {}));
      api.objects.delete(path("configmaps", "gone"));
      const news = object("ConfigMap", "gone", { data: { a: "2" } });
      await expect(plugin.update(configMap, "here/gone", object("ConfigMap", "gone", {}), state, news)).rejects.toThrow(
        "ConfigMap here/gone: is not in the cluster any more; run `pulumi refresh`, and the next update makes it",
      );
      expect(api.objects.has(path("configmaps", "gone"))).toBe(false);
    });

    it("replaces no Job that somebody deleted, though it asks to be made again when it is not ready", async () => {
      const job = {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "once", namespace: "here", annotations: { "pulumi.com/replaceUnready": "true" } },
      };
      const diff = () => plugin.diff("kubernetes:batch/v1:Job", "here/once", job, { ...job, __inputs: job }, job);
      expect((await diff()).detailed).toEqual({});
      api.objects.set("/apis/batch/v1/namespaces/here/jobs/once", { ...job, status: { active: 1 } });
      expect((await diff()).detailed).toEqual({
        'metadata.annotations["pulumi.com/replaceUnready"]': "UPDATE_REPLACE",
      });
    });
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
