/** @needs helm-3.18 */
import { refusal } from "./helm.ts";

test.each<[string, object, string]>([
  ["no replica", { replicaCount: 0 }, "at '/replicaCount': minimum: got 0, want 1"],
  ["a misspelt key", { imge: { tag: "1" } }, "at '': additional properties 'imge' not allowed"],
  ["a number as a tag", { "image.tag": 1 }, "at '/image/tag': got number, want string"],
  ["half a digest", { "image.digest": "sha256:abc" }, "at '/image/digest': 'sha256:abc' does not match pattern"],
  ["an unknown log level", { "config.logLevel": "loud" }, "at '/config/logLevel': 'loud' does not match pattern"],
  ["a target without a level", { "config.logLevel": "info,sqlx" }, "'info,sqlx' does not match pattern"],
  [
    "a collector without a scheme",
    { "telemetry.endpoint": "collector:4318" },
    "at '/telemetry/endpoint': 'collector:4318' does not match pattern",
  ],
  ["a ratio that is no text", { "telemetry.sampleRatio": 0.1 }, "at '/telemetry/sampleRatio': got number, want string"],
  [
    "a protocol that no exporter has",
    { "telemetry.protocol": "http/json" },
    "at '/telemetry/protocol': value must be one of 'http/protobuf', 'grpc'",
  ],
  ["a limit of no burst", { "config.rateLimit.burst": 0 }, "at '/config/rateLimit/burst': minimum: got 0, want 1"],
  [
    "a replicated cache",
    { "redis.architecture": "replication" },
    "redis.architecture: must be standalone, got replication",
  ],
  [
    "a switch that is no boolean",
    { "networkPolicy.enabled": "yes" },
    "at '/networkPolicy/enabled': got string, want boolean",
  ],
  [
    "an unknown mode",
    { "verticalAutoscaling.updateMode": "Auto" },
    "at '/verticalAutoscaling/updateMode': value must be one of 'Off', 'Initial', 'Recreate', 'InPlaceOrRecreate'",
  ],
  [
    "a mode that YAML made a boolean",
    { "verticalAutoscaling.updateMode": false },
    "at '/verticalAutoscaling/updateMode': value must be one of 'Off'",
  ],
  [
    "an unknown resource",
    { "verticalAutoscaling.resources": ["disk"] },
    "at '/verticalAutoscaling/resources/0': value must be one of 'cpu', 'memory'",
  ],
  [
    "a misspelt option",
    { "networkPolicy.promethues": [] },
    "at '/networkPolicy': additional properties 'promethues' not allowed",
  ],
  [
    "a peer that is everyone",
    { "networkPolicy.controller": [{}] },
    "at '/networkPolicy/controller/0': minProperties: got 0, want 1",
  ],
  [
    "an address that is no range",
    { "networkPolicy.database.to": [{ ipBlock: { cidr: "db.example.org" } }] },
    "at '/networkPolicy/database/to/0/ipBlock/cidr': 'db.example.org' does not match pattern",
  ],
  ["a port that is none", { "networkPolicy.cache.port": 0 }, "at '/networkPolicy/cache/port': minimum: got 0, want 1"],
  [
    "a Gateway without a name",
    { "gateway.parentRefs": [{ namespace: "gateways" }] },
    "at '/gateway/parentRefs/0': missing property 'name'",
  ],
  [
    "a host name with a path",
    { "gateway.hostnames": ["example.org/api"] },
    "at '/gateway/hostnames/0': 'example.org/api' does not match pattern",
  ],
  [
    "an interval without a unit",
    { "serviceMonitor.interval": "30" },
    "at '/serviceMonitor/interval': '30' does not match pattern",
  ],
  [
    "a test that takes resources of no known kind",
    { "tests.resources": { limits: { gpu: 1 } } },
    "at '/tests/resources/limits': additional properties 'gpu' not allowed",
  ],
  ["a cache without a password", { "redis.auth.enabled": false }, "redis.auth.enabled: must be true, got false"],
])("refuses %s", (_, values, message) => expect(refusal(values)).toContain(message));
