import { loadConfig } from "./config";
import { promote } from "./lib/promotion";
import { withholdDebugMessages } from "./lib/quiet";
import { buildStack } from "./stack";

withholdDebugMessages();

// A function, because a promoted image is checked before the first resource is registered.
export = async () => {
  const config = loadConfig();
  const promoted = config.image.version ? await promote(config.image) : undefined;
  const { application, environment, image, postgres } = buildStack(config, promoted);
  return {
    url: application.url,
    namespace: environment.namespace,
    imageRef: image.ref,
    databaseHost: postgres.host,
  };
};
