import { registry } from "../../local/lib/addresses.ts";
import { parseReference } from "../../local/pulumi/registry/reference.ts";
import { Registry } from "../../local/pulumi/registry/registry.ts";
import { outputs, pulumi } from "../../local/stack/pulumi.ts";

/** Gives an image one more tag, as a promotion does. */
async function promote(ref: string, tag: string): Promise<void> {
  process.env.ACCI_REGISTRY = registry;
  const image = parseReference(ref);
  const images = new Registry(image);
  const { mediaType, content } = await images.requireManifest(image.digest!);
  expect(await images.putManifest(tag, mediaType, content)).toBe(image.digest);
}

describe.each(["prod", "dr"])("the %s stack", (stack) => {
  it("refuses to preview a version nobody pushed, and says which there are", async () => {
    const config = { "acci:image": { version: "9.9.9" } };
    await expect(pulumi(stack, ["preview"], { config })).rejects.toThrow(
      /acci:image\.version: must be a tag in the registry, got .*:9\.9\.9/,
    );
  });

  it("previews cleanly, running by digest what dev built", async () => {
    const { imageRef } = await outputs("dev");
    const digest = String(imageRef).split("@")[1]!;
    await promote(String(imageRef), "1.0.0");
    const shown = await pulumi(stack, ["preview", "--diff"]);
    expect(shown).toContain(digest);
    expect(shown).toMatch(/\+ \d+ to create/);
    expect(shown).not.toMatch(/error:/);
  });
});
