import { serve } from "../serve/serve.ts";
import { kubernetes } from "./provider.ts";

serve(kubernetes);
