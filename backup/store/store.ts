import type { Readable } from "node:stream";
export interface Store { put(key: string, body: Readable): Promise<unknown>; get(key: string): Promise<Readable>; }
