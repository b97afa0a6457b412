import { problemsOf, type Machine } from "./doctor.ts";

const good: Machine = {
  system: "linux",
  architecture: "x64",
  isRoot: true,
  hasApt: true,
  hasNamespaces: true,
  hasOverlay: true,
  memoryGiB: 16,
  disks: [{ folder: "/cache", variable: "ACCI_CACHE", freeGiB: 50 }],
  interfaces: ["2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0"],
  route: "10.98.0.2 via 192.0.2.1 dev eth0 src 192.0.2.2 uid 0",
  go: "go1.26.8",
};

it("finds nothing wrong with a machine that will do", () => {
  expect(problemsOf(good, true)).toEqual([]);
});

it("knows its own link from a stranger's", () => {
  const own = "5: acci0    inet 10.98.0.1/30 scope global acci0";
  expect(problemsOf({ ...good, interfaces: [own], route: "10.98.0.2 dev acci0 src 10.98.0.1" }, true)).toEqual([]);
});

it.each<[Partial<Machine>, string]>([
  [{ system: "darwin" }, "system: must be linux, got darwin; set ACCI_CONTEXT to use a cluster you have"],
  [
    { isRoot: false, hasNamespaces: false },
    "user: must be root; run it with sudo, or set ACCI_CONTEXT to use a cluster you have",
  ],
  [{ architecture: "arm64" }, "machine: must be x86-64, got arm64; set ACCI_CONTEXT to use a cluster you have"],
  [{ hasApt: false }, "packages: apt-get must be there, got none; use Debian 12 or a derivative"],
  [
    { hasNamespaces: false },
    "namespaces: unshare must be allowed, got a refusal; let the machine or container make network, mount and process namespaces",
  ],
  [{ hasOverlay: false }, "overlay: the kernel must have overlayfs, got none; run `modprobe overlay`"],
  [{ memoryGiB: 3.9 }, "memory: must be at least 6 GiB, got 3.9 GiB; use a larger machine"],
  [
    { disks: [{ folder: "/cache", variable: "ACCI_CACHE", freeGiB: 12.34 }] },
    "disk: 20 GiB must be free in /cache, got 12.3 GiB; free some, or set ACCI_CACHE to another disk",
  ],
  [
    { interfaces: ["7: br0    inet 10.98.0.1/16 scope global br0"] },
    "address: 10.98.0.1 must be free, got br0; remove that interface",
  ],
  [
    { route: "10.98.0.2 dev tun0 src 10.98.0.9 uid 0" },
    "address: 10.98.0.2 must be free, got a network on tun0; remove it",
  ],
  [{ go: "" }, "go: must be at least 1.26 to build the tools, got none; install it and put it on PATH"],
  [{ go: "go1.25.1" }, "go: must be at least 1.26 to build the tools, got go1.25.1; install it and put it on PATH"],
])("names what is wrong with %j, and the cure", (differs, problem) => {
  expect(problemsOf({ ...good, ...differs }, true)).toEqual([problem]);
});

it("asks for less where the tools are built already", () => {
  const disks = [{ folder: "/cache", variable: "ACCI_CACHE", freeGiB: 9 }];
  expect(problemsOf({ ...good, go: "", disks }, false)).toEqual([]);
});

it("says everything at once", () => {
  expect(problemsOf({ ...good, isRoot: false, memoryGiB: 1, go: "" }, true)).toHaveLength(3);
});
