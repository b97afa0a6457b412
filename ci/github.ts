/** The few calls of GitHub's API that these scripts need. */
export interface Repository {
  /** @default - GITHUB_API_URL, which every runner sets */
  readonly api: string;
  /** `owner/name`. */
  readonly name: string;
  readonly token: string;
}

interface Entry {
  readonly id: number;
  readonly number: number;
  readonly body: string | null;
  readonly pull_request?: unknown;
}

/** The repository that a runner's environment names. The token is not set by default: the workflow has to pass it. */
export function repositoryOf(env: NodeJS.ProcessEnv): Repository {
  const { GITHUB_API_URL: api = "https://api.github.com", GITHUB_REPOSITORY: name, GITHUB_TOKEN: token } = env;
  if (!name || !token)
    throw new Error(
      `${name ? "GITHUB_TOKEN" : "GITHUB_REPOSITORY"}: is required, got nothing; run this in a workflow, or set it`,
    );
  return { api, name, token };
}

/** The token may not write, as that of a pull request from a fork. */
export class Forbidden extends Error {}

async function call<T>({ api, name, token }: Repository, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${api}/repos/${name}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (response.status === 403) throw new Forbidden(`${method} ${path}: the token may not do this`);
  if (!response.ok) throw new Error(`${method} ${path}: GitHub answered ${response.status}, ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

const PAGE = 100;

async function find(repository: Repository, path: string, marker: string): Promise<Entry | undefined> {
  for (let page = 1; ; page++) {
    const separator = path.includes("?") ? "&" : "?";
    const entries = await call<Entry[]>(repository, "GET", `${path}${separator}per_page=${PAGE}&page=${page}`);
    const found = entries.find(({ body, pull_request }) => !pull_request && body?.startsWith(marker));
    if (found || entries.length < PAGE) return found;
  }
}

/** Writes the comment that begins with the marker: creates it the first time, then updates it. */
export async function upsertComment(repository: Repository, pull: number, marker: string, body: string): Promise<void> {
  const found = await find(repository, `issues/${pull}/comments`, marker);
  if (found) await call(repository, "PATCH", `issues/comments/${found.id}`, { body });
  else await call(repository, "POST", `issues/${pull}/comments`, { body });
}

/** Writes the open issue that begins with the marker: creates it the first time, then updates it. */
export async function upsertIssue(repository: Repository, marker: string, title: string, body: string): Promise<void> {
  const found = await find(repository, "issues?state=open", marker);
  if (found) await call(repository, "PATCH", `issues/${found.number}`, { title, body });
  else await call(repository, "POST", "issues", { title, body });
}

/** Closes the issue that begins with the marker, when there is one. */
export async function closeIssue(repository: Repository, marker: string): Promise<void> {
  const found = await find(repository, "issues?state=open", marker);
  if (found) await call(repository, "PATCH", `issues/${found.number}`, { state: "closed" });
}
