import { serve } from "../serve/serve.ts";
import { dockerBuild } from "./provider.ts";

serve(dockerBuild);
