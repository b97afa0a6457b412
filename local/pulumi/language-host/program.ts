import { createRequire } from "node:module";
import { join } from "node:path";
import type * as languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { lazyProto } from "../serve/proto.ts";
import { interrupt, startNode } from "./processes.ts";

export type Language = typeof languagePb;
type RunRequest = InstanceType<Language["RunRequest"]>;
type RunResponse = InstanceType<Language["RunResponse"]>;
type ProgramInfo = InstanceType<Language["ProgramInfo"]>;

/** Exit code of the SDK's runner for an error that it has printed itself; see @pulumi/pulumi/cmd/run. */
const alreadyReported = 32;

interface RuntimeOptions {
  readonly typescript: boolean;
  readonly tsconfig?: string;
  readonly nodeArgs: readonly string[];
}

export function runtimeOptions(info: ProgramInfo | undefined): RuntimeOptions {
  const options = (info?.getOptions()?.toJavaScript() ?? {}) as Record<string, unknown>;
  return {
    typescript: options.typescript !== false,
    tsconfig: typeof options.tsconfig === "string" ? options.tsconfig : undefined,
    nodeArgs: typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [],
  };
}

/** Path of a script in the SDK that the program imports. */
export function sdkScript(script: string, program: string): string {
  try {
    return createRequire(join(program, "package.json")).resolve(`@pulumi/pulumi/cmd/${script}`);
  } catch {
    throw new Error(`@pulumi/pulumi: not found from ${program}; run npm ci there`);
  }
}

/** Arguments of the SDK's runner for one run. An empty value leaves its flag out. */
export function runArguments(request: RunRequest, engine: string): string[] {
  const info = request.getInfo();
  const flags: Record<string, string | number | undefined> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: request.getParallel(),
  };
  const given = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined || value === "" ? [] : [`--${flag}`, String(value)],
  );
  return [
    ...runtimeOptions(info).nodeArgs,
    ...(request.getAttachDebugger() ? ["--inspect-brk=0"] : []),
    sdkScript("run", programFolder(request)),
    ...given,
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}

const programFolder = (request: RunRequest) => request.getInfo()?.getProgramDirectory() || request.getPwd();

export function runEnvironment(request: RunRequest): NodeJS.ProcessEnv {
  const options = runtimeOptions(request.getInfo());
  const config = Object.fromEntries(request.getConfigMap().getEntryList() as unknown as [string, string][]);
  return {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}

/** Runs the user's program to its end; passes `onCancel` the function that stops it. */
export async function runProgram(
  request: RunRequest,
  engine: string,
  onCancel: (stop: () => void) => void,
): Promise<RunResponse> {
  const child = startNode(runArguments(request, engine), {
    cwd: programFolder(request),
    env: runEnvironment(request),
    stdio: ["ignore", "inherit", "inherit"],
  });
  onCancel(() => interrupt(child));
  const response = new (lazyProto<Language>("language_pb").RunResponse)();
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", reject).on("exit", (exitCode, by) => resolve([exitCode, by]));
  });
  if (code === alreadyReported) response.setBail(true);
  else if (code !== 0) response.setError(`program exited with ${signal ? `signal ${signal}` : `code ${code}`}`);
  return response;
}
