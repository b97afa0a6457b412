import { nextRelease } from "./ready.ts";

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
