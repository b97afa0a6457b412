import { loadConfig } from "./config";
import { promoteAll } from "./lib/promotion";
import { buildStack } from "./stack";

// A function, because a promoted image is checked before the first resource is registered.
export = async () => {
  const config = loadConfig();
  const promoted = config.image.version ? await promoteAll(config) : undefined;
  const { application, environment, image, postgres } = buildStack(config, promoted);
  return {
    url: application.url,
    namespace: environment.namespace,
    imageRef: image.ref,
    databaseHost: postgres.host,
  };
};
