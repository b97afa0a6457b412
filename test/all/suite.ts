/** What a suite found. Nothing may be skipped here, where every tool is at hand: a skipped test is a failed one. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** How long one file of tests took, and each of its tests. */
export interface FileTime {
  readonly file: string;
  readonly seconds: number;
  readonly tests: readonly { readonly name: string; readonly seconds: number }[];
}

export interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Reads the numbers from what was printed. @default - one check, passed when the exit code is 0 */
  readonly count?: (printed: string) => Count;
  /** @default - none */
  readonly times?: () => readonly FileTime[];
}

export interface Result extends Count {
  readonly name: string;
  readonly seconds: number;
  readonly times: readonly FileTime[];
}
