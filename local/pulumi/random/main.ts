import { serve } from "../serve/serve.ts";
import { random } from "./provider.ts";

serve(random);
