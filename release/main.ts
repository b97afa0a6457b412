/**
 * `node release/main.ts <version> <application@digest> [<backup tools@digest>]`: with cosign, crane and cargo-cyclonedx on the PATH.
 */
import { release } from "./release.ts";
import { parseRequest, type Request } from "./request.ts";

const told = (request: Request) =>
  release(request, (text) => console.log(`${request.repository}@${request.digest} ${text}`));

try {
  const [version = "", image = "", tools] = process.argv.slice(2);
  const application = parseRequest([version, image], process.env);
  // The application last: whoever finds its version finds the tools' as well.
  if (tools) await told({ ...parseRequest([version, tools], process.env), ecosystem: "npm" });
  await told(application);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
