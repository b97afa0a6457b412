/** Result of a suite. A skipped test counts as failed, because every tool is available here. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Seconds that a file of tests took, and each test in it. */
export interface FileTime {
  readonly file: string;
  readonly seconds: number;
  readonly tests: readonly { readonly name: string; readonly seconds: number }[];
}

export interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Reads the counts from the output. @default - one check, passed when the exit code is 0 */
  readonly count?: (printed: string) => Count;
  /** @default - none */
  readonly times?: () => readonly FileTime[];
}

export interface Result extends Count {
  readonly name: string;
  readonly seconds: number;
  readonly times: readonly FileTime[];
}
