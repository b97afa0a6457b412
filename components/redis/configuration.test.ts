import { maxMemoryMiB, redisConf, usersAcl } from "./configuration.ts";

const plain = { appendfsync: "everysec", tls: false } as const;

test("a quarter of the memory is left to the server itself", () => expect(maxMemoryMiB("1Gi")).toBe(768));

test("a cache in memory writes nothing to disk", () => {
  const conf = redisConf({ ...plain, memoryLimit: "128Mi", evictionPolicy: "allkeys-lru", persistent: false });
  expect(conf.split("\n")).toEqual([
    "port 6379",
    "dir /data",
    "aclfile /etc/acci/redis/acl/users.acl",
    "maxmemory 96mb",
    "maxmemory-policy allkeys-lru",
    'save ""',
    "appendonly no",
    "tcp-keepalive 60",
    "",
  ]);
});

test("a persistent cache appends every write", () => {
  expect(redisConf({ ...plain, memoryLimit: "1Gi", evictionPolicy: "noeviction", persistent: true })).toContain(
    "appendonly yes\nappendfsync everysec\n",
  );
});

test("with TLS there is no other port", () => {
  const conf = redisConf({ ...plain, tls: true, memoryLimit: "1Gi", evictionPolicy: "noeviction", persistent: true });
  expect(conf).toMatch(/^port 0\ntls-port 6379\n/);
  expect(conf).toContain("tls-auth-clients no\n");
});

test("the users' file holds a digest, not the password", () => {
  const acl = usersAcl(["correct horse", "battery staple"], "tr0ub4dor");
  expect(acl).not.toMatch(/correct horse|battery staple/);
  expect(acl).toContain("#4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631");
});

test("there is a user for an exporter only where there is one", () => {
  const users = (acl: string) => [...acl.matchAll(/^user (\w+) on/gm)].map(([, user]) => user);
  expect(users(usersAcl(["a", "b"], "c"))).toEqual(["probe", "restore", "acci"]);
  expect(users(usersAcl(["a", "b"], "c", "d"))).toEqual(["probe", "restore", "exporter", "acci"]);
});
