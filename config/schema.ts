import { z } from "zod";
import { SECRETS } from "../backup/contract/files.ts";
import { DEFAULTS } from "../backup/contract/variables.ts";
import { DRILL_INTERVALS, DRILLS } from "./drill-intervals.ts";
import { CPU_PATTERN, formatCpu, formatMemory, MEMORY_PATTERN, parseCpu, parseMemory } from "../kubernetes/quantity.ts";

/** What a problem sentence needs to know about a key besides its type. */
export interface Rule {
  readonly description: string;
  /** Completes "must be …". */
  readonly rule: string;
  /** A value that is right, as it is written in YAML. */
  readonly example: string;
}

const text = (description: string, example: string) =>
  leaf(z.string().min(1), { description, rule: "a text", example });
const pattern = (regex: RegExp, rule: string, description: string, example: string) =>
  leaf(z.string().regex(regex), { description, rule, example });
const wholeNumber = (min: number, max: number, description: string) =>
  leaf(z.int().min(min).max(max), { description, rule: `a whole number from ${min} to ${max}`, example: String(min) });
const percent = (of: string) => wholeNumber(1, 100, `Percentage ${of}.`).default(100);
const rotations = (description: string) => wholeNumber(0, 1_000_000, description).default(0);
const flag = (description: string) => leaf(z.boolean(), { description, rule: "true or false", example: "true" });
const choice = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  leaf(z.enum(values), { description, rule: `one of ${values.join(", ")}`, example: values[0] });
/** A quantity in the words of Kubernetes: what an operator writes back in others looks like a change of it at the next preview. */
const quantity = (
  regex: RegExp,
  canonical: (text: string) => string,
  rule: string,
  description: string,
  example: string,
) =>
  leaf(
    z
      .string()
      .regex(regex)
      .overwrite((text) => (regex.test(text) ? canonical(text) : text)),
    { description, rule, example },
  );
const cpu = (description: string) =>
  quantity(CPU_PATTERN, (text) => formatCpu(parseCpu(text)), "a CPU quantity", description, "500m");
const memory = (description: string) =>
  quantity(
    MEMORY_PATTERN,
    (text) => formatMemory(parseMemory(text)),
    "a quantity in Ki, Mi, Gi or Ti",
    description,
    "512Mi",
  );
const section = <T extends z.ZodRawShape>(description: string, shape: T) =>
  leaf(z.strictObject(shape), {
    description,
    rule: "a section of keys",
    example: `{${Object.keys(shape).join(", ")}}`,
  });
const list = <T extends z.ZodType>(item: T, description: string, example: string) =>
  leaf(z.array(item).min(1), { description, rule: "a list with at least one entry", example });
const map = (description: string, example: string) =>
  leaf(z.record(z.string(), z.string()), { description, rule: "a map of texts", example });

function leaf<T extends z.ZodType>(type: T, rule: Rule): T {
  return type.meta({ ...rule });
}

const amount = (description: string) =>
  section(description, { cpu: cpu("CPU of one pod."), memory: memory("Memory of one pod.") });
const resources = (of: string) =>
  section(`What one pod of ${of} gets.`, {
    limits: amount("What it may never exceed."),
    requests: amount("What is set aside for it."),
  });

const IMAGE = /^[a-z0-9]([a-z0-9.:/_-]*[a-z0-9])?(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/;
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/;
const image = (description: string, example: string) => pattern(IMAGE, "an image reference", description, example);
const dnsLabel = (description: string, example: string) =>
  pattern(DNS_LABEL, "a DNS label: lower case letters, digits and hyphens", description, example);

const roleName = (description: string, example: string) =>
  pattern(
    /^[a-z_][a-z0-9_]{0,62}$/,
    "the name of a role: lower case letters, digits and underscores",
    description,
    example,
  );

const amountKept = (periods: string) => wholeNumber(0, 1000, `The newest dump of so many ${periods}.`);
const storeKey = (description: string) =>
  section(description, { accessKeyId: text("Access key.", "AKIA…"), secretAccessKey: text("Secret key.", "…") });
const keep = section("How many verified dumps are kept of each period; the newest one always is.", {
  hourly: amountKept("hours").default(0),
  daily: amountKept("days").default(7),
  weekly: amountKept("weeks").default(5),
  monthly: amountKept("months").default(12),
  yearly: amountKept("years").default(3),
}).prefault({});
const cron = (description: string, example: string) =>
  pattern(/^(\S+\s+){4}\S+$/, "a cron expression of five fields", description, `"${example}"`).default(example);
const store = (description: string) =>
  section(description, {
    endpoint: pattern(
      /^https?:\/\//,
      "an address",
      "Of a server other than Amazon's own.",
      "https://s3.example.com",
    ).optional(),
    region: text("Region.", "eu-central-1"),
    bucket: text("Bucket.", "acci-backups"),
    prefix: pattern(/^[\w.-]+(\/[\w.-]+)*$/, "a path", "Folder in the bucket.", "acci").default("acci"),
    caBundle: text(
      "PEM certificates the store is trusted by, for a private CA.",
      "-----BEGIN CERTIFICATE-----…",
    ).optional(),
    cidrs: list(
      pattern(/^[0-9a-f.:]+\/\d{1,3}$/, "an address range", "Address range.", "10.0.0.0/8"),
      "Where the store is, for the egress rule of the pods that talk to it.",
      "[0.0.0.0/0]",
    ).default(["0.0.0.0/0"]),
  });

const addonKeys = () => ({
  mode: choice(["install", "preinstalled"], "Whether this stack installs it or only relies on it."),
  chart: text("Chart name in the repository, a path, or an oci:// address.", "./mirror/chart.tgz").optional(),
  repository: text(
    "Chart repository; a mirror for clusters without a way out.",
    "https://charts.example.com",
  ).optional(),
  version: text("Chart version.", "1.2.3").optional(),
  values: leaf(z.record(z.string(), z.unknown()), {
    description: "Chart values that differ from this program's choice.",
    rule: "a map",
    example: "{replicaCount: 2}",
  }).optional(),
});

const addon = (name: string, namespace: string) =>
  section(`${name}: installed by this stack, or already in the cluster.`, {
    ...addonKeys(),
    namespace: dnsLabel("Namespace it runs in.", namespace).default(namespace),
  });

/** Every configuration key, under `acci:`. The one description of them: Pulumi.yaml and docs/configuration.md are checked against it. */
export const schema = z.strictObject({
  cluster: section("The Kubernetes cluster; without keys, the current context of the usual kubeconfig.", {
    kubeconfig: text("Path of the kubeconfig.", "./kubeconfig").optional(),
    context: text("Context in it.", "prod").optional(),
    apiServerCidrs: list(
      pattern(/^[0-9a-f.:]+\/\d{1,3}$/, "an address range", "Address range.", "10.0.0.1/32"),
      "Where the Kubernetes API is reached, for the egress rule of the pods that call it.",
      "[10.0.0.1/32]",
    ).default(["0.0.0.0/0"]),
  }).prefault({}),
  namespace: dnsLabel("Namespace of everything this stack owns.", "acci-dev"),
  image: section("The application's image: either built here (`build`) or promoted by version (`version`).", {
    repository: image("Repository without a tag.", "ghcr.io/broccode/acci-framework"),
    version: pattern(/^[\w][\w.-]*$/, "an image tag", "Tag to promote; resolved to its digest.", "1.0.0").optional(),
    platforms: list(
      choice(["linux/amd64", "linux/arm64"], "Platform."),
      "Platforms a promoted image must have: those of the cluster's nodes.",
      "[linux/amd64, linux/arm64]",
    ).default(["linux/amd64"]),
    publicKey: pattern(
      /^-----BEGIN PUBLIC KEY-----/,
      "a PEM public key",
      "Key that must have signed a promoted image and its SBOM.",
      '"-----BEGIN PUBLIC KEY-----…"',
    ).optional(),
    unsigned: flag("Whether production may deploy an image that nobody signed.").default(false),
    build: section("How to build it.", {
      context: text("Folder with the Dockerfile.", "./app"),
      platforms: list(
        choice(["linux/amd64", "linux/arm64"], "Platform."),
        "Platforms, one cached build each.",
        "[linux/amd64, linux/arm64]",
      ),
      tags: list(
        pattern(/^[\w][\w.-]*$/, "an image tag", "Tag.", "dev"),
        "Tags the joined image gets.",
        "[1.0.0, latest]",
      ),
    }).optional(),
  }),
  footprint: section("The same stack on a smaller machine, for rehearsals and tests.", {
    requests: percent("of each pod's requests"),
    limits: percent("of each pod's limits, and of what follows from them"),
    volumes: percent("of each volume"),
  }).prefault({}),
  platform: section("Cluster add-ons the stack relies on.", {
    certManager: addon("cert-manager", "cert-manager"),
    cloudnativePg: addon("CloudNativePG", "cnpg-system"),
    traefik: addon("Traefik", "traefik"),
    barmanPlugin: section(
      "The Barman Cloud plugin, for acci:postgres.archive: installed by this stack in CloudNativePG's namespace, or already there.",
      addonKeys(),
    ).optional(),
    prometheusNamespace: dnsLabel("Namespace of the Prometheus that scrapes.", "monitoring").default("monitoring"),
  }),
  postgres: section("The database.", {
    image: image("Instance image.", "ghcr.io/cloudnative-pg/postgresql:15.15"),
    instances: wholeNumber(1, 9, "One primary, the others its replicas."),
    antiAffinity: choice(
      ["preferred", "required"],
      "Whether two instances on one node are avoided, or refused: an instance waits then for a node of its own.",
    ).default("preferred"),
    storage: memory("Volume of one instance."),
    storageClass: text("Storage class; the cluster's default when unset.", "fast").optional(),
    maxConnections: wholeNumber(20, 2000, "Connections the server accepts."),
    resources: resources("the database"),
    audit: choice(
      ["off", "connections", "pgaudit"],
      "What the log tells: who connects, and with pgaudit what is changed in roles and schema.",
    ).default("connections"),
    roles: leaf(
      z.array(
        section("A role.", {
          name: roleName("Its name.", "reporting"),
          inRoles: leaf(z.array(roleName("A role.", "acci_app")), {
            description:
              "Roles it is a member of: the stack's own but `acci_restore`, those of Postgres, or ones above it.",
            rule: "a list of roles",
            example: "[pg_read_all_data]",
          }).default([]),
          passwordSecret: dnsLabel(
            "basic-auth Secret with its password, made by someone else; it may log in only with one.",
            "postgres-reporting",
          ).optional(),
        }),
      ),
      {
        description:
          "Roles beside the stack's own that own something in the database or are granted something, so that a recovery has them: " +
          "each with `name`, and with `inRoles` and `passwordSecret` if it is a member of others or logs in.",
        rule: "a list of roles with a name each",
        example: "[{name: reporting, inRoles: [pg_read_all_data]}]",
      },
    ).default([]),
    extensions: leaf(z.array(pattern(/^[a-z_][a-z0-9_-]{0,62}$/, "the name of an extension", "Name.", "postgis")), {
      description:
        "Extensions that only a superuser may create, which the image has, in the order they need each other: made with the database, so that a " +
        "recovery has them; in one that exists, by hand (docs/recovery.md). pgaudit is `audit`'s to make.",
      rule: "a list of extensions",
      example: "[postgis]",
    }).default([]),
    pooler: section("PgBouncer between the application and the database.", {
      instances: wholeNumber(0, 20, "Pods; without any the application connects to the database itself.").default(0),
      image: image("Image of PgBouncer, 1.21 or later.", "ghcr.io/cloudnative-pg/pgbouncer:1.25.1").default(
        "ghcr.io/cloudnative-pg/pgbouncer:1.25.1",
      ),
      poolSize: wholeNumber(1, 500, "Connections of one pod to the database.").default(20),
      resources: resources("the pooler").default({
        limits: { cpu: "1", memory: "256Mi" },
        requests: { cpu: "100m", memory: "64Mi" },
      }),
    }).prefault({}),
    archive: section(
      "The database's log, kept in the store of acci:backups so that any moment can be recovered; only dumps when unset.",
      {
        keepDays: wholeNumber(1, 3650, "How many days back.").default(14),
        schedule: cron(
          "When a base backup is made, which a recovery starts from; in the operator's time zone, most often UTC.",
          "0 1 * * *",
        ),
        server: dnsLabel(
          "Folder of the archive for this database alone; the namespace when unset. A database that is made anew needs another.",
          "acci-prod-2",
        ).optional(),
        recover: section("Where a new database comes from, in place of an empty one. One that exists is left alone.", {
          from: dnsLabel("The `server` of the database to bring back.", "acci-prod"),
          at: pattern(
            /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/,
            "a time in UTC, in quotes",
            "What was committed until then; all there is when unset.",
            '"2026-01-01T12:00:00Z"',
          ).optional(),
        }).optional(),
      },
    ).optional(),
  }),
  redis: section("The cache.", {
    image: image("Image, Redis 7 or Valkey.", "docker.io/valkey/valkey:7.2"),
    evictionPolicy: choice(
      ["allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl", "noeviction"],
      "What goes when memory is full.",
    ).default("allkeys-lru"),
    tls: flag("Whether it speaks TLS, with a certificate of its own authority that the application verifies.").default(
      false,
    ),
    storage: memory("Volume that keeps the data over a restart; without it a restart empties the cache.").optional(),
    appendfsync: choice(
      ["everysec", "always"],
      "When a write is safe from the loss of its node: within a second, or before it is answered. The loss of the process alone loses none.",
    ).default("everysec"),
    storageClass: text("Storage class; the cluster's default when unset.", "fast").optional(),
    resources: resources("the cache"),
  }),
  tls: section("The certificate of the public host.", {
    issuer: dnsLabel("Name of the ClusterIssuer.", "letsencrypt-prod").default("letsencrypt-prod"),
    server: pattern(/^https:\/\//, "an https address", "ACME directory.", "https://acme.example.com/directory").default(
      "https://acme-v02.api.letsencrypt.org/directory",
    ),
    email: pattern(
      /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
      "a mail address",
      "Who hears of expiring certificates.",
      "ops@example.com",
    ),
    caBundle: text(
      "PEM certificates the ACME server is trusted by, for a private CA.",
      "-----BEGIN CERTIFICATE-----…",
    ).optional(),
  }),
  exposure: section("How the application is reached from outside.", {
    mode: choice(["ingress", "gateway"], "Kind of route: an Ingress, or an HTTPRoute of the Gateway API.").default(
      "ingress",
    ),
    className: dnsLabel(
      "IngressClass of the route, and in either mode of what answers ACME challenges.",
      "nginx",
    ).default("nginx"),
    host: pattern(DNS_NAME, "a host name", "Public host.", "api.acci-framework.dev"),
    annotations: map(
      "Annotations of the Ingress or HTTPRoute, for what the controller is to enforce.",
      "{nginx.ingress.kubernetes.io/limit-rps: '20'}",
    ).default({}),
    hstsSeconds: wholeNumber(
      0,
      63_072_000,
      "How long browsers refuse plain HTTP for the host and its subdomains; 0 leaves the header out.",
    ).default(31_536_000),
    rateLimit: section("Requests of one client address to one pod; no limit when unset.", {
      perSecond: wholeNumber(1, 100_000, "Requests a second in the long run."),
      burst: wholeNumber(1, 100_000, "Requests at once."),
      proxies: wholeNumber(1, 10, "Proxies in front that add to x-forwarded-for.").default(1),
    }).optional(),
    gateway: section("The Gateway, when the mode is gateway.", {
      className: dnsLabel("GatewayClass of the one that is made.", "traefik").default("traefik"),
      ports: section("Ports of its listeners. Traefik wants those of its entry points, others 80 and 443.", {
        http: wholeNumber(1, 65535, "Port that sends everyone to HTTPS.").default(8000),
        https: wholeNumber(1, 65535, "Port that ends TLS.").default(8443),
      }).prefault({}),
      existing: section("A Gateway that is there already. It is used, and none is made.", {
        name: dnsLabel("Its name.", "public"),
        namespace: dnsLabel("Its namespace.", "gateways"),
        httpListener: dnsLabel("Its listener without TLS.", "http").default("http"),
        httpsListener: dnsLabel("Its listener that ends TLS with the secret acci-framework-tls.", "https").default(
          "https",
        ),
      }).optional(),
    }).prefault({}),
    controller: section("The pods that forward traffic to the application.", {
      namespace: dnsLabel("Their namespace; Traefik's when unset.", "ingress").optional(),
      podLabels: map("Their labels.", "{app.kubernetes.io/name: traefik}").default({
        "app.kubernetes.io/name": "traefik",
      }),
      address: pattern(
        /^[a-z0-9.-]+(:\d+)?$/,
        "a host, or host:port",
        "Where the cluster reaches them by HTTPS, for the validation after a takeover; the Service traefik in their namespace when unset.",
        "ingress-nginx-controller.ingress-nginx.svc:443",
      ).optional(),
    }).prefault({}),
  }),
  application: section("The application.", {
    replicas: wholeNumber(1, 50, "Pods, or the fewest when autoscaling is on."),
    autoscaling: section("Horizontal autoscaling; off when unset.", {
      maxReplicas: wholeNumber(2, 100, "The most pods."),
      cpuPercent: wholeNumber(10, 100, "Average CPU, in percent of the request, that is aimed at."),
      memoryPercent: wholeNumber(10, 100, "Average memory, in percent of the request, that is aimed at."),
    }).optional(),
    resources: resources("the application"),
    logLevel: choice(["error", "warn", "info", "debug", "trace"], "Log level.").default("info"),
    databaseMaxConnections: wholeNumber(1, 200, "Database connections of one pod.").default(10),
    cacheTtlSeconds: wholeNumber(1, 86400, "How long a cached answer lives.").default(60),
    timeoutSeconds: wholeNumber(30, 3600, "How long a release may take to be ready before it is rolled back.").default(
      300,
    ),
  }),
  backups: section("Scheduled dumps, each proven by a restore before it counts; none when unset.", {
    image: section("The image with the tools.", {
      repository: image(
        "Repository without a tag; that of the application with `-backup` when unset.",
        "ghcr.io/acme/backup",
      ).optional(),
      platforms: list(
        choice(["linux/amd64", "linux/arm64"], "Platform."),
        "Platforms it is built for, where it is built, and must have, where it is promoted.",
        "[linux/amd64]",
      ).default(["linux/amd64"]),
    }).prefault({}),
    schedule: cron("When.", "0 2 * * *"),
    timeZone: pattern(
      /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/,
      "a name of the tz database",
      "Time zone of the schedules.",
      "Europe/Paris",
    ).default("Etc/UTC"),
    deadlineMinutes: wholeNumber(5, 2880, "How long a run may take, the proof included.").default(360),
    jobs: wholeNumber(1, 16, "Tables that are read or restored at once.").default(DEFAULTS.jobs),
    silenceSeconds: wholeNumber(
      10,
      3600,
      "How long the site in charge must have given no sign of life to be taken for dead; longer than its watch may be away.",
    ).default(DEFAULTS.silenceSeconds),
    adopt: pattern(
      /^\d+$/,
      "a number in quotes",
      "System identifier of a database that was upgraded in place (pg_upgrade gives it another): its dumps go on from those before.",
      '"7300000000000000000"',
    ).optional(),
    recipients: leaf(z.array(z.string().regex(/^age1[0-9a-z]{58}$/)), {
      description: "age public keys that dumps are encrypted to; the store's own encryption alone when empty.",
      rule: "a list of age public keys",
      example: "[age1…]",
    }).default([]),
    keep,
    store: store("The S3 bucket, the same for all stacks that stand in for each other."),
    offsite: section("A second store, to which verified dumps are copied; none when unset.", {
      schedule: cron("When; after the dump, the proof included.", "0 5 * * *"),
      keep,
      lockDays: wholeNumber(
        1,
        36_500,
        "For how many days a copied object cannot be removed; the bucket must have been made with object lock.",
      ).optional(),
      lockMode: choice(
        ["governance", "compliance"],
        "Whether a lock can be lifted by whoever has that right, or by nobody.",
      ).default("governance"),
      store: store("Its S3 bucket, which should share neither account nor region with the first."),
    }).optional(),
    drill: section("The rehearsal of a recovery, beside the site and without a trace on it.", {
      every: choice(
        DRILL_INTERVALS,
        `How often: ${Object.entries(DRILLS)
          .map(([every, { words }]) => `${every} (${words})`)
          .join(", ")}, or never.`,
      ).default("week"),
    }).prefault({}),
    scratch: section("The volume of the throwaway server that proves a dump.", {
      storage: memory("Its size; that of the database's volume when unset.").optional(),
      storageClass: text("Storage class; that of the database when unset.", "fast").optional(),
    }).prefault({}),
    resources: resources("the throwaway server, and as much again for the tools,"),
  }).optional(),
  storeKeys: section(
    `Secret: the keys of the store. Unset: the Secrets ${SECRETS.store.producer} and ${SECRETS.store.janitor} are made by someone else.`,
    {
      producer: storeKey("Reads and writes, but need not be able to delete: makes dumps and publishes them."),
      janitor: storeKey("Deletes as well: removes dumps that retention no longer keeps."),
      offsite: section(
        `Of the second store. Unset: the Secrets ${SECRETS.secondStore.producer} and ${SECRETS.secondStore.janitor} are made by someone else.`,
        { producer: storeKey("Reads and writes."), janitor: storeKey("Deletes as well.") },
      ).optional(),
      archive: storeKey(
        `Reads, writes and deletes in the folder wal of the prefix alone: archives the log. Unset: the Secret ${SECRETS.archive} is made by someone else.`,
      ).optional(),
    },
  ).optional(),
  backupIdentity: text(
    "Secret: the age secret key of a recipient, with which dumps are proven and restored.",
    "AGE-SECRET-KEY-1…",
  ).optional(),
  restore: section(
    "Takes the site over: the chosen dump becomes its database, once, and the site in charge before is shut out.",
    {
      dump: text(
        "Id of the dump; the newest verified one when neither it nor `at` is set.",
        "acci-prod-20260101t020000z-1a2b3c",
      ).optional(),
      at: pattern(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/,
        "a time in UTC, in quotes",
        "The newest verified dump of this time or before.",
        '"2026-01-01T12:00:00Z"',
      ).optional(),
      unverified: flag("Whether the dump that `dump` names may be a bad one.").default(false),
      systemIdentifier: pattern(
        /^\d+$/,
        "a number in quotes",
        "The only database system whose dumps will do.",
        '"7300000000000000000"',
      ).optional(),
      replace: flag("Whether the database that is here may hold data; it is kept under another name.").default(false),
      evenIfAlive: flag("Whether a site in charge that is alive is shut out.").default(false),
      timeoutMinutes: wholeNumber(1, 2880, "How long it may take.").default(240),
    },
  ).optional(),
  monitoring: section(
    "Scrapes and alert rules for a Prometheus operator, whose definitions the cluster must have; none when unset.",
    {
      labels: map("What its Prometheus selects rules and monitors by.", "{release: kube-prometheus-stack}").default({}),
      interval: pattern(/^[1-9]\d*[sm]$/, "seconds or minutes", "How often it scrapes.", "30s").default("30s"),
    },
  ).optional(),
  rotation: section("Raise a number by one, and `pulumi up` replaces that password.", {
    postgresOwner: rotations("Of the role that migrates."),
    postgresApp: rotations("Of the role that serves. The password before ends with the next rotation."),
    postgresBackup: rotations("Of the role that dumps."),
    postgresRestore: rotations("Of the role that restores."),
    redis: rotations("Of the cache's user. The password before ends with the next rotation."),
  }).prefault({}),
  protect: flag("Whether the database, the volume of the cache and the namespace are safe from `pulumi destroy`."),
});

export type Values = z.output<typeof schema>;
