import { run } from "./run.ts";

/** Labels of an image of the registry, given by digest. Logged in as crane is, which is as Docker is. */
export async function labelsOf(image: string, platform: string): Promise<Record<string, string>> {
  const { config } = JSON.parse(await run("crane", "config", `--platform=${platform}`, image)) as {
    readonly config?: { readonly Labels?: Record<string, string> };
  };
  return config?.Labels ?? {};
}
