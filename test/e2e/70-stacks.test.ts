import { pushTag } from "../../local/images/registry.ts";
import { outputs, pulumi } from "../../local/stack/pulumi.ts";

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
    await pushTag("ghcr.io/broccode/acci-framework", digest, "1.0.0");
    const shown = await pulumi(stack, ["preview", "--diff"]);
    expect(shown).toContain(digest);
    expect(shown).toMatch(/\+ \d+ to create/);
    expect(shown).not.toMatch(/error:/);
  });
});
