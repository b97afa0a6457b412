import { databaseRules } from "./database-rules.ts";
import { isFull } from "./footprint.ts";
import { PRODUCTION } from "./production.ts";
import { formatMemory, parseCpu, parseMemory } from "../kubernetes/quantity.ts";
import type { Resources } from "../kubernetes/resources.ts";
import { mostPods } from "./sizing.ts";
import type { Values } from "./schema.ts";

/** Connections kept for the operator, replication, dumps and a person with psql. */
const RESERVED_CONNECTIONS = 20;

/** Rules that span keys, each a whole sentence. */
export function crossChecks(stack: string, values: Values): string[] {
  return [
    ...imageRules(values),
    ...platformRules(values),
    ...exposureRules(values),
    ...sizingRules(values),
    ...backupRules(values),
    ...databaseRules(values),
    ...archiveRules(values),
    ...footprintRules(stack, values),
    ...(PRODUCTION.includes(stack) ? productionRules(stack, values) : []),
  ];
}

function imageRules({ image }: Values): string[] {
  if (image.publicKey && image.unsigned)
    return [
      "acci:image.unsigned: excludes acci:image.publicKey, got both; remove unsigned to have signatures checked, or publicKey not to",
    ];
  if (image.version && image.build)
    return [
      `acci:image.build: excludes acci:image.version, got both; keep build to build here, or version to promote ${image.version}`,
    ];
  if (!image.version && !image.build)
    return [
      "acci:image: needs version or build, got neither; set acci:image.version to the tag to promote, for example 1.0.0",
    ];
  return [];
}

function platformRules({ platform }: Values): string[] {
  return (["certManager", "cloudnativePg", "traefik", "barmanPlugin"] as const).flatMap((name) => {
    const addon = platform[name];
    if (addon?.mode !== "install" || addon.version || isLocalChart(addon.chart)) return [];
    return [`acci:platform.${name}.version: is required to install it, got nothing; set it to the chart version`];
  });
}

function exposureRules({ exposure, restore }: Values): string[] {
  const { address, namespace } = exposure.controller;
  if (restore && !address && (namespace || exposure.gateway.existing))
    return [
      "acci:exposure.controller.address: is required with acci:restore and a controller other than the stack's own Traefik, got nothing; " +
        "set it to where the cluster reaches it by HTTPS, for example ingress-nginx-controller.ingress-nginx.svc:443",
    ];
  if (exposure.mode === "gateway" || !exposure.gateway.existing) return [];
  return [
    `acci:exposure.gateway.existing: must be unset when acci:exposure.mode is ingress, got ${exposure.gateway.existing.name}; ` +
      "set the mode to gateway, or remove the Gateway",
  ];
}

/** A chart that is a file or a folder: it needs neither a repository nor a version. */
export const isLocalChart = (chart: string | undefined): boolean => /^[./]|\.tgz$/.test(chart ?? "");

function sizingRules({ application, postgres, redis }: Values): string[] {
  const most = application.autoscaling?.maxReplicas ?? application.replicas;
  const problems = [
    ...resourceRules("postgres", postgres.resources),
    ...resourceRules("postgres.pooler", postgres.pooler.resources),
    ...resourceRules("redis", redis.resources),
    ...resourceRules("application", application.resources),
    ...sharedBufferRules(postgres.resources),
  ];
  if (most < application.replicas)
    problems.push(
      `acci:application.autoscaling.maxReplicas: must be at least acci:application.replicas (${application.replicas}), ` +
        `got ${most}; raise it to ${application.replicas}`,
    );
  return [...problems, ...connectionRules({ application, postgres })];
}

function connectionRules({ application, postgres }: Pick<Values, "application" | "postgres">): string[] {
  const { maxConnections, pooler } = postgres;
  const pods = mostPods(application);
  // Through the pooler, a pod's own connection is that of its migration.
  const [needed, what, key] =
    pooler.instances > 0
      ? [
          2 * (pooler.instances + 1) * pooler.poolSize + pods,
          `${pooler.instances + 1} poolers with ${pooler.poolSize} connections for each of two roles, ${pods} migrations`,
          "acci:postgres.pooler.poolSize",
        ]
      : [
          pods * application.databaseMaxConnections,
          `${pods} pods with ${application.databaseMaxConnections} connections each`,
          "acci:application.databaseMaxConnections",
        ];
  const least = needed + RESERVED_CONNECTIONS;
  if (least <= maxConnections) return [];
  return [
    `acci:postgres.maxConnections: must be at least ${least} for ${what} and ${RESERVED_CONNECTIONS} in reserve, ` +
      `got ${maxConnections}; raise it or lower ${key}`,
  ];
}

function resourceRules(section: string, { limits, requests }: Resources): string[] {
  const problems: string[] = [];
  const check = (name: "cpu" | "memory", parse: (quantity: string) => number) => {
    if (parse(requests[name]) > parse(limits[name]))
      problems.push(
        `acci:${section}.resources.requests.${name}: must not exceed the limit ${limits[name]}, ` +
          `got ${requests[name]}; lower it or raise acci:${section}.resources.limits.${name}`,
      );
  };
  check("cpu", parseCpu);
  check("memory", parseMemory);
  return problems;
}

/** The operator refuses an instance that is promised less memory than it takes at its start. */
function sharedBufferRules({ limits, requests }: Resources): string[] {
  const least = parseMemory(limits.memory) / 4;
  if (parseMemory(requests.memory) >= least) return [];
  return [
    `acci:postgres.resources.requests.memory: must be at least ${formatMemory(Math.ceil(least))}, the shared buffers' quarter of the limit ` +
      `${limits.memory}, got ${requests.memory}; raise it, or acci:footprint.requests where that made it small`,
  ];
}

function footprintRules(stack: string, { footprint, tls }: Values): string[] {
  if (isFull(footprint)) return [];
  const { limits, requests } = footprint;
  const problems: string[] = [];
  if (requests > limits)
    problems.push(
      `acci:footprint.requests: must not exceed acci:footprint.limits (${limits}), got ${requests}; lower it or raise the other`,
    );
  // A site the public is sent to has a certificate the public trusts; a rehearsal's is from a private CA.
  if (PRODUCTION.includes(stack) && !tls.caBundle)
    problems.push(
      `acci:footprint: must be unset in ${stack} with a public certificate, got ${JSON.stringify(footprint)}; remove it, ` +
        "or give a rehearsal the private CA of its ACME server in acci:tls.caBundle",
    );
  return problems;
}

function backupRules({ backupIdentity, backups, restore }: Values): string[] {
  const problems: string[] = [];
  if (restore && !backups)
    problems.push(
      "acci:backups: is required with acci:restore, got nothing; say in acci:backups.store where the dumps are",
    );
  if (restore?.dump && restore.at)
    problems.push("acci:restore.at: excludes acci:restore.dump, got both; keep the one that chooses the dump");
  if (restore?.unverified && !restore.dump)
    problems.push("acci:restore.unverified: needs acci:restore.dump, got none; a bad dump is never chosen, only named");
  if (backups && backups.recipients.length > 0 && !backupIdentity)
    problems.push(
      "acci:backupIdentity: is required with acci:backups.recipients, got nothing; a dump that cannot be read cannot be proven: " +
        "set it to the secret key of one of them with `pulumi config set --secret`",
    );
  if (backups?.offsite && placeOf(backups.offsite.store) === placeOf(backups.store))
    problems.push(
      `acci:backups.offsite.store: must be another place than acci:backups.store, got ${placeOf(backups.store)} for both; ` +
        "name a bucket of another account and region",
    );
  return problems;
}

const placeOf = ({ bucket, endpoint, prefix }: NonNullable<Values["backups"]>["store"]) =>
  `${endpoint ?? "s3:/"}/${bucket}/${prefix}`;

function archiveRules({ backups, namespace, platform, postgres: { archive } }: Values): string[] {
  if (!archive) return [];
  const problems: string[] = [];
  const { recover, server = namespace } = archive;
  if (!backups)
    problems.push(
      "acci:backups: is required with acci:postgres.archive, got nothing; say in acci:backups.store where the archive is",
    );
  if (!platform.barmanPlugin)
    problems.push(
      "acci:platform.barmanPlugin: is required with acci:postgres.archive, got nothing; set its mode to install, with a version, or to preinstalled",
    );
  if (recover?.from === server)
    problems.push(
      `acci:postgres.archive.server: must differ from acci:postgres.archive.recover.from, got ${server} for both; ` +
        `give the new database a folder of its own, for example ${server}-2`,
    );
  return problems;
}

function productionRules(stack: string, { application, backups, image, postgres, protect }: Values): string[] {
  const problems: string[] = [];
  if (image.build)
    problems.push(
      `acci:image.build: must be unset in ${stack}, got a build; promote a tested image with acci:image.version`,
    );
  if (image.version === "latest")
    problems.push(
      `acci:image.version: must name one version in ${stack}, got "latest"; set it to the tested tag, for example 1.0.0`,
    );
  if (image.version && !image.publicKey && !image.unsigned)
    problems.push(
      `acci:image.publicKey: is required in ${stack}, got nothing; set it to the public key that releases are signed with, ` +
        "or say that they are not with acci:image.unsigned: true",
    );
  if (!backups)
    problems.push(`acci:backups: is required in ${stack}, got nothing; say in acci:backups.store where dumps are kept`);
  if (application.replicas < 2)
    problems.push(
      `acci:application.replicas: must be at least 2 in ${stack}, got ${application.replicas}; one pod cannot be updated without a gap`,
    );
  if (postgres.instances < 2)
    problems.push(
      `acci:postgres.instances: must be at least 2 in ${stack}, got ${postgres.instances}; one instance has no failover`,
    );
  if (!protect)
    problems.push(`acci:protect: must be true in ${stack}, got false; run \`pulumi config set acci:protect true\``);
  return problems;
}
