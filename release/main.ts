/** `node release/main.ts <version> <repository@digest>`: with cosign, crane and cargo-cyclonedx on the PATH. */
import { release } from "./release.ts";
import { parseRequest } from "./request.ts";

try {
  const request = parseRequest(process.argv.slice(2), process.env);
  await release(request, (text) => console.log(`${request.repository}@${request.digest} ${text}`));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
