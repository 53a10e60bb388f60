import { answers, tell } from "./answers.js";

tell(await answers());
