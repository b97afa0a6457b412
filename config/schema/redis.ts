import { choice, flag, imageReference, memory, resources, section, text } from "./types.ts";

export const redis = section("The cache.", {
  image: imageReference("Image, Redis 7 or Valkey.", "docker.io/valkey/valkey:7.2"),
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
  exporter: section("redis_exporter in a pod of its own, which tells Prometheus how the cache does.", {
    enabled: flag("Whether there is one, with acci:monitoring. Turning it on restarts the cache.").default(false),
    image: imageReference("Image, 1.45 or later.", "docker.io/oliver006/redis_exporter:v1.87.0").default(
      "docker.io/oliver006/redis_exporter:v1.87.0",
    ),
  }).prefault({}),
  resources: resources("the cache"),
});
