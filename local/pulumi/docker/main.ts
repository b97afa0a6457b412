import { serve } from "../serve/serve.ts";
import { docker } from "./provider.ts";

serve(docker);
