import { loadConfig } from "./config";
import { buildStack } from "./stack";

const { application, environment, image, postgres } = buildStack(loadConfig());

export const url = application.url;
export const namespace = environment.namespace;
export const imageRef = image.ref;
export const databaseHost = postgres.host;
